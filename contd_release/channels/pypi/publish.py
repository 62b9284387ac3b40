"""Uploads to the package index: one step per file, compared by its digest before and after."""

from __future__ import annotations

from contd_release.channels.pypi.names import PATIENCE, settings
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady, Unanswered
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.records import seal
from contd_release.tools import pypi, twine


def uploaded(release: Release, name: str) -> Step:
    """
    The index serves this file, byte for byte.

    An index never gives a file name out twice, so there is no undo: a bad release is yanked and followed by a patch.
    """
    repository = settings(release).repository

    def observe() -> Found:
        theirs, ours = pypi.files(release.project).get(name), release.artifact(name)
        if theirs is None:
            return Found(State.ABSENT, f"{name} is free")
        if not theirs.sha256:
            raise Unanswered(f"the index serves {name} without a sha256", expected="a digest to compare with ours")
        if ours is None or theirs.sha256 != ours.sha256:
            return Found(
                State.CONFLICT,
                f"{name} is there with sha256 {theirs.sha256[:12]}, "
                + (f"ours is {ours.sha256[:12]}" if ours else "and is not ours"),
                "invoke release --part patch   (an index never gives a file name out twice)",
            )
        return Found(State.DONE, f"sha256 {ours.sha256[:12]}")

    def sealed() -> None:
        found = release.sealed()
        if found is None or (artifact := found.named(name)) is None:
            raise NotReady(f"{name} is not sealed", expected="built artifacts", type_next="invoke build")
        seal.require_noted(release, found)
        artifacts.check_one(release.dist, artifact)

    return Step(
        f"{name} is on {repository}",
        observe,
        act=(
            Call(f"compare {name} with its seal", sealed),
            twine.upload(release.dist / name, repository),
        ),
        undo=None,
        patience=PATIENCE,
        retry=twine.is_worth_another_try,
    )
