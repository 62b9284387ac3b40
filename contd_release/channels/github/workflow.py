"""
The workflow on GitHub that publishes a tag, where the publisher is `github-actions`: found, watched to its end.

Nothing is done here that the workflow does. A failed run is re-run by a person; walking again watches the re-run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from contd_release.channels.github.verify import sealed_publicly
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand, Interrupted, NotReady, Unanswered, Unsettled
from contd_release.process.action import Call, Running
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.project.settings import Github
from contd_release.records.commit import release_commit
from contd_release.tools.github import api, polling, runs
from contd_release.tools.github.runs import Job, Run
from contd_release.tools.http import may_pass


@dataclass(frozen=True)
class WorkflowPace:
    """
    How often GitHub is asked, and how long is waited, in seconds.

    Args:
        appear: until a tag, or a dispatch, has started a run.
        silence: without any answer.
        whole: until the run is over. People may have to approve it.
    """

    pause: float = 10
    appear: float = 60
    silence: float = 300
    whole: float = 6 * 3600

    @property
    def end(self) -> polling.Pace:
        """The pace at which the end of what has begun is waited for."""
        return polling.Pace(self.pause, self.pause, self.silence, self.whole)


UNHURRIED: Final = WorkflowPace()
_STOPPED: Final = "the watch over the workflow was stopped; the workflow goes on"


def released_by_workflow(release: Release, pace: WorkflowPace = UNHURRIED) -> Step:
    """The workflow has published our tag. What it published is public: there is no undo."""
    workflow = _settings(release).workflow

    def observe() -> Found:
        repository = api.connected(release.project)
        there = api.commit_of(repository, release.tag)
        # A run that our tag has started goes on where somebody has moved the tag or deleted it since.
        commit = release_commit(release) or there
        run = _run(release, commit) if commit else None
        if run is None:
            what = f"no run of {workflow} for {release.tag}" if there else f"{release.tag} is not on GitHub yet"
            return Found(State.ABSENT, what)
        if run.passed:
            return Found(State.DONE, f"passed: {run.url}")
        if run.passed is None:
            return Found(State.PARTIAL, f"{run.status}: {run.url}")
        failure = _failure(release, run)
        return Found(State.PARTIAL, failure.what_is, failure.type_next)

    return Step(
        f"{workflow} has published {release.tag}",
        observe,
        act=(Started(release, pace), RunWatched(release, pace)),
        undo=None,
        patience=pace.pause,
    )


def sealed_by_workflow(release: Release) -> Step:
    """The seal of what the workflow built is here: what it published is verified against it."""

    def observe() -> Found:
        sealed, commit = release.sealed(), release_commit(release)
        if sealed is None:
            return Found(State.ABSENT, f"what {_settings(release).workflow} built is not known here yet")
        if sealed.commit != commit:
            return Found(
                State.CONFLICT, f"it was built from {sealed.commit[:12]}, the release is {commit and commit[:12]}"
            )
        return Found(State.DONE, f"{len(sealed.artifacts)} artifacts, seal {sealed.digest()[:12]}")

    def fetch() -> None:
        sealed = sealed_publicly(release.project, release.tag)
        if sealed is None:
            raise Unsettled(
                f"the GitHub Release of {release.tag} has no {artifacts.SEAL}",
                expected=f"the seal of what {_settings(release).workflow} built",
                type_next="invoke status",
            )
        artifacts.seal(release.dist, sealed)

    return Step(
        f"{artifacts.SEAL} of {release.tag} is what {_settings(release).workflow} built from our commit",
        observe,
        act=(Call(f"fetch {artifacts.SEAL} from the GitHub Release of {release.tag}", fetch),),
        retry=lambda failure: isinstance(failure, Unsettled) or may_pass(failure),
    )


@dataclass(frozen=True)
class Started:
    """
    A run for our tag is there: the one that the tag started, or else one that is started here.

    A tag that was pushed with a workflow's own token starts nothing.
    https://docs.github.com/actions/using-workflows/triggering-a-workflow#triggering-a-workflow-from-a-workflow
    """

    release: Release
    pace: WorkflowPace

    def __str__(self) -> str:
        return f"start {_settings(self.release).workflow} on {self.release.tag}, if the tag has not"

    def run(self, running: Running) -> None:
        """Wait for a run, start one if none comes, and wait for that."""
        repository, workflow = api.connected(self.release.project), _settings(self.release).workflow
        commit = api.commit_of(repository, self.release.tag)
        if commit is None:
            raise NotReady(f"{self.release.tag} is not on GitHub", expected="a pushed tag", type_next="invoke release")
        if self._appears(commit, running):
            return
        running.tell(f"{self.release.tag} has started no run of {workflow}; starting one")
        runs.dispatch(repository, workflow, self.release.tag)
        if not self._appears(commit, running):
            raise Unsettled(
                f"{workflow} was started on {self.release.tag}, and no run appeared within {self.pace.appear:g} s",
                expected="a run",
                type_next=f"open {repository.web}/actions/workflows/{workflow}",
            )

    def _appears(self, commit: str, running: Running) -> bool:
        deadline = time.monotonic() + self.pace.appear
        while _run(self.release, commit) is None:
            if time.monotonic() + self.pace.pause > deadline:
                return False
            _pause(running, self.pace.pause)
        return True


@dataclass(frozen=True)
class RunWatched:
    """The run is over, and good; each change of a job is printed."""

    release: Release
    pace: WorkflowPace

    def __str__(self) -> str:
        return f"watch the jobs of {_settings(self.release).workflow} on {self.release.tag}"

    def run(self, running: Running) -> None:
        """
        Ask until the run is over.

        Raises:
            FailedCommand: a job failed; its name, its address, and how to run it again.
            Unanswered: GitHub said nothing for too long.
        """
        reported = tuple[Job, ...]()
        for run, jobs in polling.replies(self._look, self.pace.end, running, stopped=_STOPPED):
            reported = _tell(running, jobs, reported)
            if run.passed:
                return
            if run.passed is False:
                raise _failure(self.release, run)
        raise Unsettled(
            f"{_settings(self.release).workflow} is still running after {self.pace.whole:g} s",
            expected="its end",
            type_next="invoke release   (it goes on watching)",
        )

    def _look(self) -> tuple[Run, tuple[Job, ...]]:
        repository = api.connected(self.release.project)
        commit = api.commit_of(repository, self.release.tag)
        run = _run(self.release, commit) if commit else None
        if run is None:
            raise Unanswered(f"the run for {self.release.tag} is gone", expected="a run", type_next="invoke release")
        return run, runs.jobs(repository, run.id)


def _run(release: Release, commit: str) -> Run | None:
    """The run that counts: one that passed, else the newest; a run of a branch on the same commit is not it."""
    repository, workflow = api.connected(release.project), _settings(release).workflow
    found = [one for one in runs.runs(repository, workflow, commit) if one.branch == release.tag]
    return next((one for one in found if one.passed), next(iter(found), None))


def _failure(release: Release, run: Run) -> FailedCommand:
    """Which job failed, where to read why, and how to go on."""
    name = _settings(release).repository
    jobs = runs.jobs(api.connected(release.project), run.id)
    failed = [f"{one.name} {one.status}: {one.url}" for one in jobs if one.passed is False]
    return FailedCommand(
        "; ".join(failed) or f"{_settings(release).workflow} ended with {run.status}: {run.url}",
        expected=f"every job of {_settings(release).workflow} on {release.tag} to pass",
        type_next=f"gh run rerun {run.id} --failed --repo {name}   (then: invoke release)",
    )


def _tell(running: Running, jobs: tuple[Job, ...], before: tuple[Job, ...]) -> tuple[Job, ...]:
    """Say which jobs are not as they were."""
    for job in jobs:
        if job not in before:
            running.tell(f"    {job.name}: {job.status}")
    return jobs


def _pause(running: Running, seconds: float) -> None:
    if running.stop.wait(seconds):
        raise Interrupted(_STOPPED)


def _settings(release: Release) -> Github:
    settings = release.project.settings.github
    assert settings is not None
    return settings
