"""The links of a changelog's headings, which a release continues."""

from __future__ import annotations

import re
from typing import Final

from packaging.version import Version

from contd_release.tools.markup.headings import names_no_release, open_headings

_LINK: Final = re.compile(r"\[(?P<label>(?:v?(?P<version>\d+(?:\.\d+)+))|[^\]]+)\]:[ \t]*(?P<url>\S+)")


def with_links(changelog: str, version: Version) -> str:
    """
    The changelog with a link for the heading of this version, where each release has one at the end of the file.

    `[1.3.0]: …/compare/v1.2.0...v1.3.0` goes above the link of the release before, and `[Unreleased]` begins at 1.3.0.
    """
    lines = changelog.split("\n")
    links = [(at, match) for at, line in enumerate(lines) if (match := _LINK.fullmatch(line))]
    known = [(at, match, Version(match["version"])) for at, match in links if match["version"]]
    earlier = [one for one in known if one[2] < version]
    if not earlier or any(one[2] == version for one in known):
        return _with_open_link(changelog, version)
    at, match, _ = max(earlier, key=lambda one: one[2])
    url, old = match["url"], match["version"]
    here = re.sub(rf"/compare/(.*?){re.escape(old)}$", rf"/compare/\g<1>{version}", url)
    if here != url:
        here = re.sub(r"/compare/(\D*).*?\.\.\.", rf"/compare/\g<1>{old}...", here)
    else:
        here = url.replace(old, str(version))
    for number, other in links:
        if names_no_release(other["label"]) and all(one[2] <= version for one in known):
            lines[number] = re.sub(rf"{re.escape(old)}(?=\.\.\.)", str(version), lines[number])
    lines.insert(at, lines[at].replace(url, here).replace(match["label"], match["label"].replace(old, str(version)), 1))
    return "\n".join(lines)


def _with_open_link(changelog: str, version: Version) -> str:
    """The changelog whose `## [Unreleased](…/compare/1.2.0...HEAD)` begins at this version, where it began before."""
    lines = changelog.split("\n")
    for one in open_headings(changelog):
        match = re.search(r"(?<=/compare/)(\D*?)(\d+(?:\.\d+)+)(?=\.\.\.)", lines[one.line - 1])
        if match and Version(match[2]) < version:
            line = lines[one.line - 1]
            lines[one.line - 1] = f"{line[: match.start()]}{match[1]}{version}{line[match.end() :]}"
    return "\n".join(lines)
