"""What every build needs: a clean checkout of the release commit, an empty folder, and the removal of what it made."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.process.command import Command
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.records.commit import release_commit
from contd_release.tools import git


def checked_out(release: Release, purpose: str) -> Step:
    """
    The release commit is checked out for one purpose, without anything that a proof or another build leaves behind.
    """
    source = release.source(purpose)

    def observe() -> Found:
        at, ours = git.commit(source), release_commit(release)
        if at is not None and at == ours:
            return Found(State.DONE, f"{source.name} is at {at[:12]}")
        return Found(State.ABSENT if at is None else State.PARTIAL, f"{source.name} is not at the release commit")

    return Step(
        f"the commit is checked out to build for {purpose}",
        observe,
        act=tuple(
            one.reproducible() if isinstance(one, Command) else one
            for one in git.clone_shared(release.tree, source, release.computed_from)
        ),
        undo=(Call(f"remove {source.name}", partial(git.discard, source)),),
    )


def emptied(folder: Path) -> Call:
    """Make an empty folder to build in."""

    def empty() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    return Call("empty the build folder", empty)


def removed(release: Release, what: str, names: tuple[str, ...]) -> Call:
    """
    Remove built files, and the seal and the checksums that cover them.

    Args:
        what: the files, in words.
        names: their names in the dist folder.
    """

    def remove() -> None:
        for name in (*names, artifacts.SEAL, artifacts.CHECKSUMS):
            (release.dist / name).unlink(missing_ok=True)

    return Call(f"remove {what}", remove)
