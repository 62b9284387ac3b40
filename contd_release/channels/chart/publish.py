"""
The push to the chart registry.

A registry overwrites the tag of a chart without a word, so it is asked first, and what it holds is compared by the
digest of the chart's bytes: the manifest around them carries a date, which not every helm takes from the file.
"""

from __future__ import annotations

import os
from functools import partial

from contd_release.channels.chart import version as chart_version
from contd_release.channels.chart.names import PATIENCE, file_name, folder, kept_tag, ref, reference, sealed, version
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.records import seal
from contd_release.tools.helm import registry as helm_registry


def pushed(release: Release) -> Step:
    """
    The registry holds these bytes under this version.

    Users may have installed it, so there is no undo: a bad chart is followed by a better one.
    """
    path, full = release.dist / file_name(release), reference(release)

    def observe() -> Found:
        there, ours = helm_registry.repository(ref(release)), sealed(release)
        theirs = helm_registry.layer(there, version(release))
        if theirs is None:
            return Found(State.ABSENT, f"{full} is free")
        if ours is None or theirs != f"sha256:{ours.sha256}":
            if ours and helm_registry.layer(there, kept_tag(release)) == f"sha256:{ours.sha256}":
                return Found(State.DONE, f"withdrawn: helm warns of it; as it was released it is {kept_tag(release)}")
            mine = f"ours is sha256:{ours.sha256[:12]}" if ours else "and nothing of ours is sealed"
            return Found(
                State.CONFLICT,
                f"{full} is there with {theirs[:19]}, {mine}",
                instead(release),
            )
        return Found(State.DONE, f"sha256 {ours.sha256[:12]}")

    return Step(
        f"{full} is in the chart registry",
        observe,
        act=(
            Call(f"compare {path.name} with its seal", partial(compare, release)),
            helm_registry.Pushed(path, ref(release)),
        ),
        undo=None,
        patience=PATIENCE,
        retry=helm_registry.is_worth_another_try,
    )


def compare(release: Release) -> None:
    """
    Require that the packed chart is the one that was sealed, and give it the time of the release.

    Raises:
        NotReady: nothing is sealed.
        Tampered: the file has other bytes.
    """
    path, found = release.dist / file_name(release), release.sealed()
    if found is None or (ours := found.named(path.name)) is None:
        raise NotReady(f"{path.name} is not sealed", expected="built artifacts", type_next="invoke build")
    seal.require_noted(release, found)
    artifacts.check_one(release.dist, ours)
    # helm writes the file's own time into the manifest; a file from another machine has the time of its arrival.
    os.utime(path, (release.epoch, release.epoch))


def instead(release: Release) -> str:
    """What to type where another chart has this version: one that is out is never overwritten."""
    if not chart_version.is_own(release.project):
        return "invoke release --part patch   (a chart that is out is never overwritten)"
    return f"invoke abort; $EDITOR {folder(release)}/Chart.yaml   (a version above what is out; then release again)"
