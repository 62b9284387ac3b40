"""origin: the git remote itself, which every release goes to: the release branch first, then the tag."""

from __future__ import annotations

from functools import partial

from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Action
from contd_release.project.release import Release
from contd_release.records.commit import OfCommit, release_commit
from contd_release.tools import git


def branched(release: Release) -> Step:
    """The release branch is on the remote, at the release commit."""
    remote, ref = release.project.settings.remote, f"refs/heads/{release.branch}"

    def observe() -> Found:
        return branch(release, release.branch, release_commit(release))

    return Step(
        f"{release.branch} is on {remote}",
        observe,
        act=(OfCommit(release, lambda commit: git.push(release.tree, remote, f"{commit}:{ref}")),),
        undo=(OfCommit(release, partial(git.delete_branch, release.project.root, remote, release.branch)),),
    )


def branch(release: Release, name: str, ours: str | None, then: str = "look: git log FETCH_HEAD") -> Found:
    """
    Whether a branch is on the remote, at this commit.

    Args:
        then: what a person types after the fetch of another one's branch.
    """
    remote = release.project.settings.remote
    theirs = git.remote(release.project.root, remote).branch(name)
    if theirs is None:
        return Found(State.ABSENT, f"{name} is free")
    if theirs == ours:
        return Found(State.DONE, f"{name} is at {theirs[:12]}")
    return Found(
        State.CONFLICT,
        f"{name} is on {remote} already, at {theirs[:12]}{f'; ours is {ours[:12]}' if ours else ''}",
        f"git fetch {remote} {name}   (then {then})",
        expected=f"no branch {name}, or one at the commit of this release",
    )


def tagged(release: Release) -> Step:
    """The annotated tag is in this clone."""

    def tag(commit: str) -> Action:
        new, signed = git.NewTag(release.tag, release.headline, commit), release.project.settings.sign_tags
        return git.tag_annotated(release.project.root, new, release.dates, signed=signed)

    def observe() -> Found:
        here, ours = git.tag(release.project.root, release.tag), release_commit(release)
        if here is None:
            return Found(State.ABSENT, f"{release.tag} is free here")
        if here.is_annotated and here.commit == ours:
            return Found(State.DONE, f"{release.tag} is {here.object[:12]} on {here.commit[:12]}")
        return Found(
            State.CONFLICT,
            f"the tag {release.tag} is here already, on {here.commit[:12]}{f'; ours is {ours[:12]}' if ours else ''}",
            f"git show {release.tag}   (where it is a mistake: git tag --delete {release.tag})",
            expected=f"no tag {release.tag}, or one on the commit of this release",
        )

    return Step(
        f"{release.tag} is tagged",
        observe,
        act=(OfCommit(release, tag),),
        undo=(git.delete_tag(release.project.root, release.tag),),
    )


def pushed(release: Release) -> Step:
    """
    The tag and its branch are on the remote, pushed in one atomic push: this decides between two who release at once.

    A pushed tag is permanent: caches and CI have seen it. It is never moved, and never deleted unasked.
    """
    root, remote = release.project.root, release.project.settings.remote

    def observe() -> Found:
        there = git.remote(root, remote)
        theirs, ours = there.tag(release.tag), release_commit(release)
        if theirs is None:
            return _free(release, there)
        here = git.tag(root, release.tag)
        if here and here.object == theirs.object and theirs.commit == ours:
            return Found(State.DONE, f"{release.tag} is {theirs.object[:12]} on {theirs.commit[:12]}")
        return Found(
            State.CONFLICT,
            f"the tag {release.tag} is on {remote} already, on {theirs.commit[:12]}"
            f"{f'; ours is on {ours[:12]}' if ours else ''}",
            f"git fetch {remote} tag {release.tag}   (then git show {release.tag}; a version is never used twice)",
            expected=f"no tag {release.tag}, or one on the commit of this release",
        )

    tag = f"refs/tags/{release.tag}:refs/tags/{release.tag}"
    # A pull request has brought the commit to its branch, which may have gone on since.
    is_alone = release.by_pull and not release.has_branch

    def push(commit: str) -> Action:
        return git.push(release.tree, remote, *([] if is_alone else [f"{commit}:refs/heads/{release.branch}"]), tag)

    return Step(
        f"{release.tag} is on {remote}" if is_alone else f"{release.tag} and {release.branch} are on {remote}",
        observe,
        act=(OfCommit(release, push),),
        undo=None,
    )


def _free(release: Release, there: git.Remote) -> Found:
    """The tag is free; a branch that moved away meanwhile would refuse the push."""
    at = there.branch(release.branch)
    if (release.by_pull and not release.has_branch) or at in (None, release.base, release_commit(release)):
        return Found(State.ABSENT, f"{release.tag} is free on {release.project.settings.remote}")
    if release.has_branch:
        return branch(release, release.branch, release_commit(release))
    return Found(
        State.CONFLICT,
        f"{release.branch} has moved to {at and at[:12]} since this release began at {release.base[:12]}",
        "invoke abort; git pull   (then begin again)",
        expected=f"{release.branch} at the commit that this release began at",
    )
