"""The changes of a version, from the fragments, and its image in the chart's Chart.yaml, as Artifact Hub shows them."""

from __future__ import annotations

from functools import partial

from contd_release.channels.chart import names as chart_names
from contd_release.channels.chart import version as chart_version
from contd_release.channels.chart.hub import annotations as hub
from contd_release.channels.chart.hub import images
from contd_release.engine.step import Found, State, Step
from contd_release.prepare import fragments
from contd_release.process import files
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.project.settings import Chart
from contd_release.tools import git


def annotated(release: Release, chart: Chart) -> Step:
    """
    Chart.yaml in the release commit has the annotations that the fragments at the base of the release make.

    They are in git, so every build of the commit packs the same bytes.
    """
    path = chart_version.path(chart)

    def observe() -> Found:
        if not release.tree.is_dir():
            return Found(State.ABSENT, "there is no tree yet")
        before, after = _texts(release, path)
        if before != after:
            return Found(State.ABSENT, f"{path} lists other changes")
        count = sum(bool(hub.kind(kind)) for kind, _ in _changes(release))
        return Found(State.DONE, f"{count} change{'s' * (count != 1)}")

    return Step(
        f"{path} lists the changes of {release.version} for Artifact Hub",
        observe,
        act=(
            Call(
                f"write {hub.CHANGES}, {hub.PRERELEASE} and {images.IMAGES} to {path}",
                partial(_write, release, path),
            ),
        ),
    )


def _texts(release: Release, path: str) -> tuple[str, str]:
    """The Chart.yaml as it is in the release's tree, and as it should be."""
    text = (release.tree / path).read_bytes().decode(errors="surrogateescape")
    wanted = hub.wanted(_changes(release), is_prerelease=release.version.is_prerelease)
    return text, hub.with_image(text, path, wanted, chart_names.image(release), release.semver)


def _changes(release: Release) -> list[tuple[str, str]]:
    """The type and the text of each fragment at the base of the release, in the order of the notes."""
    found, news = fragments.at(release.project, release.base).fragments, release.project.news
    return [
        (one.type, git.text(release.project.root, release.base, f"{news.directory}/{one.name}") or "")
        for kind in news.types
        for one in found
        if one.type == kind
    ]


def _write(release: Release, path: str) -> None:
    _, after = _texts(release, path)
    file = release.tree / path
    files.write(file, after.encode(errors="surrogateescape"), mode=file.stat().st_mode & 0o777)
