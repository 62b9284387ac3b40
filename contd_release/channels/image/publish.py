"""The version's tag, put on the staged index."""

from __future__ import annotations

from contd_release.channels.image.names import PATIENCE, door, reference, required, sealed
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady
from contd_release.process.action import Call
from contd_release.project.release import Release


def named(release: Release) -> Step:
    """
    The version's tag names the staged index.

    A registry overwrites a tag without a word, so it is asked before and after. Who pulled it has it: no undo.
    """
    tag, there = release.semver, door(release)

    def observe() -> Found:
        theirs, ours = there().digest(tag), sealed(release)
        if theirs is None:
            return Found(State.ABSENT, f"{reference(release)} is free")
        if ours is None:
            return Found(State.CONFLICT, f"{reference(release)} is there already, and nothing was built here yet")
        if theirs != ours.digest:
            return Found(
                State.CONFLICT, f"{reference(release)} is there with {theirs[:19]}, ours is {ours.digest[:19]}"
            )
        return Found(State.DONE, f"{reference(release)} is {theirs[:19]}")

    def name() -> None:
        ours = required(release)
        if (theirs := there().digest(tag)) not in (None, ours.digest):
            raise Conflict(
                f"{reference(release)} names {theirs} meanwhile",
                expected=f"no such tag, or {ours.digest}",
                type_next="invoke release --part patch   (a version is never used twice)",
            )
        if (index := there().manifest(ours.digest)) is None:
            raise NotReady(f"{ours.digest} is not staged", expected="the index, by digest", type_next="invoke release")
        there().put(tag, index)

    return Step(
        f"{reference(release)} is in the registry",
        observe,
        act=(Call(f"let {reference(release)} name the staged digest", name),),
        undo=None,
        patience=PATIENCE,
    )
