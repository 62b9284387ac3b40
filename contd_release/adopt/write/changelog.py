"""towncrier's configuration, the marker in the changelog, and a fragment for each entry that no release has."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from contd_release.adopt.draft import Draft
from contd_release.adopt.find.changelog.changelog import Changelog, Open
from contd_release.adopt.find.changelog.entries import Entry, kept_apart, meaning_of_title
from contd_release.adopt.find.today.scriv import MARKER
from contd_release.adopt.templates import template
from contd_release.project.news import TYPES, News

FRAGMENTS: Final = "newsfragments"
# The types in the order of https://keepachangelog.com/en/1.1.0/, and what people read above them.
_TITLES: Final = {
    "breaking": "Breaking", "feature": "Added", "change": "Changed", "deprecation": "Deprecated", "removal": "Removed",
    "bugfix": "Fixed", "security": "Security", "doc": "Documentation", "misc": "Miscellaneous",
}  # fmt: skip
_VERSION_HEADING: Final = re.compile(r"\d+\.\d+")
# A version that stands where others have a heading.
_BOLD: Final = re.compile(r"[-+*_=\[ ]*(?:version |release )?v?\d+\.\d+", re.IGNORECASE)
_ANCHOR: Final = re.compile(r"\.\. _[^\n]*:\s*|<a [^\n]*>\s*|([=\-~^\"'*+#.])\1{2,}\s*")


def write(draft: Draft, found: Changelog) -> None:
    """Have towncrier write the changelog in the form that it has; None if it does already."""
    types = _types(found)
    if found.news:
        news, is_ordered = found.news, False
    else:
        folder = _folder(draft)
        news = News(FRAGMENTS, found.path, _marker(found), found.style.title_format, tuple(types), (), folder)
        is_ordered = max(Counter(_type(one, found, types) for one in found.entries).values(), default=0) > 1
        # towncrier's own template serves a new file; it knows neither the bullets nor the blank lines of an old one.
        own = _template(found) if draft.text(found.path) else ""
        path = f"{folder}/_template{news.suffix}"
        if own:
            draft.write(path, own)
        _configure(draft, found, types, path if own else "")
        draft.write(f"{FRAGMENTS}/README.md", _readme(types, news))
    names: set[str] = set()
    numbers = len(str(len(found.entries)))
    for number, entry in enumerate(found.entries, start=1):
        kind = _type(entry, found, types)
        stem = f"unreleased-{number:0{numbers}}" if is_ordered else _stem(entry, names, kind)
        draft.write(f"{news.directory}/{stem}.{kind}{news.suffix}", f"{entry.text}\n")
    if not found.entries and not _has_fragments(draft, news):
        path = f"{news.directory}/+contd-release.{news.type_for('misc')}{news.suffix}"
        draft.write(path, "Releases are made with contd-release.\n")
    for path in found.scriv.fragments if found.scriv else ():
        draft.remove(path)
    text = draft.text(found.path)
    draft.write(found.path, _new(news) if text is None else _marked(text, found, news))


def _folder(draft: Draft) -> str:
    """The folder for the template and the notes: one that another tool does not have its fragments in."""
    taken = [path for path in draft.tree.files if path.startswith("changelog.d/")]
    return "release-notes" if taken else "changelog.d"


def _marker(found: Changelog) -> str:
    words = "towncrier release notes start"
    return f".. {words}\n" if found.is_rst else f"<!-- {words} -->\n"


def _types(found: Changelog) -> dict[str, str]:
    """The heading of each type, in the words of the changelog."""
    if found.news:
        return dict(found.titles)
    written = {one.meaning: one.title for one in found.entries if one.title} | dict(found.style.titles)
    used = {one.meaning for one in found.entries} | set(found.style.titles)
    types = {kind: written.get(kind, title) for kind, title in _TITLES.items() if kind in TYPES.split() or kind in used}
    extra = {one.meaning: one.title for one in found.entries if one.meaning not in types}
    return types | extra


def _type(entry: Entry, found: Changelog, types: dict[str, str]) -> str:
    """The type of an entry's fragment: that of its heading, of what it means, or the one for all else."""
    if found.style.is_flat and not found.news:
        # Without headings the type is not visible, and entries of one type keep their order.
        meanings = [one.meaning for one in found.entries]
        return next((kind for kind in ("breaking", "feature") if kind in meanings), meanings[0])
    for kind, title in types.items():
        if entry.title and title.lower() == entry.title.lower():
            return kind
    for kind, title in types.items():
        if entry.meaning in (kind, meaning_of_title(kind), meaning_of_title(title)):
            return kind
    news = found.news or News()
    other = news.type_for("change"), news.type_for("misc"), news.type_for("feature")
    return next((kind for kind in other if kind in types), next(iter(types)))


def _configure(draft: Draft, found: Changelog, types: dict[str, str], own: str) -> None:
    """Add towncrier's table, with what differs from its defaults."""
    style = found.style
    lines = ["[tool.towncrier]", f'directory = "{FRAGMENTS}"', f"filename = {_toml(found.path)}"]
    lines += [f"template = {_toml(own)}"] if own else []
    lines += [f"title_format = {_toml(style.title_format)}"]
    lines += [f"issue_format = {_toml(style.issue_format)}"] if style.issue_format else []
    if found.is_rst and style.underlines != ("=", "-", "~"):
        lines.append(f"underlines = {_toml(list(style.underlines))}")
    lines += ['ignore = ["README.md"]', "type = ["]
    lines += [f"  {{ directory = {_toml(kind)}, name = {_toml(title)} }}," for kind, title in types.items()]
    path = "pyproject.toml" if draft.text("pyproject.toml") is not None else "towncrier.toml"
    before = (draft.text(path) or "").rstrip()
    draft.write(path, "\n".join([*([before, ""] if before else []), *lines, "]", ""]))


def _toml(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _template(found: Changelog) -> str:
    """A template for sections as the changelog has them, which keeps the order of the entries that were there."""
    name = "_flat" if found.style.is_flat else "_template"
    text = template(f"{name}{'.rst' if found.is_rst and not found.style.is_flat else '.md'}")
    style = found.style
    text = text.replace("### ", f"{style.level} ").replace("\n- ", f"\n{style.bullet}")
    if more := len(style.bullet) - 2:
        text = text.replace("{{ text }}", f'{{{{ text|replace("\\n  ", "\\n  {" " * more}") }}}}')
    return f"\n{style.dated}\n{text}" if style.dated else text


def _readme(types: dict[str, str], news: News) -> str:
    words = [f"`{kind}`" for kind in types]
    listed = f"{', '.join(words[:-1])} or {words[-1]}"
    return template("fragments.md").replace("TYPES", listed).replace(".TYPE.md", f".TYPE{news.suffix}")


def _stem(entry: Entry, names: set[str], kind: str) -> str:
    """A name of its own for a fragment."""
    stem = "-".join(re.findall(r"[a-z0-9]+", entry.text.lower())[:6])[:50].strip("-") or "change"
    name = next(one for one in _numbered(f"+{stem}") if f"{one}.{kind}" not in names)
    names.add(f"{name}.{kind}")
    return name


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    number = 2
    while True:
        yield f"{stem}-{number}"
        number += 1


def _has_fragments(draft: Draft, news: News) -> bool:
    from contd_release.prepare import fragments

    paths = [path for path in draft.tree.files if path.startswith(f"{news.directory.rstrip('/')}/")]
    return bool(fragments.read(paths, news).fragments)


def _new(news: News) -> str:
    text = template("changelog.md").replace("newsfragments", news.directory.rstrip("/"))
    if not news.is_rst:
        return text.replace("<!-- towncrier release notes start -->\n", news.marker)
    return f"Changelog\n=========\n\nWhat is not released yet is in ``{news.directory}``.\n\n{news.marker}"


def _marked(text: str, found: Changelog, news: News) -> str:
    """The changelog with the marker where the next section belongs, and without what became fragments."""
    marker = news.marker.strip()
    lines = [marker if found.scriv and MARKER in line else line for line in text.splitlines()]
    has_marker = marker in lines
    apart: list[str] = []
    for one in reversed(found.sections):
        if not (one.is_kept and has_marker and not any(one.heading.line < e.line < one.end for e in found.entries)):
            lines, kept = _cleared(lines, one, found, "" if has_marker or one is not found.sections[0] else marker)
            apart = kept + apart
    if not has_marker and not found.sections:
        at = _first_release(lines, found)
        lines = [*_without_blank_end(lines[:at]), "", marker, "", *_without_blank(lines[at:])]
    if apart:
        ends_with_links = bool(lines) and kept_apart(_without_blank_end(lines)[-1:], is_rst=found.is_rst)
        lines = [*_without_blank_end(lines), *([] if ends_with_links else [""]), *apart]
    after = "\n".join(lines).rstrip("\n") + "\n"
    return text if after.rstrip("\n") == text.rstrip("\n") else after


def _cleared(lines: list[str], one: Open, found: Changelog, marker: str) -> tuple[list[str], list[str]]:
    """The lines without the entries of a section, and with the marker in its place; and the links that it defines."""
    start = one.heading.line - 1
    body = one.heading.line + (0 if one.heading.level.startswith("#") else 1)
    has_line_above = start and body > one.heading.line and lines[start - 1].strip() == lines[body - 1].strip()
    top = start - 1 if has_line_above else start
    above = lines[:body] if one.is_kept else lines[:top]
    kept = [line for line in lines[body : one.end - 1] if "towncrier release notes start" in line]
    middle = [marker, ""] if marker else [*kept, ""] if kept else []
    below = _without_blank(lines[one.end - 1 :])
    return [*_without_blank_end(above), "", *middle, *below], kept_apart(lines[body : one.end - 1], is_rst=found.is_rst)


def _first_release(lines: Sequence[str], found: Changelog) -> int:
    """The index of the line above which the next section goes: that of the first release, with its anchor."""
    at = found.style.line - 1 if found.style.line else len(lines)
    if not found.style.line and (named := [n for n, line in enumerate(lines) if _BOLD.match(line)]):
        return named[0]
    if not found.style.line and not found.is_rst:
        at = next((n for n, line in enumerate(lines) if re.match(r"\[[^\]]+\]:\s", line)), at)
    while at and (
        _ANCHOR.fullmatch(lines[at - 1]) or (not lines[at - 1].strip() and at > 1 and _is_anchor(lines[at - 2]))
    ):
        at -= 1
    return at


def _is_anchor(line: str) -> bool:
    return re.match(r"\.\. _|<a ", line) is not None


def _without_blank(lines: Sequence[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[0].strip():
        kept.pop(0)
    return kept


def _without_blank_end(lines: Sequence[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
