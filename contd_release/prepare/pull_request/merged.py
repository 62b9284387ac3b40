"""
The pull request is waited for, and the release goes on from the commit that GitHub made of it.

The proof is of a tree: merged by a merge commit, squashed or rebased, the commit is another one and its tree has to be
the very same.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady, Unanswered, Unsettled
from contd_release.prepare.pull_request import request, way
from contd_release.process.action import Call, Running
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.commit import made_commit, merged_commit
from contd_release.records.entries import Merged
from contd_release.tools import git
from contd_release.tools.github import api, issues, runs
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.issues import Pull
from contd_release.tools.github.polling import Pace, replies

_MOST: Final = 8


UNHURRIED: Final = Pace(first=1, longest=30)


def merged(release: Release, pace: Pace = UNHURRIED) -> Step:
    """The branch has the release commit as a person merged it, with the tree that was proved."""

    def observe() -> Found:
        if noted := merged_commit(release):
            return Found(State.DONE, f"merged as {noted[:12]}")
        found = request.of(release)
        if found is None:
            return Found(State.ABSENT, "there is no pull request yet")
        if problem := _problem(release, found):
            return problem
        words = awaited(release.project, found, way.needs(release)) or f"is merged as {found.merged_as[:12]}"
        return Found(State.PARTIAL, f"{found.url} {words}")

    return Step(
        f"{release.start} has the release commit, merged with the tree that was proved",
        observe,
        act=(
            Waited(release, pace),
            Call("go on from the commit that the pull request was merged as", partial(_go_on, release)),
            CheckedOut(release),
        ),
    )


@dataclass(frozen=True)
class Waited:
    """The pull request is merged, and approved by as many as the settings ask for; each change is printed."""

    release: Release
    pace: Pace

    def __str__(self) -> str:
        return f"wait until the pull request to {self.release.start} is merged"

    def run(self, running: Running) -> None:
        """
        Ask until it is merged.

        Raises:
            Conflict: it was closed, has another commit, or would be merged with another tree.
            Unsettled: it takes too long.
            Unanswered: GitHub said nothing for too long.
        """
        look = partial(self._look, cache(partial(way.needs, self.release)))
        if awaits := wait(look, self.pace, running, "it stays open"):
            raise Unsettled(
                f"the pull request was not merged within {self.pace.whole:g} s: {awaits}",
                expected="a person who merges it",
                type_next="invoke release   (it goes on waiting; or invoke abort, which closes it)",
            )

    def _look(self, needs: Callable[[], way.Needs]) -> tuple[Pull, str]:
        """The pull request, and what it waits for."""
        release = self.release
        # In this order: what was merged between the two questions is found merged.
        tip = git.remote(release.project.root, release.project.settings.remote).branch(release.start)
        found = request.of(release)
        if found is None:
            raise Unanswered("the pull request is gone", expected="the one that was opened", type_next="invoke release")
        if problem := _problem(release, found):
            raise Conflict(problem.detail, expected=problem.expected, type_next=problem.type_next)
        if found.is_open and tip != release.base:
            raise Conflict(
                f"{release.start} has moved to {tip and tip[:12]} since this release began at {release.base[:12]}: "
                f"merged now, {found.url} would have a tree that was not proved",
                expected=f"{release.start} at {release.base[:12]} until the pull request is merged",
                type_next="invoke abort; git pull   (then begin again)",
            )
        return found, awaited(release.project, found, needs())


@dataclass(frozen=True)
class CheckedOut:
    """The release's worktree is at the merged commit, from which everything is built."""

    release: Release

    def __str__(self) -> str:
        return f"check out the merged commit in {self.release.tree.name}"

    def run(self, running: Running) -> None:
        """Check it out, unless it is already."""
        release, wanted = self.release, merged_commit(self.release)
        if wanted and git.head(release.tree) != wanted:
            for action in git.add_worktree(release.project.root, release.tree, wanted):
                action.run(running)


def _problem(release: Release, found: Pull) -> Found | None:
    """Why the release does not go on with this pull request."""
    if not found.is_open and not found.is_merged:
        return request.closed(found)
    ours = made_commit(release)
    if found.is_open and found.commit != ours:
        return Found(
            State.CONFLICT,
            f"{found.url} is at {found.commit[:12]}, and the release made {ours and ours[:12]}",
            "invoke abort   (then begin again, with those changes on the branch that it starts from)",
            expected="the commit that was proved, and no other",
        )
    return _difference(release, found, ours) if found.is_merged and ours else None


def _difference(release: Release, found: Pull, ours: str) -> Found | None:
    """The files in which the merged commit is not what was proved."""
    root, theirs = release.project.root, _brought(release, found)
    if git.tree(root, theirs) == git.tree(root, ours):
        return None
    paths = git.git(root, "diff", "--name-only", "-z", ours, theirs).ask().out.split("\0")[:-1]
    more = f" and {len(paths) - _MOST} more" if len(paths) > _MOST else ""
    return Found(
        State.CONFLICT,
        f"{found.url} was merged as {theirs[:12]}, and not as it was proved: {', '.join(paths[:_MOST])}{more} differ",
        f"invoke abort   (then revert {found.url} on its page, git pull, and begin again)",
        expected=f"the tree {git.tree(root, ours)[:12]}",
    )


def _brought(release: Release, found: Pull) -> str:
    """
    The merged commit, in this clone.

    Raises:
        Unanswered: the branch does not have it yet.
    """
    root, remote = release.project.root, release.project.settings.remote
    if git.commit(root, found.merged_as) is None:
        git.bring(root, remote, f"refs/heads/{release.start}")
    if not found.merged_as or git.commit(root, found.merged_as) is None:
        raise Unanswered(
            f"{found.url} is merged as {found.merged_as[:12] or 'a commit that GitHub does not name'}, "
            f"and {remote}/{release.start} does not have it",
            expected="that commit",
        )
    return found.merged_as


def _go_on(release: Release) -> None:
    """
    Note the merged commit: from now on it is the release commit, and what was built of another one is removed.

    Raises:
        NotReady: the pull request is not merged.
        Conflict: it was merged with another tree.
    """
    found = request.of(release)
    if found is None or not found.is_merged:
        raise NotReady("the pull request is not merged", expected="a merged one", type_next="invoke release")
    if problem := _problem(release, found):
        raise Conflict(problem.detail, expected=problem.expected, type_next=problem.type_next)
    merged = _brought(release, found)
    if merged != made_commit(release):
        shutil.rmtree(release.dist, ignore_errors=True)
    journal.of(release.project).append(Merged(version=str(release.version), commit=merged))


def wait(look: Callable[[], tuple[Pull, str]], pace: Pace, running: Running, stays: str) -> str:
    """
    Wait for a pull request, and print each change; what it still waits for when the time is over, or nothing.

    Args:
        look: the pull request, and what it waits for; nothing once that is there.
        stays: what stays as it is if the wait is stopped.
    """
    said, stopped = "", f"waiting for the pull request was stopped; {stays}"
    for found, awaits in replies(look, pace, running, stopped=stopped):
        if not awaits:
            return ""
        if said != (said := f"{found.url} {awaits}"):
            running.tell(f"    {said}")
    return said


def awaited(project: Project, found: Pull, needs: way.Needs) -> str:
    """What the pull request waits for, in words; empty once it is merged and approved."""
    repository, wanted = api.connected(project), needs.ours if found.is_merged else needs.approvals
    # GitHub counts the one who opened it as little as we do.
    given = [one for one in issues.approvers(repository, found.number) if one != found.opened_by] if wanted else []
    parts = [f"has {len(given)} of {wanted} approvals"] if len(given) < wanted else []
    if found.is_merged:
        return f"is merged, and {parts[0]}" if parts else ""
    if found.can_merge is False:
        parts.append("conflicts with its branch")
    parts += _checks(repository, found.commit, needs.checks)
    return "; ".join(parts) or "can be merged, and waits for a person who does"


def _checks(repository: GitHubRepository, commit: str, needed: tuple[str, ...]) -> list[str]:
    """The checks that have not passed, or not begun."""
    there = {one.name: one.passed for one in runs.checks(repository, commit)}
    states = {name: {None: "is running", False: "failed"}.get(passed) for name, passed in there.items()}
    states |= {name: "has not begun" for name in needed if name not in there}
    return [f"{name} {state}" for name, state in states.items() if state]
