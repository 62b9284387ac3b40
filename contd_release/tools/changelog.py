"""The changelog as text: its sections, taken out and put in by version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from packaging.version import InvalidVersion, Version

from contd_release.project.settings import News

# A heading that names no release: https://keepachangelog.com/en/1.1.0/ and what others write.
_OPEN: Final = re.compile(r"\b(unreleased|not (yet )?released|tbd|tba)\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+\.\d+")
_ENTRY: Final = re.compile(r"(?:[-*+•]|\d+[.)])[ \t]+\S")
_UNDERLINE: Final = re.compile(r"([=\-~^\"'#*+])\1{2,}\s*")
_NOTHING: Final = re.compile(
    r"(?:[-*+•]\s+)?(nothing|no (significant |notable )?changes|none|n/a|tbd|tba)\b.{0,20}", re.IGNORECASE
)


# The line below a heading of reStructuredText.
_BELOW: Final = "(?:" + "|".join(f"{re.escape(one)}{{2,}}" for one in "=-~^\"'`#*+.:_") + r")[ \t]*$"
_ANY: Final = r"v?[0-9][0-9A-Za-z.+-]*"


@dataclass(frozen=True)
class ChangelogSection:
    """One section: its version, and where it begins and ends in the text."""

    version: Version
    start: int
    end: int


@dataclass(frozen=True)
class Unreleased:
    """
    A section for what is not released yet, written by hand.

    Args:
        heading: its heading as it is in the text.
        line: of the heading, counted from 1.
        entries: the first line of each entry.
    """

    heading: str
    line: int
    entries: tuple[str, ...]


def unreleased(changelog: str) -> tuple[Unreleased, ...]:
    """
    The sections with entries that no version has: below `[Unreleased]`, `Unreleased`, `1.2.0 (unreleased)` or `TBD`.
    """
    lines, found = changelog.splitlines(), []
    for index, line in enumerate(lines):
        if (level := _level(lines, index)) and _OPEN.search(_title(line)):
            ends = (at for at in range(index + 1, len(lines)) if _ends(lines, at, level))
            entries = _entries(lines[index + 1 : next(ends, len(lines))])
            found += [Unreleased(_title(line), index + 1, entries)] if entries else []
    return tuple(found)


def has_section(changelog: str, news: News, version: str) -> bool:
    """Whether the changelog has a section of this version, whatever its date."""
    return re.search(_heading(news, re.escape(version)), changelog, re.MULTILINE) is not None


def sections(changelog: str, news: News) -> tuple[ChangelogSection, ...]:
    """Every section whose heading has the configured form, in the order of the text."""
    level = re.match(r"#+ ", news.title_format)
    next_one = re.compile(rf"^{re.escape(level[0])}" if level else _heading(news, _ANY), re.MULTILINE)
    found = []
    for match in re.finditer(_heading(news, f"(?P<version>{_ANY})"), changelog, re.MULTILINE):
        following = next_one.search(changelog, match.end())
        end = _below_line(changelog, following.start()) if following else len(changelog)
        try:
            found.append(ChangelogSection(Version(match["version"]), _below_line(changelog, match.start()), end))
        except InvalidVersion:
            continue
    return tuple(found)


def without(changelog: str, news: News, versions: frozenset[Version]) -> str:
    """The changelog with the sections of these versions taken out."""
    for part in reversed(sections(changelog, news)):
        if part.version in versions:
            changelog = changelog[: part.start] + changelog[part.end :]
    return changelog


def with_section(changelog: str, news: News, version: Version, section: str) -> str | None:
    """The changelog with this section above the first one of a lower version; nothing where it has no place for it."""
    there = sections(changelog, news)
    if any(part.version == version for part in there):
        return changelog
    lower = next((part.start for part in there if part.version < version), None)
    if lower is not None:
        return f"{changelog[:lower]}{section.strip()}\n\n{changelog[lower:]}"
    if there:
        end = there[-1].end
        return f"{changelog[:end].rstrip()}\n\n{section.strip()}\n" + (
            f"\n{changelog[end:]}" if changelog[end:] else ""
        )
    head, marker, tail = changelog.partition(news.marker)
    return f"{head}{marker}\n{section.strip()}\n{tail}" if marker else None


def added(before: str, after: str, news: News) -> str | None:
    """What was put below the marker; nothing where more than that has changed."""
    (_, _, old), (_, marker, new) = before.partition(news.marker), after.partition(news.marker)
    rest = old.strip()
    return new.strip().removesuffix(rest).strip() if marker and new.strip().endswith(rest) else None


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


def _ends(lines: list[str], index: int, level: str) -> bool:
    """Whether this line begins the section after one of this level: a heading as high, or one with a version."""
    if not (mine := _level(lines, index)):
        return False
    is_as_high = len(mine) <= len(level) if level.startswith("#") and mine.startswith("#") else mine == level
    return is_as_high or _NUMBER.search(_title(lines[index])) is not None


def _title(line: str) -> str:
    return line.strip("# \t")


def _entries(lines: list[str]) -> tuple[str, ...]:
    """The first line of each list item; where there is none, each paragraph's, unless it says that there is nothing."""
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


def _heading(news: News, version: str) -> str:
    """The pattern of a section's heading, with this pattern for the version."""
    if news.title_format:
        heading = re.escape(news.title_format)
        for name, pattern in (("version", version), ("project_date", r"\S+"), ("name", r".+?")):
            heading = heading.replace(re.escape("{" + name + "}"), pattern)
        return rf"^{heading}[ \t]*$(?=\n{_BELOW})" if news.is_rst else rf"^{heading}\s*?$"
    line = rf"(?:[^\n]*?[^\w.\n])?v?{version}(?![\w.+-])[^\n]*"
    return rf"^(?:(?=\S){line}$(?=\n{_BELOW}))" if news.is_rst else rf"^#{{1,4}}[ \t]+{line}$"


def _below_line(changelog: str, start: int) -> int:
    """Where a heading begins: at the line above it, where that belongs to it as the one below does."""
    above = changelog.rfind("\n", 0, max(start - 1, 0)) + 1
    line = changelog[above:start].strip()
    below = changelog[start:].split("\n", 2)[1:2]
    return above if line and [line] == [one.strip() for one in below] and _UNDERLINE.fullmatch(line) else start
