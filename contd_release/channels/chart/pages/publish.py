"""
The commit to the classic chart repository: the sealed `.tgz`, and its entry in index.yaml.

Other projects may publish to the same branch at the same time: a push that is not on top of their commit is refused by
git, and the commit is made again on top of theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from contd_release.channels.chart.names import file_name, name, sealed, settings, version
from contd_release.channels.chart.pages import place
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.git import Branch, File
from contd_release.tools.helm.classic import edited, index


def open_to(release: Release, instead: str) -> Step:
    """
    The classic repository can take this version, as far as that is known before.

    Args:
        instead: what to type where another chart has this version.
    """

    def observe() -> Found:
        with git.looked_at(place.place(release)) as found:
            state = place.state(release, found)
        if state.state is State.CONFLICT:
            return replace(state, type_next=instead)
        return Found(
            State.DONE, state.detail if state.state is State.ABSENT else f"{place.reference(release)} is there"
        )

    return Step(f"{place.shown(release)} can take {file_name(release)}", observe)


def published(release: Release, compared: Callable[[], None], instead: str) -> Step:
    """
    The branch has the sealed chart, and its index lists it.

    Users may have installed it, so there is no undo.

    Args:
        compared: compares the packed chart with its seal.
        instead: what to type where another chart has this version.
    """

    def observe() -> Found:
        with git.looked_at(place.place(release)) as found:
            state = place.state(release, found)
        return replace(state, type_next=instead) if state.state is State.CONFLICT else state

    act = git.CommitPushed(
        partial(place.place, release),
        partial(_files, release, instead),
        f"{name(release)} {version(release)}",
        f"{place.shown(release)} (its .tgz, and its entry in {index.FILE})",
        release.dates,
    )
    return Step(
        f"{settings(release).pages} has {file_name(release)} and lists it",
        observe,
        act=(Call(f"compare {file_name(release)} with its seal", compared), act),
        undo=None,
    )


def _files(release: Release, instead: str, found: Branch) -> tuple[File, ...]:
    """The chart and the index, on top of the branch as it is."""
    state = place.state(release, found)
    if state.state is State.CONFLICT:
        raise Conflict(state.detail, expected="the chart that was built, or none", type_next=instead)
    ours, archive = sealed(release), release.dist / file_name(release)
    if state.state is State.DONE or ours is None:
        return ()
    text = found.text(index.FILE)
    has_entry = place.entry(release, found) is not None
    listed = () if has_entry else (File(index.FILE, edited.added(text, archive, ours.sha256, release.epoch)),)
    return (File(archive.name, archive), *listed)
