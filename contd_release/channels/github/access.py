"""Checks before a release is staged on GitHub: our token may release, and the commit's checks are green."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Final

from contd_release.channels.github.workflow import UNHURRIED, WorkflowPace
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady, Unsettled
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.tools.github import api, polling, runs

WITHOUT: Final = '--without-ci "why it is right all the same"'


def allowed(release: Release) -> Step:
    """
    GitHub accepts our token, and its scope is enough to release; whether a fine-grained one's is shows when it tries.
    """
    name = _name(release)

    def observe() -> Found:
        repository = api.connected(release.project)
        if repository.token is None:
            return Found(State.ABSENT, "there is no token for GitHub", "gh auth login   (or export GITHUB_TOKEN=…)")
        access = api.access(repository)
        if access is None:
            return Found(State.ABSENT, f"our token does not see {name}", "gh auth refresh --scopes repo")
        if access.may_release is None:
            return Found(State.DONE, "accepted; that it may release cannot be checked before publishing")
        if not access.may_release:
            scopes = ", ".join(access.scopes or ()) or "none"
            return Found(
                State.ABSENT, f"our token may not write to {name}: scopes {scopes}", "gh auth refresh --scopes repo"
            )
        return Found(State.DONE, f"scopes {', '.join(access.scopes or ())}")

    return Step(f"our token may release on {name}", observe)


def checked(release: Release) -> Step:
    """Every check of the commit that the release starts from has passed, or someone said why not."""
    short = release.base[:12]
    without = f"{release.task} {WITHOUT}"

    def observe() -> Found:
        if release.without_ci:
            return Found(State.DONE, f"not asked: {release.without_ci}")
        checks = _checks(release)
        if red := [one for one in checks if one.passed is False]:
            failed = ", ".join(f"{one.name} ({one.url})" if one.url else one.name for one in red)
            return Found(State.ABSENT, f"failed on {short}: {failed}", without)
        if running := _running(checks):
            return Found(
                State.PARTIAL,
                f"still running on {short}: {running}",
                f"{release.task} --wait-ci   (it waits until they have ended)",
            )
        if not checks:
            return Found(
                State.ABSENT,
                f"nothing has checked {short}",
                f"{release.task} --wait-ci   (or, instead of --wait-ci: {WITHOUT})",
            )
        return Found(State.DONE, f"{len(checks)} passed on {short}")

    return Step(f"the checks of {short} are green", observe)


def awaited(release: Release, pace: WorkflowPace = UNHURRIED) -> Step:
    """No check of the commit that the release starts from is running any more; whether they passed is another step."""
    short = release.base[:12]

    def observe() -> Found:
        checks = _checks(release)
        if running := _running(checks):
            return Found(State.PARTIAL, f"still running: {running}")
        if not checks:
            return Found(State.ABSENT, f"nothing has checked {short} yet")
        return Found(State.DONE, f"{len(checks)} have ended")

    return Step(f"the checks of {short} have ended", observe, act=(Awaited(release, pace),))


@dataclass(frozen=True)
class Awaited:
    """The checks of the commit are over; each change of those that run is printed."""

    release: Release
    pace: WorkflowPace

    def __str__(self) -> str:
        return f"wait for the checks of {self.release.base[:12]}"

    def run(self, running: Running) -> None:
        """
        Ask until no check is running.

        Raises:
            NotReady: no check has begun.
            Unsettled: they take too long.
            Unanswered: GitHub said nothing for too long.
        """
        begun, reported = time.monotonic(), ""
        ask, stopped = partial(_checks, self.release), "waiting for the checks was stopped"
        for checks in polling.replies(ask, self.pace.end, running, stopped=stopped):
            still, passed = _running(checks), time.monotonic() - begun
            if checks and not still:
                return
            if not checks and passed > self.pace.appear:
                raise NotReady(
                    f"nothing has checked {self.release.base[:12]} after {passed:.0f} s",
                    expected="checks on GitHub",
                    type_next=f"{self.release.task} {WITHOUT}",
                )
            if still and still != reported:
                running.tell(f"    still running: {still}")
                reported = still
        raise Unsettled(
            f"still running after {self.pace.whole:g} s: {reported}",
            expected="their end",
            type_next=f"{self.release.task} --wait-ci   (it goes on waiting)",
        )


def _checks(release: Release) -> tuple[runs.Check, ...]:
    return runs.checks(api.connected(release.project), release.base)


def _running(checks: tuple[runs.Check, ...]) -> str:
    return ", ".join(one.name for one in checks if one.passed is None)


def _name(release: Release) -> str:
    settings = release.project.settings.github
    assert settings is not None
    return settings.repository
