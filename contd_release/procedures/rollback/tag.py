"""
The tag in a rollback: a mark on the remote that every clone sees, and the tag itself, which stays while it is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from contd_release.channels import registry
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, FailedCommand
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Withdrawing
from contd_release.tools import git


def row(rollback: Rollback) -> Remaining:
    """The tag, and what becomes of it."""
    release, remote = rollback.release, rollback.release.project.settings.remote
    theirs = git.remote(release.project.root, remote).tag(release.tag)
    if theirs is None:
        return Remaining(
            "tag", f"{release.tag} is not on {remote}", "the version is marked as withdrawn, and not used again"
        )
    public = tuple(pointing(release)) if "delete-tag" in rollback.wishes else ()
    if "delete-tag" in rollback.wishes and not public:
        undone = "it is deleted: nothing public points at it"
        return Remaining(
            "tag",
            f"{release.tag} on {theirs.commit[:12]}",
            undone,
            "who fetched it has it",
            "the next version is another",
        )
    cannot = f"{release.tag} stays" + (f": {', '.join(public)} points at it" if public else "")
    return Remaining(
        "tag",
        f"{release.tag} on {theirs.commit[:12]}",
        f"{release.project.withdrawal}{release.version} beside it says so to every clone",
        cannot,
        f"leave it, caches and CI have seen it; the fix is {rollback.following}",
    )


def marked(rollback: Rollback) -> Step:
    """The remote says that the version is withdrawn: no clone and no workflow lets a moving tag name it again."""
    release, name = rollback.release, f"{rollback.release.project.withdrawal}{rollback.version}"
    root, remote = release.project.root, release.project.settings.remote

    def observe() -> Found:
        theirs = git.remote(root, remote).tag(name)
        return (
            Found(State.DONE, f"{name} is {theirs.object[:12]}") if theirs else Found(State.ABSENT, f"{name} is free")
        )

    def mark() -> None:
        on = f"refs/tags/{release.tag}" if git.tag(root, release.tag) else release.base
        if git.tag(root, name) is None:
            _done(release, "tag", "--annotate", name, "-m", rollback.reason, f"{on}^{{commit}}")

    push = git.push(root, remote, f"refs/tags/{name}:refs/tags/{name}")
    return Step(
        f"{release.version} is marked as withdrawn on {remote}",
        observe,
        act=(Call(f"tag {name} with the reason", mark), push),
    )


def deleted(rollback: Rollback) -> Step:
    """The tag is gone: asked for, and only where nothing public points at it."""
    release = rollback.release
    root, remote = release.project.root, release.project.settings.remote

    def observe() -> Found:
        if theirs := git.remote(root, remote).tag(release.tag):
            if public := tuple(pointing(release)):
                return Found(State.DONE, f"{release.tag} stays: {', '.join(public)} points at it")
            return Found(State.ABSENT, f"{release.tag} is {theirs.object[:12]}")
        return Found(State.DONE, f"{release.tag} is not on {remote}")

    def delete() -> None:
        theirs = git.remote(root, remote).tag(release.tag)
        if public := tuple(pointing(release)):
            raise Conflict(
                f"{', '.join(public)} points at {release.tag}",
                expected="nothing that does",
                type_next="invoke rollback   (it continues, when nothing points at it any more)",
            )
        if theirs:
            ref = f"refs/tags/{release.tag}"
            lease = f"--force-with-lease={ref}:{theirs.object}"
            _done(release, "push", lease, "--", remote, f":{ref}")
        if git.tag(root, release.tag):
            _done(release, "tag", "--delete", release.tag)

    act = (Call(f"delete {release.tag} on {remote}, if it still is what it was, and here", delete),)
    return Step(f"{release.tag} is deleted, or something public needs it", observe, act=act)


def pointing(release: Release) -> Iterator[str]:
    """
    Everything public that has this version.

    Raises:
        Unanswered: a place did not say; then nothing may be deleted.
    """
    for channel in registry.channels(release.project).values():
        if channel.is_public(release):
            yield channel.PLACE


def reason(release: Release) -> str:
    """The reason that this clone or the remote knows; empty if the version was never withdrawn."""
    if withdrawing := journal.of(release.project).last(Withdrawing, str(release.version)):
        return withdrawing.reason
    root, remote, name = (
        release.project.root,
        release.project.settings.remote,
        f"{release.project.withdrawal}{release.version}",
    )
    if git.remote(root, remote).tag(name) is None:
        return ""
    if git.tag(root, name) is None:
        git.fetch_tag(root, remote, name).ask()
    return git.message(root, name)


def _done(release: Release, *words: str) -> None:
    # The same variable dates what a release makes, so that it can be made again.
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    env = {"GIT_COMMITTER_DATE": f"{epoch} +0000"} if epoch.isdigit() else {}
    answer = git.git(release.project.root, *words, env=env, timeout=600).ask()
    if answer.code:
        raise FailedCommand(f"git {words[0]} ended with {answer.code}: {' '.join(answer.err.split())}")
