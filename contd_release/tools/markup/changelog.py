"""The changelog as text: the section of each version, taken out and put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from packaging.version import InvalidVersion, Version

from contd_release.project.news import News

# The line below a heading of reStructuredText.
_BELOW: Final = "(?:" + "|".join(f"{re.escape(one)}{{2,}}" for one in "=-~^\"'`#*+.:_") + r")[ \t]*$"
_UNDERLINE: Final = re.compile(r"([=\-~^\"'#*+])\1{2,}\s*")
_ANY: Final = r"v?[0-9][0-9A-Za-z.+-]*"


@dataclass(frozen=True)
class ChangelogSection:
    """One section: its version, and where it begins and ends in the text."""

    version: Version
    start: int
    end: int


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
    """The changelog with this section above the first one of a lower version; None if it has no place for it."""
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
    """The text that was added below the marker; None if anything else has changed."""
    (_, _, old), (_, marker, new) = before.partition(news.marker), after.partition(news.marker)
    rest = old.strip()
    return new.strip().removesuffix(rest).strip() if marker and new.strip().endswith(rest) else None


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
