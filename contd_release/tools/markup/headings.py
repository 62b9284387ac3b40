"""The headings of a changelog, and the entries below those that name no release yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# A heading that names no release: https://keepachangelog.com/en/1.1.0/ and what others write.
_OPEN: Final = re.compile(
    r"\b(unreleased|not (yet )?released|tbd|tba|upcoming|next (release|version)|in development|under development"
    r"|in progress)\b|\b(yyyy|xxxx|20xx)-(mm|xx)-(dd|xx)\b|\?\?\?\?-\?\?",
    re.IGNORECASE,
)
_BRANCH: Final = re.compile(
    r"[\[(]?(dev|devel|development|main|master|head|trunk|next|wip|pending)[\])]?", re.IGNORECASE
)
_BELOW_OPEN: Final = re.compile(
    r"[*_(\[]*(release(d)?( date| on)?:?\s*)?(unreleased|not yet released|tbd|tba)[*_)\].]*", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"\d+\.\d+")
_STATED: Final = re.compile(r"[\[(]?(?:[A-Za-z][\w.-]* )?v?(\d{1,9}(?:\.\d{1,9})+)")
_ENTRY: Final = re.compile(r"(?:[-*+•]|\d+[.)])[ \t]+\S")
_UNDERLINE: Final = re.compile(r"([=\-~^\"'#*+])\1{2,}\s*")
_NOTHING: Final = re.compile(
    r"(?:[-*+•]\s+)?(nothing|no (significant |notable )?changes|none|n/a|tbd|tba)\b.{0,20}", re.IGNORECASE
)
# What other documents link to, right above the heading that it belongs to.
_ANCHOR: Final = re.compile(r"\.\. _[^:\n]+:\s*|<a [^\n]*>\s*")


@dataclass(frozen=True)
class Heading:
    """
    One heading.

    Args:
        line: the line of its text, counted from 1.
        level: its number signs in Markdown, the character of the line below it in reStructuredText.
    """

    title: str
    line: int
    level: str

    def is_above(self, other: Heading) -> bool:
        """Whether the other one is lower than this one, or written in another way."""
        if self.level.startswith("#") and other.level.startswith("#"):
            return len(self.level) < len(other.level)
        return self.level != other.level


@dataclass(frozen=True)
class Unreleased:
    """
    A section for what is not released yet, written by hand.

    Args:
        heading: its heading as it is in the text.
        line: of the heading, counted from 1.
        entries: the first line of each entry.
        end: the line after the section.
    """

    heading: str
    line: int
    entries: tuple[str, ...]
    end: int = 0


def headings(changelog: str) -> tuple[Heading, ...]:
    """Every heading in the order of the text; lines of code are left out."""
    lines = _without_code(changelog.splitlines())
    marks = ((index, _level(lines, index)) for index in range(len(lines)))
    return tuple(Heading(_title(lines[index]), index + 1, level) for index, level in marks if level)


def unreleased(changelog: str) -> tuple[Unreleased, ...]:
    """
    The sections with entries that no version has: below `[Unreleased]`, `Unreleased`, `1.2.0 (unreleased)` or `TBD`.
    """
    lines, found = _without_code(changelog.splitlines()), []
    for one in open_headings(changelog):
        end = end_of(changelog, one)
        entries = _entries(lines[one.line : end - 1])
        found += [Unreleased(one.title, one.line, entries, end)] if entries else []
    return tuple(found)


def open_headings(changelog: str) -> tuple[Heading, ...]:
    """
    The headings that name no release yet, by their own words or by the line below them.

    Such a heading below the newest release is history: its date was never written.
    """
    lines, every = changelog.splitlines(), headings(changelog)
    found = [one for one in every if names_no_release(one.title) or _is_open(one, lines)]
    released = [one for one in every if one not in found and _STATED.match(one.title)]
    has_newest_first = len(released) > 1 and _stated(released[0]) >= _stated(released[-1])
    return tuple(one for one in found if not has_newest_first or one.line < released[0].line)


def end_of(changelog: str, heading: Heading) -> int:
    """The line after the section below this heading."""
    lines = _without_code(changelog.splitlines())
    at = next((at for at in range(heading.line, len(lines)) if _ends(lines, at, heading.level)), len(lines))
    while at < len(lines) and at > heading.line + 1 and (_ANCHOR.fullmatch(lines[at - 1]) or not lines[at - 1].strip()):
        at -= 1
    has_line_above = heading.line < at < len(lines) - 1 and _UNDERLINE.fullmatch(lines[at - 1])
    return at if has_line_above and lines[at - 1].strip() == lines[at + 1].strip() else at + 1


def names_no_release(title: str) -> bool:
    """Whether a title, or the label of a link, means unreleased changes."""
    return _OPEN.search(title) is not None


def says_unreleased(text: str) -> bool:
    """Whether a line below a heading only says that there is no release yet."""
    return _BELOW_OPEN.fullmatch(text) is not None


def says_nothing(text: str) -> bool:
    """Whether an entry only says that nothing has changed."""
    return _NOTHING.fullmatch(text) is not None


def _stated(one: Heading) -> tuple[int, ...]:
    """The numbers of the version that a heading begins with."""
    match = _STATED.match(one.title)
    return tuple(map(int, match[1].split("."))) if match else ()


def _is_open(one: Heading, lines: list[str]) -> bool:
    """Whether a heading is a branch's name, or has nothing but a word such as Unreleased below it."""
    if _BRANCH.fullmatch(one.title):
        return True
    below = lines[one.line + (0 if one.level.startswith("#") else 1) :]
    first = next((line.strip() for line in below if line.strip()), "")
    return _NUMBER.search(one.title) is not None and says_unreleased(first)


def _entries(lines: list[str]) -> tuple[str, ...]:
    """The first line of each list item; if there is none, each paragraph's, unless it says that there is nothing."""
    text = re.sub(r"<!--.*?-->", lambda comment: "\n" * comment[0].count("\n"), "\n".join(lines), flags=re.DOTALL)
    kept = text.split("\n")
    items = [line.strip() for line in kept if _ENTRY.match(line)]
    if not items:
        before = ["", *kept]
        items = [
            line.strip()
            for at, line in enumerate(kept)
            if line[:1].strip()
            and not before[at].strip()
            and not _level(kept, at)
            and not _UNDERLINE.fullmatch(line)
            and not re.match(r"\.\. |\[[^\]]+\]:", line)
        ]
    return tuple(item for item in items if not _NOTHING.fullmatch(item))


def _ends(lines: list[str], index: int, level: str) -> bool:
    """Whether this line begins the section after one of this level: a heading as high, or one with a version."""
    if not (mine := _level(lines, index)):
        return False
    is_as_high = len(mine) <= len(level) if level.startswith("#") and mine.startswith("#") else mine == level
    return is_as_high or _NUMBER.search(_title(lines[index])) is not None


def _level(lines: list[str], index: int) -> str:
    """
    The level of the heading on this line: its number signs in Markdown, the character below it in reStructuredText.
    """
    if mark := re.match(r"(#{1,6})\s+\S", lines[index]):
        return mark[1]
    following = lines[index + 1] if index + 1 < len(lines) else ""
    is_underlined = (
        lines[index][:1].strip() and not _UNDERLINE.fullmatch(lines[index]) and _UNDERLINE.fullmatch(following)
    )
    return following[0] if is_underlined else ""


def _title(line: str) -> str:
    return line.strip("# \t")


def _without_code(lines: list[str]) -> list[str]:
    """The lines, with an empty one for each of a fenced block; tildes right below a text are its underline."""
    kept, fence = list[str](), ""
    for line in lines:
        is_below = kept and kept[-1].strip() and not fence
        mark = re.match(r"[ \t]*(`{3,})" if is_below else r"[ \t]*(`{3,}|~{3,})", line)
        is_end = fence and mark and mark[1].startswith(fence) and not line.strip(" \t`~")
        kept.append("" if fence else line)
        fence = "" if is_end else fence or (mark[1] if mark and re.match(r"[^`]*$", line[mark.end() :]) else "")
    return kept
