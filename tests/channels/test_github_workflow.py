"""
The workflow that publishes a tag, in the sandbox's GitHub.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest
from github_release import found, release_of, state
from github_server import Github, serving

from contd_release.channels.github_workflow import Pace, released_by_workflow
from contd_release.checklist import Checklist
from contd_release.command import Running
from contd_release.errors import FailedCommand, Interrupted, NotReady, Unanswered, Unsettled
from contd_release.release import Release
from contd_release.sandbox.forge_records import Job, Rules, Run
from contd_release.sandbox.forge_store import now
from contd_release.step import State, Step

# Each watches a run of a workflow.
pytestmark = pytest.mark.slow

QUICK = Pace(pause=0.05, appear=0.3, silence=0.5, whole=20)


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Github]:
    """
    A judged GitHub, and a token for it in the environment.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serving(tmp_path) as github:
        monkeypatch.setenv("GITHUB_TOKEN", github.token)
        yield github


@pytest.fixture
def release(github: Github, tmp_path: Path) -> Release:
    """
    1.2.0, not tagged yet.
    """
    return release_of(github, tmp_path)


@pytest.fixture
def step(release: Release) -> Step:
    """
    The step, in a hurry.
    """
    return released_by_workflow(release, QUICK)


def test_without_a_tag_it_is_absent(step: Step) -> None:
    """
    Right before anything was pushed.
    """
    assert (State.ABSENT, "v1.2.0 is not on GitHub yet") == _told(step)


def test_a_tag_without_a_run_is_absent(github: Github, step: Step) -> None:
    """
    A run of a branch on the same commit does not count, nor one of another workflow.
    """
    sha = github.tag("v1.2.0")
    _run(github, sha, head_branch="main")
    _run(github, sha, workflow="tests.yml")
    assert (State.ABSENT, "no run of release.yml for v1.2.0") == _told(step)


@pytest.mark.parametrize("status", ["queued", "in_progress", "waiting", "pending", "requested"])
def test_a_run_that_is_not_over_is_partial(github: Github, step: Step, status: str) -> None:
    """
    Whatever GitHub calls it.
    """
    run = _run(github, github.tag("v1.2.0"), status=status)
    assert (State.PARTIAL, f"{status}: {github.world.url}/github/owner/contd/actions/runs/{run.id}") == _told(step)


def test_a_run_that_passed_is_done(github: Github, step: Step) -> None:
    """
    A newer run that failed takes nothing back.
    """
    sha = github.tag("v1.2.0")
    run = _run(github, sha, status="completed", conclusion="success")
    _run(github, sha, status="completed", conclusion="failure")
    assert (State.DONE, f"passed: {github.world.url}/github/owner/contd/actions/runs/{run.id}") == _told(step)


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out", "action_required"])
def test_a_run_that_failed_is_partial_and_names_the_job(github: Github, step: Step, conclusion: str) -> None:
    """
    Published in part, perhaps: it is not absent, and a person re-runs it.
    """
    run = _run(github, github.tag("v1.2.0"), status="completed", conclusion=conclusion)
    _job(github, run, "build", "completed", "success")
    job = _job(github, run, "pypi", "completed", conclusion)
    there = found(step)
    url = f"{github.world.url}/github/owner/contd/actions/runs/{run.id}"
    assert (State.PARTIAL, f"pypi {conclusion}: {url}/job/{job.id}") == (there.state, there.detail)
    assert f"gh run rerun {run.id} --failed --repo owner/contd   (then: invoke release)" == there.type_next


def test_an_outage_is_not_absent(github: Github, step: Step) -> None:
    """
    A 503 to the end is unanswered.
    """
    github.tag("v1.2.0")
    github.world.faults.order("GET /api/v3/repos/owner/contd/actions/* every 503")
    with pytest.raises(Unanswered, match="answered 503"):
        found(step)


def test_a_run_is_watched_to_its_end(github: Github, step: Step, tmp_path: Path) -> None:
    """
    Each job is told when it changes, and nothing is started that runs already.
    """
    run = _run(github, github.tag("v1.2.0"), status="in_progress")
    job = _job(github, run, "build", "in_progress")

    def end() -> None:
        github.place.shelf(Job).put(replace(job, status="completed", conclusion="success"))
        github.place.shelf(Run).put(replace(run, status="completed", conclusion="success"))

    Timer(0.5, end).start()
    assert ["    build: in_progress", "    build: success"] == _walk(step, tmp_path)
    assert [] == github.changes()
    assert State.DONE is state(step)


def test_a_failed_job_stops_and_a_rerun_continues(github: Github, step: Step, tmp_path: Path) -> None:
    """
    The error has the job's name and address; walked again after the re-run, it goes on.
    """
    run = _run(github, github.tag("v1.2.0"), status="completed", conclusion="failure")
    job = _job(github, run, "pypi", "completed", "failure")
    with pytest.raises(FailedCommand) as error:
        _walk(step, tmp_path)
    url = f"{github.world.url}/github/owner/contd/actions/runs/{run.id}/job/{job.id}"
    assert str(error.value) == "\n".join(
        (
            f"pypi failure: {url}",
            "  expected: every job of release.yml on v1.2.0 to pass",
            f"  type:     gh run rerun {run.id} --failed --repo owner/contd   (then: invoke release)",
        )
    )
    _job(github, run, "pypi", "completed", "success", attempt=2)
    github.place.shelf(Run).put(replace(run, attempt=2, status="completed", conclusion="success"))
    _walk(step, tmp_path)
    assert State.DONE is state(step)
    assert [] == github.changes()


def test_a_tag_that_starts_no_run_gets_one(github: Github, step: Step, tmp_path: Path) -> None:
    """
    A tag that a workflow's own token pushed starts nothing: the workflow is started, once, and watched.
    """
    github.tag("v1.2.0")

    def end() -> None:
        (run,) = github.place.shelf(Run)
        github.place.shelf(Run).put(replace(run, status="completed", conclusion="success"))

    Timer(2, end).start()
    assert "v1.2.0 has started no run of release.yml; starting one" == _walk(step, tmp_path)[0]
    assert ["POST /api/v3/repos/owner/contd/actions/workflows/release.yml/dispatches"] == github.changes()


def test_a_dispatch_that_starts_nothing_is_unsettled(github: Github, step: Step, tmp_path: Path) -> None:
    """
    GitHub answers 204 whether a run came of it or not.
    """
    github.tag("v1.2.0")
    github.place.shelf(Rules).put(Rules(id=1, dispatches=False))
    with pytest.raises(Unsettled, match=r"release\.yml was started on v1\.2\.0, and no run appeared within 0\.3 s"):
        _walk(step, tmp_path)


def test_without_a_tag_nothing_is_started(github: Github, step: Step, tmp_path: Path) -> None:
    """
    The workflow is not run on something else.
    """
    with pytest.raises(NotReady, match=r"v1\.2\.0 is not on GitHub"):
        _walk(step, tmp_path)
    assert [] == github.changes()


def test_a_short_outage_does_not_end_the_watch(github: Github, release: Release, tmp_path: Path) -> None:
    """
    A few refused answers in the middle of an hour are no reason to stop.
    """
    run = _run(github, github.tag("v1.2.0"), status="in_progress")
    github.world.faults.order("GET /api/v3/repos/owner/contd/actions/runs/*/jobs 2-6 503")
    Timer(1, lambda: github.place.shelf(Run).put(replace(run, status="completed", conclusion="success"))).start()
    _walk(released_by_workflow(release, replace(QUICK, silence=60)), tmp_path)


def test_a_run_that_never_ends_is_unsettled(github: Github, release: Release, tmp_path: Path) -> None:
    """
    The watch ends; the next walk goes on watching.
    """
    _run(github, github.tag("v1.2.0"), status="waiting")
    with pytest.raises(Unsettled, match=r"release\.yml is still running after 0\.2 s"):
        _walk(released_by_workflow(release, replace(QUICK, whole=0.2)), tmp_path)


def test_ctrl_c_ends_the_watch_and_not_the_workflow(github: Github, step: Step, tmp_path: Path) -> None:
    """
    Stopped at once.
    """
    _run(github, github.tag("v1.2.0"), status="in_progress")
    running = Running(tmp_path / "logs")
    Timer(0.3, running.stop.set).start()
    with pytest.raises(Interrupted, match="the watch over the workflow was stopped; the workflow goes on"):
        Checklist((step,)).walk(lambda _: None, running)


def test_the_plan_says_what_is_done(step: Step) -> None:
    """
    What is printed is what is run; and nobody takes back what was published.
    """
    assert [
        "start release.yml on v1.2.0, if the tag has not",
        "watch the jobs of release.yml on v1.2.0",
    ] == [str(action) for action in step.act]
    assert None is step.undo


def _told(step: Step) -> tuple[State, str]:
    there = found(step)
    return there.state, there.detail


def _walk(step: Step, folder: Path) -> list[str]:
    """
    Walk the step; what was told meanwhile.
    """
    told: list[str] = []
    Checklist((step,)).walk(lambda _: None, Running(folder / "logs", tell=told.append))
    return told


def _run(github: Github, sha: str, **more: object) -> Run:
    known: dict[str, object] = {"workflow": "release.yml", "head_branch": "v1.2.0"}
    run = Run(id=github.place.new_id(), created_at=now(), login="owner", head_sha=sha, **(known | more))  # type: ignore[arg-type]
    return github.place.shelf(Run).put(run)


def _job(github: Github, run: Run, name: str, status: str, conclusion: str | None = None, attempt: int = 1) -> Job:
    made = Job(
        id=github.place.new_id(),
        created_at=now(),
        run=run.id,
        name=name,
        status=status,
        conclusion=conclusion,
        attempt=attempt,
    )
    return github.place.shelf(Job).put(made)
