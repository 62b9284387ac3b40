"""
The changelog as text: its sections, taken out and put in by version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from contd_release.settings import News


@dataclass(frozen=True)
class Part:
    """
    One section: its version, and where it begins and ends in the text.
    """

    version: Version
    start: int
    end: int


def has_section(changelog: str, news: News, version: str) -> bool:
    """
    Whether the changelog has a section of this version, whatever its date.
    """
    return re.search(_heading(news, re.escape(version)), changelog, re.MULTILINE) is not None


def sections(changelog: str, news: News) -> tuple[Part, ...]:
    """
    Every section whose heading has the configured form, in the order of the text.
    """
    level = re.match(r"#+ ", news.title_format)
    next_one = re.compile(rf"^{re.escape(level[0])}" if level else _heading(news, r"\S+"), re.MULTILINE)
    found = []
    for match in re.finditer(_heading(news, r"(?P<version>v?[0-9][0-9A-Za-z.+-]*)"), changelog, re.MULTILINE):
        following = next_one.search(changelog, match.end())
        try:
            found.append(
                Part(Version(match["version"]), match.start(), following.start() if following else len(changelog))
            )
        except InvalidVersion:
            continue
    return tuple(found)


def without(changelog: str, news: News, versions: frozenset[Version]) -> str:
    """
    The changelog with the sections of these versions taken out.
    """
    for part in reversed(sections(changelog, news)):
        if part.version in versions:
            changelog = changelog[: part.start] + changelog[part.end :]
    return changelog


def with_section(changelog: str, news: News, version: Version, section: str) -> str | None:
    """
    The changelog with this section above the first one of a lower version; nothing where it has no place for it.
    """
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
    """
    What was put below the marker; nothing where more than that has changed.
    """
    (_, _, old), (_, marker, new) = before.partition(news.marker), after.partition(news.marker)
    rest = old.strip()
    return new.strip().removesuffix(rest).strip() if marker and new.strip().endswith(rest) else None


def _heading(news: News, version: str) -> str:
    """
    The pattern of a section's heading, with this pattern for the version.
    """
    heading = re.escape(news.title_format)
    for name, pattern in (("version", version), ("project_date", r"\S+"), ("name", r".+?")):
        heading = heading.replace(re.escape("{" + name + "}"), pattern)
    return rf"^{heading}\s*?$"
