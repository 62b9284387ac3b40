"""
The version of the chart that a release publishes: the release's, or the chart's own, which git states.

A chart that counts its own version has a higher one in every release. One that was raised by hand since the last
release keeps what was written; any other is raised by the part that the settings name.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from packaging.version import Version

from contd_release.engine import ask_once
from contd_release.errors import Usage
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Chart
from contd_release.project.version import next_version, parse, parse_stated, semver
from contd_release.tools import git

_LINE: Final = re.compile(r"""^(version:[ \t]+)(["']?)([0-9A-Za-z.+-]+)\2(?=[ \t]*(?:#.*)?\r?$)""", re.MULTILINE)

_APP: Final = re.compile(r"""^appVersion:[ \t]+["']?(v?)[0-9]""", re.MULTILINE)


def of(release: Release) -> str:
    """
    The version of its chart, as SemVer.

    Raises:
        Usage: the chart counts its own version, and states none that can be raised.
    """
    chart = release.project.settings.chart
    if chart is None or chart.version == "release":
        return release.semver
    question = ("the chart's version", release.project.root, release.base, release.commit, str(release.version))
    return ask_once.once(question, partial(_own, release, chart))


def of_app(release: Release) -> str:
    """
    The appVersion of its chart: the release's version, after the `v` that git has before it.

    An image that the release publishes has no `v` in its tag, so its chart has none.
    """
    settings = release.project.settings
    if settings.chart is None or settings.image is not None:
        return release.semver
    text = git.text(release.project.root, release.commit or release.base, path(settings.chart)) or ""
    match = _APP.search(text)
    return f"{match[1] if match else ''}{release.semver}"


def at(project: Project, version: Version) -> str:
    """The version of the chart that an earlier release has published; empty if its tag is not here."""
    chart = project.settings.chart
    if chart is None or chart.version == "release":
        return semver(version)
    stated = _stated(project, f"refs/tags/{project.tags.of(version)}", chart)
    return semver(stated) if stated else ""


def is_own(project: Project) -> bool:
    """Whether the project has a chart that counts its own version."""
    return project.settings.chart is not None and project.settings.chart.version == "own"


def path(chart: Chart) -> str:
    """Its Chart.yaml."""
    folder = chart.path.removeprefix("./").strip("/")
    return "Chart.yaml" if folder in ("", ".") else f"{folder}/Chart.yaml"


def said(text: str) -> tuple[int, str]:
    """The line of a Chart.yaml, counted from 1, that states the chart's version, and that version."""
    match = _LINE.search(text)
    return (text.count("\n", 0, match.start()) + 1, match[3]) if match else (0, "")


def stating(text: str, version: str) -> str:
    """A Chart.yaml that states this version, with everything else as it was."""
    return _LINE.sub(rf"\g<1>\g<2>{version}\g<2>", text, count=1)


def _own(release: Release, chart: Chart) -> str:
    if release.commit:
        return semver(_required(release.project, release.commit, chart))
    now = _required(release.project, release.base, chart)
    tagged = release.project.tags.versions(git.tags_before(release.project.root, release.base))
    last = max((one for one in tagged if one < release.version), default=None)
    before = _stated(release.project, f"refs/tags/{tagged[last]}", chart) if last else None
    final = parse(now.base_version)
    if not now.is_prerelease and (before is None or now <= before):
        final = next_version(now, release.part if chart.part == "release" else chart.part)
    return semver(final) + semver(release.version).removeprefix(release.version.base_version)


def _required(project: Project, commit: str, chart: Chart) -> Version:
    if (found := _stated(project, commit, chart)) is None:
        raise Usage(
            f"{path(chart)} states no version of its own at {commit[:12]}",
            expected="version: with three numbers, such as 0.1.0",
            type_next=f"$EDITOR {path(chart)}",
        )
    return found


def _stated(project: Project, revision: str, chart: Chart) -> Version | None:
    """The version in a Chart.yaml of a commit; None if there is none, or none that can be raised."""
    _, text = said(git.text(project.root, revision, path(chart)) or "")
    try:
        return parse_stated(text)
    except Usage:
        return None
