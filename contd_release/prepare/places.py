"""
The places of a repository that state its version: what each says now, and what it will say after the bump.

The places that `.bumpversion.toml` lists, and those that the release itself depends on: the package's metadata, the
`__version__` of the package, and the chart that is published. A place that is not listed keeps what it says.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from packaging.version import InvalidVersion, Version

from contd_release.channels.chart import version as chart_version
from contd_release.errors import Usage
from contd_release.project.defaults import Read
from contd_release.project.release import Release
from contd_release.project.version import parse_stated, semver
from contd_release.tools.bumpversion import Configuration

_MODULES: Final = ("__init__.py", "__about__.py", "__version__.py", "_version.py", "version.py")
_VERSION: Final = r"[0-9][0-9A-Za-z.+-]*"


@dataclass(frozen=True)
class StatedVersion:
    """
    One place: where it is, what it says, and what the bump makes of it.

    Args:
        line: counted from 1; 0 if nothing was found.
        counts_itself: whether the version is the chart's own.
        is_short: whether it is listed with a spelling that leaves out numbers, such as `1.2`, and says that.
    """

    path: str
    line: int
    says: str
    will_say: str
    counts_itself: bool = False
    is_short: bool = False

    @property
    def where(self) -> str:
        """`contd/__init__.py:3`"""
        return f"{self.path}:{self.line}" if self.line else self.path


def stated(release: Release, configuration: Configuration, text_of: Read) -> tuple[StatedVersion, ...]:
    """Every place, the listed ones first."""
    found = {(one.path, one.line): one for one in _listed(release, configuration, text_of)}
    for path in known(release):
        text = text_of(path) or ""
        after = dict(_statements(path, configuration.stating(path, text, release.version)))
        own = chart_version.said(text)[0] if chart_version.is_own(release.project) and path.endswith(".yaml") else 0
        for line, says in _statements(path, text):
            if line == own:
                found[path, line] = StatedVersion(path, line, says, chart_version.of(release), counts_itself=True)
            found.setdefault((path, line), StatedVersion(path, line, says, after.get(line, says)))
    return tuple(found.values())


def known(release: Release) -> tuple[str, ...]:
    """The files that may state the version and that the release depends on, listed or not, there or not."""
    project = release.project
    chart = (chart_version.path(project.settings.chart),) if project.settings.chart else ()
    if project.package.tag:
        # What the package's files say is a stand-in, which the build replaces.
        return chart
    where = project.package.folder
    folders = (f"{where}{project.file_name}", f"{where}src/{project.file_name}")
    modules = tuple(f"{folder}/{name}" for folder in folders for name in _MODULES)
    return (f"{where}pyproject.toml", *modules, *chart)


def wrong(release: Release, places: tuple[StatedVersion, ...]) -> tuple[StatedVersion, ...]:
    """The places that do not say the current version, or will not say the new one."""
    return tuple(
        one
        for one in places
        if not (one.counts_itself or one.is_short)
        and not (_is(one.says, release.previous) and _is(one.will_say, release.version))
        and one.path not in release.project.settings.own_versions
    )


def table(places: tuple[StatedVersion, ...], bad: tuple[StatedVersion, ...]) -> str:
    """One line for each place, with a cross where it is wrong."""
    rows = [("", "place", "says", "will say")]
    rows += [("✗" if one in bad else "✓", one.where, one.says, one.will_say) for one in places]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _listed(release: Release, configuration: Configuration, text_of: Read) -> Iterator[StatedVersion]:
    current, new = release.previous, release.version
    if not configuration.path:
        return
    line, says = _current_version(text_of(configuration.path) or "")
    yield StatedVersion(configuration.path, line, says, str(new))
    for file in configuration.files:
        text = text_of(file.path)
        if text is None:
            yield StatedVersion(file.path, 0, "the file is not there", file.spelled(new))
        elif problem := file.problem(text, current):
            line, says = file.said(text)
            yield StatedVersion(file.path, line, says or problem.removeprefix(f"{file.path} "), file.spelled(new))
        else:
            line, _ = file.said(text)
            yield StatedVersion(file.path, line, file.spelled(current), file.spelled(new), is_short=file.is_short)


def _statements(path: str, text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file that state its version, counted from 1, with what they say."""
    if path.endswith(".toml"):
        yield from _in_pyproject(text)
        return
    pattern = rf"""__version__(?:\s*:[^=\n]*)?\s*=\s*["']({_VERSION})["']"""
    if path.endswith(".yaml"):
        pattern = rf"""(?:version|appVersion):[ \t]+["']?v?({_VERSION})["']?[ \t]*(?:#.*)?$"""
    for match in re.finditer(rf"^{pattern}", text, re.MULTILINE):
        yield text.count("\n", 0, match.start()) + 1, match[1]


def _in_pyproject(text: str) -> Iterator[tuple[int, str]]:
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    poetry = tables.get("tool", {}).get("poetry", {})
    for header, table in (("project", tables.get("project", {})), ("tool.poetry", poetry)):
        says = table.get("version") if isinstance(table, dict) else None
        if not isinstance(says, str):
            continue
        head = re.search(rf"^\[{re.escape(header)}\][^\n]*$", text, re.MULTILINE)
        line = re.compile(r"^version\s*=", re.MULTILINE).search(text, head.end() if head else 0)
        yield text.count("\n", 0, line.start()) + 1 if line else 0, says


def _current_version(text: str) -> tuple[int, str]:
    match = re.search(rf"""^current_version\s*=\s*["']({_VERSION})["']""", text, re.MULTILINE)
    return (text.count("\n", 0, match.start()) + 1, match[1]) if match else (0, "no current_version")


def _is(says: str, version: Version) -> bool:
    """Whether a place says this version: in Python's spelling, in that of charts, or as the numbers of a tuple."""
    says = re.sub(r",[ \t]*", ".", says)
    try:
        return parse_stated(says) == version
    except Usage:
        pass
    try:
        return Version(says) == version or says == semver(version)
    except InvalidVersion:
        return False
