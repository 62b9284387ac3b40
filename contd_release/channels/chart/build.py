"""The chart of the release commit, packed once from a clean checkout."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from contd_release.channels.chart import dependencies
from contd_release.channels.chart.names import CHANNEL, app_version, file_name, folder, version
from contd_release.channels.source import emptied, removed
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.tools.helm import helm, tgz


def packed(release: Release) -> Step:
    """
    The chart is in the dist folder, under both versions, dated by the commit.

    A file from another attempt carries another time, and is packed again until it is sealed.
    """
    path, made = release.dist / file_name(release), release.home / "building-chart"
    source = release.source(CHANNEL) / folder(release)

    def observe() -> Found:
        if sealed := release.artifact(path.name):
            artifacts.check_one(release.dist, sealed)
            return Found(State.DONE, "sealed")
        if not path.is_file():
            return Found(State.ABSENT, f"{path.name} is not built")
        if tgz.epoch_of(path) != release.epoch:
            return Found(State.PARTIAL, f"{path.name} is there from another attempt")
        return Found(State.DONE, f"sha256 {artifacts.sha256_of(path)[0][:12]}")

    return Step(
        f"{path.name} is built",
        observe,
        act=(
            emptied(made),
            Call("take the dependencies that were fetched before", partial(dependencies.taken, release, source)),
            helm.Fetched(source),
            helm.package(source, version(release), app_version(release), made),
            Call(f"date {path.name} and all in it by the release", partial(_dated, made / path.name, path, release)),
        ),
        undo=(removed(release, path.name, (path.name,)),),
    )


def _dated(archive: Path, to: Path, release: Release) -> None:
    release.dist.mkdir(parents=True, exist_ok=True)
    tgz.dated(archive, to, release.epoch)
