"""The release's own worktree, and the one commit made in it. The maintainer's working tree is never touched."""

from __future__ import annotations

from functools import partial

from contd_release.engine.step import Found, State, Step
from contd_release.prepare.proof import environment
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.tools import git


def checked_out(release: Release) -> Step:
    """The release has a worktree that starts from its base."""
    root, tree = release.project.root, release.tree

    def observe() -> Found:
        at = git.head(tree)
        if at is None:
            return Found(State.ABSENT, "there is no tree yet")
        if release.base == at or release.base in git.described(tree, at).parents:
            return Found(State.DONE, f"{tree.name} is at {at[:12]}")
        return Found(State.CONFLICT, f"{tree} is at {at[:12]}", f"git -C {root} worktree remove --force {tree}")

    return Step(
        f"a worktree starts from {release.base[:12]}",
        observe,
        act=git.add_worktree(root, tree, release.base),
        undo=(
            Call(f"remove the environment in which {tree.name} was proved", partial(environment.remove, release)),
            git.remove_worktree(root, tree),
        ),
    )


def committed(release: Release) -> Step:
    """
    One commit holds the bump and the notes; equal input gives an equal commit, so a resumed release makes the same one.
    """
    root, message = release.project.root, f"Release {release.version}"

    def observe() -> Found:
        at = git.release_commit(release)
        if at is None:
            return Found(State.ABSENT, "not committed yet")
        found = git.described(root, at)
        if found.parents == (release.base,) and found.subject == message:
            return Found(State.DONE, f"{at[:12]} {message}")
        return Found(State.CONFLICT, f"{release.tree} is at {at[:12]} {found.subject!r}", "invoke abort")

    return Step(f'"{message}" is committed', observe, act=git.record(release.tree, message, release.dates))
