"""The workflow that publishes, watched from here: a run that succeeds, fails, is run again, or never comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest
from github_release import build, elsewhere, release_of, state, walk
from github_server import NAME, Github

from contd_release.channels.github.draft import attached, drafted
from contd_release.channels.github.promote import promoted
from contd_release.channels.github.workflow import RunWatched, WorkflowPace, released_by_workflow, sealed_by_workflow
from contd_release.engine.step import State
from contd_release.errors import FailedCommand, ReleaseError, Unanswered, Unsettled
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.sandbox.github.records import GitHubRules, Job, Run

# Each watches a run of a workflow.
pytestmark = pytest.mark.slow

BRISK = WorkflowPace(pause=0.05, appear=0.3, silence=0.3, whole=5)


@pytest.fixture
def release(github: Github, tmp_path: Path) -> Release:
    """1.2.0, tagged; nothing is built here."""
    found = release_of(github, tmp_path)
    github.tag("v1.2.0")
    return replace(found, commit=github.head)


@pytest.fixture
def run(github: Github, release: Release) -> Callable[..., None]:
    """Lets GitHub have a run of the tag, with one job, in a state."""

    def put(conclusion: str | None = None, *, attempt: int = 1, number: int = 7, branch: str = "v1.2.0") -> None:
        status = "completed" if conclusion else "in_progress"
        github.place.shelf(Run).put(
            Run(
                id=number,
                created_at="2027-01-15T08:00:00Z",
                workflow="release.yml",
                head_sha=release.commit,
                head_branch=branch,
                status=status,
                conclusion=conclusion,
                attempt=attempt,
            )
        )
        github.place.shelf(Job).put(
            Job(
                id=number * 10 + attempt,
                created_at="2027-01-15T08:00:00Z",
                run=number,
                name="registry",
                status=status,
                conclusion=conclusion,
                attempt=attempt,
            )
        )

    return put


def told(release: Release, folder: Path) -> tuple[list[str], ReleaseError | None]:
    """Walk the step; what it told, and how it stopped."""
    said: list[str] = []
    step = released_by_workflow(release, BRISK)
    running = Running(folder / "logs", tell=said.append)
    try:
        for action in step.act:
            action.run(running)
    except ReleaseError as error:
        return said, error
    return said, None


def test_every_state_is_told(github: Github, tmp_path: Path, run: Callable[..., None], release: Release) -> None:
    """No tag and no run are absent, a run that is not over or failed is partial, one that passed is done."""
    step = released_by_workflow(release, BRISK)
    untagged = released_by_workflow(release_of(github, tmp_path, "1.3.0"), BRISK)
    assert (untagged.observe().state, untagged.observe().detail) == (State.ABSENT, "v1.3.0 is not on GitHub yet")
    assert (step.observe().state, step.observe().detail) == (State.ABSENT, "no run of release.yml for v1.2.0")
    run(number=5, conclusion="success", branch="main")
    assert State.ABSENT is step.observe().state
    run()
    assert (step.observe().state, step.observe().detail.startswith("in_progress: http")) == (State.PARTIAL, True)
    run("failure")
    found = step.observe()
    assert State.PARTIAL is found.state
    assert f"registry failure: {github.world.url}/github/{NAME}/actions/runs/7/job/71" == found.detail
    assert f"gh run rerun 7 --failed --repo {NAME}   (then: invoke release)" == found.type_next
    run("success", attempt=2)
    assert State.DONE is step.observe().state
    github.world.faults.order("GET * every 500")
    with pytest.raises(Unanswered):
        step.observe()


def test_a_run_is_watched_to_its_end(tmp_path: Path, run: Callable[..., None], release: Release) -> None:
    """Each job is told when it changes, and the end of the run ends the wait."""
    run()
    timer = Timer(0.4, run, ("success",))
    timer.start()
    said, error = told(release, tmp_path)
    timer.join()
    assert error is None
    assert said == ["    registry: in_progress", "    registry: success"]


def test_a_failed_run_stops_and_a_rerun_continues(
    github: Github, tmp_path: Path, run: Callable[..., None], release: Release
) -> None:
    """The failing job is named with its address and the command that runs it again; walking again watches that."""
    run("failure")
    _, error = told(release, tmp_path)
    assert isinstance(error, FailedCommand)
    assert f"registry failure: {github.world.url}/github/{NAME}/actions/runs/7/job/71" == error.what_is
    assert error.expected == "every job of release.yml on v1.2.0 to pass"
    assert f"gh run rerun 7 --failed --repo {NAME}   (then: invoke release)" == error.type_next
    run(attempt=2)
    timer = Timer(0.3, run, ("success",), {"attempt": 2})
    timer.start()
    said, error = told(release, tmp_path)
    timer.join()
    assert error is None
    assert said[-1] == "    registry: success"


def test_a_tag_that_started_nothing_is_run(github: Github, tmp_path: Path, release: Release) -> None:
    """A tag that a workflow pushed starts nothing: the workflow is started on it, and a run must appear."""
    watched = Timer(
        0.8,
        lambda: [
            github.place.shelf(Run).put(replace(one, status="completed", conclusion="success"))
            for one in github.place.shelf(Run)
        ],
    )
    watched.start()
    said, error = told(release, tmp_path)
    watched.join()
    assert error is None
    assert said[0] == "v1.2.0 has started no run of release.yml; starting one"
    assert [(one.event, one.head_branch) for one in github.place.shelf(Run)] == [("workflow_dispatch", "v1.2.0")]


def test_a_run_that_does_not_come_is_told(github: Github, tmp_path: Path, release: Release) -> None:
    """GitHub took the wish and nothing came of it: said, with where to look."""
    github.place.shelf(GitHubRules).put(replace(github.place.rules(), dispatches=False))
    _, error = told(release, tmp_path)
    assert isinstance(error, Unsettled)
    assert error.what_is == "release.yml was started on v1.2.0, and no run appeared within 0.3 s"


def test_silence_ends_the_watch(github: Github, tmp_path: Path, run: Callable[..., None], release: Release) -> None:
    """Not knowing is not failing, and not for ever."""
    run()
    github.world.faults.order("GET * every 500")
    with pytest.raises(Unanswered):
        RunWatched(release, BRISK).run(Running(tmp_path / "logs"))


def test_the_seal_of_the_workflow_is_fetched(github: Github, tmp_path: Path, release: Release) -> None:
    """What the workflow built elsewhere is known here by its seal, and only if it was built from our commit."""
    here = sealed_by_workflow(elsewhere(release, tmp_path / "here"))
    assert State.ABSENT is state(here)
    with pytest.raises(Unsettled, match=r"the GitHub Release of v1\.2\.0 has no artifacts\.json"):
        here.act[0].run(Running(tmp_path / "log"))
    sealed = build(release, release.commit)
    walk(drafted(release), attached(release), promoted(release), log=tmp_path)
    walk(here, log=tmp_path)
    assert sealed == elsewhere(release, tmp_path / "here").sealed()
    assert State.CONFLICT is state(sealed_by_workflow(replace(elsewhere(release, tmp_path / "here"), commit="0" * 40)))
