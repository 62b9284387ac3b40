"""The release's own worktree, and the one commit made in it. The maintainer's working tree is never touched."""

from __future__ import annotations

import shlex
from contextlib import suppress
from functools import partial

from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady, Unanswered
from contd_release.prepare.proof import environment
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.records.commit import made_commit, merged_commit, note, release_commit
from contd_release.tools import git


def checked_out(release: Release) -> Step:
    """
    The release has a worktree at the commit that it made, or at its base before that.

    One that is lost, or does not find its clone, is made again; a commit that someone made there is not thrown away.
    """
    root, tree, ours = release.project.root, release.tree, release_commit(release)
    before = [Call(f"check that {tree.name} holds no other commit", partial(_refuse_others, release))]
    before += [Call(f"find {ours[:12]}, the release commit", partial(_bring, release, ours))] if ours else []

    def observe() -> Found:
        at, wanted = git.head(tree), release_commit(release) or release.base
        if at == wanted:
            return Found(State.DONE, f"{tree.name} is at {at[:12]}")
        if at is None and not tree.exists():
            return Found(State.ABSENT, "there is no tree yet")
        is_at = f"is at {at[:12]}, not at {wanted[:12]}" if at else "is no worktree of this clone"
        return Found(State.PARTIAL, f"{tree} {is_at}")

    return Step(
        f"a worktree starts from {release.base[:12]}",
        observe,
        act=(*before, *git.add_worktree(root, tree, ours or release.base)),
        undo=(
            Call(f"remove the environment in which {tree.name} was proved", partial(environment.remove, release)),
            git.remove_worktree(root, tree),
        ),
    )


def committed(release: Release) -> Step:
    """
    One commit holds the bump and the notes; equal input gives an equal commit, so a resumed release makes the same one.
    """
    root, message = release.project.root, release.subject

    def observe() -> Found:
        noted = release_commit(release)
        at = noted or git.head(release.tree)
        if at in (None, release.base):
            return Found(State.ABSENT, "not committed yet")
        if merged := merged_commit(release):
            return Found(State.DONE, f"{merged[:12]}, as the pull request was merged")
        found = git.described(root, at)
        if found.parents == (release.base,) and found.subject == message:
            return Found(State.DONE if noted else State.PARTIAL, f"{at[:12]} {message}")
        return Found(State.CONFLICT, f"the release commit is {at[:12]} {found.subject!r}", "invoke abort")

    act = (
        *git.record(release.tree, message, release.dates),
        Call("note the commit in the journal", partial(note, release)),
    )
    return Step(f'"{message}" is committed', observe, act=act)


def _refuse_others(release: Release) -> None:
    """
    Refuse a worktree that holds a commit which this release did not make.

    Raises:
        Conflict: it is at one; the message says how to give it up.
    """
    root, tree = release.project.root, release.tree
    at, wanted = git.head(tree), release_commit(release) or release.base
    if at is None or at in (wanted, release.base, made_commit(release)) or _is_unnoted(release, at):
        return
    raise Conflict(
        f"{tree} is at {at[:12]}, and this release did not make that commit",
        expected=wanted[:12],
        type_next=f"git -C {shlex.quote(str(root))} worktree remove --force {shlex.quote(str(tree))}",
    )


def _is_unnoted(release: Release, at: str) -> bool:
    """Whether this is the release commit of a walk that was killed before it noted it; it is made again as it was."""
    found = git.described(release.project.root, at)
    is_made = (found.parents, found.subject) == ((release.base,), release.subject)
    return is_made and release_commit(release) is None


def _bring(release: Release, commit: str) -> None:
    """
    Have the release commit in this clone: it is on the remote where it is lost here.

    Raises:
        NotReady: neither this clone nor the remote has it.
    """
    root, remote = release.project.root, release.project.settings.remote
    heads = dict.fromkeys((release.branch, release.start, release.request))
    for ref in ("", *(f"refs/heads/{head}" for head in heads), f"refs/tags/{release.tag}"):
        with suppress(Unanswered):
            if ref:
                git.bring(root, remote, ref)
        if git.commit(root, commit):
            return
    raise NotReady(
        f"{commit}, the commit of {release}, is neither in this clone nor on {remote}",
        expected=f"the commit that was made, on {release.branch} or on {release.tag}",
        type_next="invoke abort   (then begin again)",
    )
