"""
What runs on GitHub for a commit: checks, workflow runs and their jobs.

https://docs.github.com/rest/actions/workflow-runs
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from contd_release.tools.github.api import GitHubRepository, pages
from contd_release.tools.github.replies import answered
from contd_release.tools.http import Node, expected

_GOOD: Final = frozenset({"success", "neutral", "skipped"})


@dataclass(frozen=True)
class Check:
    """
    One check of a commit, whichever of the two ways GitHub has for it was used.

    Args:
        passed: `None` while it runs.
    """

    name: str
    passed: bool | None
    url: str


@dataclass(frozen=True)
class Run:
    """
    One run of a workflow.

    Args:
        passed: `None` while it runs.
        status: in GitHub's words, such as `queued` or `waiting`; how it ended, once it has.
        attempt: counts re-runs, from 1.
    """

    id: int
    passed: bool | None
    status: str
    event: str
    branch: str
    attempt: int
    url: str


@dataclass(frozen=True)
class Job:
    """One job of a run; `passed` and `status` are as in a run."""

    name: str
    passed: bool | None
    status: str
    url: str


def checks(repository: GitHubRepository, commit: str) -> tuple[Check, ...]:
    """The newest result of every check of a commit."""
    runs = pages(repository, f"/commits/{quote(commit, safe='')}/check-runs", _check, "check_runs")
    statuses = pages(repository, f"/commits/{quote(commit, safe='')}/status", _status, "statuses")
    return (*runs, *statuses)


def runs(repository: GitHubRepository, workflow: str, commit: str) -> tuple[Run, ...]:
    """The runs of a workflow file on a commit, newest first."""
    found = pages(
        repository, f"/actions/workflows/{quote(workflow, safe='')}/runs", _run, "workflow_runs", head_sha=commit
    )
    return tuple(sorted(found, key=lambda run: -run.id))


def run(repository: GitHubRepository, number: int) -> Run:
    """A run as it is now."""
    reply = repository.http.ask(repository.path(f"/actions/runs/{number}"))
    return _run(answered(reply, f"workflow run {number}").node())


def jobs(repository: GitHubRepository, number: int) -> tuple[Job, ...]:
    """The jobs of a run's newest attempt."""
    return tuple(pages(repository, f"/actions/runs/{number}/jobs", _job, "jobs"))


def dispatch(repository: GitHubRepository, workflow: str, ref: str) -> None:
    """Start a workflow on a branch or a tag. GitHub does not say whether that started a run."""
    url = repository.path(f"/actions/workflows/{quote(workflow, safe='')}/dispatches")
    reply = repository.http.send("POST", url, json={"ref": ref})
    expected(reply, (200, 204), f"the start of {workflow} on {ref}")


def _check(found: Node) -> Check:
    url = found.text_of("html_url") or found.text_of("details_url")
    return Check(found.at("name").text(), _passed(found), url)


def _status(found: Node) -> Check:
    state = found.at("state").text()
    passed = None if state == "pending" else state == "success"
    return Check(found.at("context").text(), passed, found.text_of("target_url"))


def _run(found: Node) -> Run:
    attempt = found.get("run_attempt")
    return Run(
        id=found.at("id").whole(),
        passed=_passed(found),
        status=_word(found),
        event=found.at("event").text(),
        branch=found.text_of("head_branch"),
        attempt=attempt.whole() if attempt else 1,
        url=found.at("html_url").text(),
    )


def _job(found: Node) -> Job:
    return Job(found.at("name").text(), _passed(found), _word(found), found.text_of("html_url"))


def _passed(found: Node) -> bool | None:
    return found.text_of("conclusion") in _GOOD if found.at("status").text() == "completed" else None


def _word(found: Node) -> str:
    status = found.at("status").text()
    return (found.text_of("conclusion") if status == "completed" else status) or "unknown"
