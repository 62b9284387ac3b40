"""How a changelog is written, so that it continues in its style: its headings, its bullets, its links to issues."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contd_release.adopt.find.changelog.entries import meaning_of_title
from contd_release.tools.markup.headings import Heading, headings, open_headings

VERSION: Final = re.compile(
    r"(?<![\w.])v?(?P<version>\d+\.\d+(?:\.\d+)*(?:[-.]?(?:a|b|rc|alpha|beta|dev|post)[-.]?\d*)?)(?![\w.]*\d)"
)
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE: Final = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}"
    rf"|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}[- ]{_MONTH}[- ]\d{{4}}",
    re.IGNORECASE,
)
_MARKDOWN_ISSUE: Final = re.compile(r"\[(#|gh-)(\d+)\]\((https?://[^\s()]+/)\2\)")
_RST_ISSUE: Final = re.compile(r"`(#|gh-)(\d+) <(https?://[^\s<>]+/)\2>`_{1,2}")
_LINES: Final = "=-~^\"'"


@dataclass(frozen=True)
class Style:
    """
    How a changelog is written.

    Args:
        title_format: the heading of a release, as towncrier spells it.
        line: where one is, counted from 1; 0 if there is none yet.
        underlines: in reStructuredText, the characters below the headings of a release and of what is below it.
        level: in Markdown, the number signs of the headings below that of a release.
        titles: the headings below that of a release, by what they mean.
        is_flat: whether releases have no such headings.
        bullet: what stands before an entry, with its spaces.
        dated: the line below a heading that has the date, as towncrier's templates spell it; empty where none has.
        issue_format: the link to an issue, as towncrier spells it; empty where issues are no links.
    """

    title_format: str
    line: int
    underlines: tuple[str, ...]
    level: str
    titles: Mapping[str, str]
    is_flat: bool
    bullet: str
    dated: str
    issue_format: str


def read(text: str, *, is_rst: bool) -> Style:
    """How this text is written."""
    every = headings(text)
    unreleased = {one.line for one in open_headings(text)}
    releases = [one for one in every if VERSION.search(one.title) and one.line not in unreleased]
    forms = [form for one in releases[:5] if (form := _form(one.title))]
    form = Counter(forms).most_common(1)[0][0] if forms else ("{version} ({project_date})" if is_rst else "")
    first = releases[0] if releases else None
    sections = sorted([*releases[:10], *open_headings(text)], key=lambda one: one.line)
    below = _below(every, sections)
    mark = first.level if first and first.level.startswith("#") else "##"
    titles: dict[str, str] = {}
    for one in below:
        titles.setdefault(meaning_of_title(one.title), one.title)
    return Style(
        title_format=form if is_rst else f"{mark} {form or '[{version}] - {project_date}'}",
        line=first.line if first else 0,
        underlines=_underlines(first, below),
        level=below[0].level if below and below[0].level.startswith("#") else f"{mark}#",
        titles=titles,
        is_flat=bool(sections) and not below and _is_list(text, sections[0]),
        bullet=_bullet(text),
        dated=_dated(text, releases[:3]),
        issue_format=_issue_format(text, is_rst=is_rst),
    )


def is_dated(title: str) -> bool:
    """Whether a heading has a date."""
    return _DATE.search(title) is not None


def _form(title: str) -> str:
    """The form of a heading; empty if it names other versions, which the next one cannot know."""
    match = VERSION.search(title)
    if not match:
        return ""
    version = match["version"]
    kept = title.replace("{", "{{").replace("}", "}}")
    kept = re.sub(
        rf"\((https?://[^\s()]+)/compare/[^\s()]*?(v?){re.escape(version)}\)",
        rf"(\g<1>/releases/tag/\g<2>{version})",
        kept,
    )
    kept = kept.replace(version, "{version}")
    dated = _DATE.sub("{project_date}", kept, count=1)
    if VERSION.search(dated):
        before, _, rest = dated.partition("](")
        dated = f"{before}]{rest.partition(')')[2]}" if rest else ""
    # What comes after the date, or after the version where there is no date, is that release's own name.
    head, date, tail = dated.partition("{project_date}")
    return f"{head}{date}{'' if re.search(r'[A-Za-z]', tail) else tail}".rstrip() if date else _undated(dated)


def _undated(form: str) -> str:
    head, version, tail = form.partition("{version}")
    is_link = "](" in tail
    return form.rstrip() if is_link or not re.search(r"[A-Za-z]", tail) else f"{head}{version}".rstrip()


def _below(every: Sequence[Heading], releases: Sequence[Heading]) -> list[Heading]:
    """The headings right below those of releases."""
    found: list[Heading] = []
    current: Heading | None = None
    for one in every:
        if one in releases:
            current = one
        elif current and not current.is_above(one):
            current = None
        elif current and (not found or found[0].level == one.level) and not VERSION.search(one.title):
            found.append(one)
    return found


def _underlines(first: Heading | None, below: Sequence[Heading]) -> tuple[str, ...]:
    top = first.level if first and not first.level.startswith("#") else "="
    rest = [one.level for one in below[:1] if not one.level.startswith("#")]
    others = [one for one in _LINES if one != top and one not in rest]
    return (top, *rest, *others)[:3]


def _is_list(text: str, section: Heading) -> bool:
    """Whether the first section has entries, and no words in bold or before a colon that divide them."""
    lines = text.splitlines()[section.line :][:60]
    is_divided = any(
        re.match(r"(\*\*[^*]+\*\*|[A-Z][\w ]{2,30}):?\s*$", line) and line.strip()[-1] in "*:" for line in lines
    )
    return not is_divided and any(re.match(r"[ \t]{0,3}[-*+] +\S", line) for line in lines)


def _bullet(text: str) -> str:
    found = Counter(re.findall(r"^ {0,1}([-*+] {1,3})\S", text, re.MULTILINE))
    return found.most_common(1)[0][0] if found else "- "


def _dated(text: str, releases: Sequence[Heading]) -> str:
    """The form of a line such as `Released 2026-01-10` that follows the heading of each release."""
    lines = text.splitlines()
    for one in releases:
        below = lines[one.line + (0 if one.level.startswith("#") else 1) :]
        first = next((line for line in below if line.strip()), "")
        match = _DATE.search(first)
        if match and not is_dated(one.title) and re.fullmatch(r"[*_(]*[A-Za-z ]{0,20}:? ?", first[: match.start()]):
            return f"{first[: match.start()]}{{{{ versiondata.date }}}}{first[match.end() :]}".rstrip()
    return ""


def _issue_format(text: str, *, is_rst: bool) -> str:
    found = Counter(f"{match[1]}|{match[3]}" for match in (_RST_ISSUE if is_rst else _MARKDOWN_ISSUE).finditer(text))
    if not found:
        return ""
    before, _, address = found.most_common(1)[0][0].partition("|")
    address = address.replace("{", "{{").replace("}", "}}")
    return f"`{before}{{issue}} <{address}{{issue}}>`__" if is_rst else f"[{before}{{issue}}]({address}{{issue}})"
