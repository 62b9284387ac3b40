"""The wait for the pull request that brings a hotfix to a protected main: the last step, when everything is public."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

from contd_release.after.merge_back import merge_back
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, Unanswered, Unsettled
from contd_release.prepare.pull_request import merged, way
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.github.issues import Pull
from contd_release.tools.github.polling import Pace


def brought(release: Release, pace: Pace = merged.UNHURRIED) -> tuple[Step, ...]:
    """The pull request for main is merged; only a hotfix waits for it, and only where main takes pull requests."""
    settings = release.project.settings
    if not (release.hotfix and settings.github and settings.github.repository):
        return ()

    def observe() -> Found:
        tip, ours = _tip(release), merge_back.commit(release)
        if tip is None or ours is None:
            return Found(State.ABSENT, "there is no release commit yet")
        if merge_back.has(release, tip, ours):
            return Found(State.DONE, f"{settings.main} has {ours[:12]}")
        if (found := merge_back.pull_of(release)) is None:
            return Found(State.ABSENT, "there is no pull request yet")
        if problem := _problem(release, found):
            return problem
        if found.is_merged:
            return _arrived(release, found, tip)
        if not way.is_by_pull(release.project, settings.main):
            return Found(State.DONE, f"{found.url} is open, and a person decides when it is merged")
        words = merged.awaited(release.project, found, way.needs_of(release.project, settings.main))
        return Found(State.PARTIAL, f"the merge back is still open: {found.url} {words}")

    return (Step(f"{settings.main} has the fix", observe, act=(Waited(release, pace),), undo=None),)


@dataclass(frozen=True)
class Waited:
    """The pull request is merged; each change is printed."""

    release: Release
    pace: Pace

    def __str__(self) -> str:
        return f"wait until the pull request to {self.release.project.settings.main} is merged"

    def run(self, running: Running) -> None:
        """
        Ask until it is merged.

        Raises:
            Conflict: it was closed.
            Unsettled: it takes too long.
            Unanswered: GitHub said nothing for too long.
        """
        needs = cache(partial(_needs, self.release))
        stays = "it stays open, and everything else is done"
        if awaits := merged.wait(lambda: _look(self.release, needs()), self.pace, running, stays):
            main, after = self.release.project.settings.main, f"{self.pace.whole:g} s"
            raise Unsettled(
                f"{self.release} is out; its pull request to {main} was not merged within {after}: {awaits}",
                expected=f"a person who merges it: {main} lacks the fix until then",
                type_next="invoke release   (it goes on waiting)",
            )


def _look(release: Release, needs: way.Needs) -> tuple[Pull, str]:
    """The pull request, and what it waits for; nothing once main has the fix."""
    # In this order: what was merged between the two questions is found merged.
    tip, ours = _tip(release), merge_back.commit(release)
    found = merge_back.pull_of(release)
    if found is None:
        raise Unanswered("the pull request is gone", expected="the one that was opened", type_next="invoke release")
    if tip and ours and merge_back.has(release, tip, ours):
        return found, ""
    if problem := _problem(release, found):
        raise Conflict(problem.detail, expected=problem.expected, type_next=problem.type_next)
    if found.is_merged and tip and _arrived(release, found, tip).state is not State.DONE:
        return found, f"is merged as {found.merged_as[:12]}, and {release.project.settings.main} does not have it yet"
    return found, merged.awaited(release.project, found, needs)


def _needs(release: Release) -> way.Needs:
    return way.needs_of(release.project, release.project.settings.main)


def _problem(release: Release, found: Pull) -> Found | None:
    """A person has closed the pull request: whether the fix reaches main otherwise is for a person to say."""
    if found.is_open or found.is_merged:
        return None
    main = release.project.settings.main
    return Found(
        State.CONFLICT,
        f"{found.url} was closed without being merged, and {main} lacks the fix; {release.version} itself is out",
        f"gh pr reopen {found.number}   (then invoke release; or merge {release.tag} into {main} by a pull request of "
        "your own, by a merge commit, then invoke release)",
        expected=f"a pull request that is open, or a {main} that has {release.tag}",
    )


def _arrived(release: Release, found: Pull, tip: str) -> Found:
    """Whether main has the commit that GitHub made of the pull request."""
    settings = release.project.settings
    if found.merged_as and git.commit(release.project.root, found.merged_as) is None:
        git.bring(release.project.root, settings.remote, f"refs/heads/{settings.main}")
    if found.merged_as and git.is_ancestor(release.project.root, found.merged_as, tip):
        return Found(State.DONE, f"{found.url} is merged as {found.merged_as[:12]}")
    return Found(State.PARTIAL, f"{found.url} is merged, and {settings.remote}/{settings.main} does not have it yet")


def _tip(release: Release) -> str | None:
    settings = release.project.settings
    return git.remote(release.project.root, settings.remote).branch(settings.main)
