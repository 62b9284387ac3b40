"""
Workflow runs in the sandbox's GitHub.

https://docs.github.com/rest/actions/workflow-runs
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from contd_release.sandbox.github.git import commit_of, sha_of
from contd_release.sandbox.github.people import repository
from contd_release.sandbox.github.records import Job, Run
from contd_release.sandbox.github.store import StoredRepository, now
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, missing, nothing, page, reply


def _runs(asked: Asked) -> Response:
    wanted = asked.request.args
    found = [
        one
        for one in sorted(asked.place.shelf(Run), key=lambda run: -run.id)
        if wanted.get("head_sha", one.head_sha) == one.head_sha
        and wanted.get("branch", one.head_branch) == one.head_branch
        and wanted.get("event", one.event) == one.event
        and asked.path.get("workflow", one.workflow) in (one.workflow, str(_workflow_id(one.workflow)))
    ]
    return page(asked, [_run_shape(asked, one) for one in found], "workflow_runs")


def _get_run(asked: Asked) -> Response:
    return reply(_run_shape(asked, _run(asked)))


def _run(asked: Asked) -> Run:
    run = asked.place.shelf(Run).get(asked.number("run_id"))
    if run is None:
        raise missing()
    return run


def _run_shape(asked: Asked, run: Run) -> Json:
    url = f"{asked.api}/actions/runs/{run.id}"
    links = {"jobs": "jobs", "logs": "logs", "cancel": "cancel", "rerun": "rerun", "artifacts": "artifacts"}
    short = repository(asked.root, asked.place)
    return {
        "id": run.id,
        "node_id": f"WFR_{run.id}",
        "name": run.workflow.removesuffix(".yml"),
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "path": f".github/workflows/{run.workflow}",
        "run_number": run.id,
        "run_attempt": run.attempt,
        "display_title": run.head_branch,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion if run.status == "completed" else None,
        "workflow_id": _workflow_id(run.workflow),
        "url": url,
        "html_url": f"{asked.web}/actions/runs/{run.id}",
        "pull_requests": [],
        "created_at": run.created_at,
        "updated_at": run.created_at,
        **{f"{name}_url": f"{url}/{end}" for name, end in links.items()},
        "check_suite_url": f"{asked.api}/check-suites/{run.id}",
        "workflow_url": f"{asked.api}/actions/workflows/{_workflow_id(run.workflow)}",
        "head_commit": _head_commit(asked.place, run.head_sha),
        "repository": short,
        "head_repository": short,
    }


def _head_commit(place: StoredRepository, sha: str) -> Json | None:
    commit = commit_of(place, sha)
    if commit is None:
        return None
    people = {"author": commit.author, "committer": commit.committer}
    return {"id": commit.sha, "tree_id": commit.tree, "message": commit.message, "timestamp": commit.committer[2]} | {
        role: {"name": who[0], "email": who[1]} for role, who in people.items()
    }


def _jobs(asked: Asked) -> Response:
    run = _run(asked)
    every = asked.request.args.get("filter") == "all"
    found = [one for one in asked.place.shelf(Job) if one.run == run.id and (every or one.attempt == run.attempt)]
    return page(asked, [_job_shape(asked, run, one) for one in found], "jobs")


def _job_shape(asked: Asked, run: Run, job: Job) -> Json:
    return {
        "id": job.id,
        "run_id": run.id,
        "run_url": f"{asked.api}/actions/runs/{run.id}",
        "run_attempt": job.attempt,
        "node_id": f"CR_{job.id}",
        "head_sha": run.head_sha,
        "url": f"{asked.api}/actions/jobs/{job.id}",
        "html_url": f"{asked.web}/actions/runs/{run.id}/job/{job.id}",
        "status": job.status,
        "conclusion": job.conclusion if job.status == "completed" else None,
        "created_at": job.created_at,
        "started_at": job.created_at,
        "completed_at": job.created_at if job.status == "completed" else None,
        "name": job.name,
        "steps": [],
        "check_run_url": f"{asked.api}/check-runs/{job.id}",
        "labels": ["ubuntu-latest"],
        **dict.fromkeys(("runner_id", "runner_name", "runner_group_id", "runner_group_name")),
        "workflow_name": run.workflow.removesuffix(".yml"),
        "head_branch": run.head_branch,
    }


def _dispatch(asked: Asked) -> Response:
    sent = asked.sent()
    asked.required(sent, "ref")
    ref = str(sent["ref"]).removeprefix("refs/tags/").removeprefix("refs/heads/")
    sha = sha_of(asked.place, ref)
    if sha is None:
        raise Refusal(422, f"No ref found for: {ref}")
    run = Run(
        id=asked.place.new_id(),
        created_at=now(),
        login=asked.login,
        workflow=asked.path["workflow"],
        head_sha=sha,
        head_branch=ref,
        event="workflow_dispatch",
    )
    if asked.place.rules().dispatches:
        asked.place.shelf(Run).put(run)
        asked.effect(f"run {run.workflow} {ref}")
    return nothing()


def _workflow_id(workflow: str) -> int:
    return int.from_bytes(workflow.encode()[:6], "big")


ROUTES = (
    Route("GET", "/actions/runs", _runs),
    Route("GET", "/actions/runs/<int:run_id>", _get_run),
    Route("GET", "/actions/runs/<int:run_id>/jobs", _jobs),
    Route("GET", "/actions/workflows/<workflow>/runs", _runs),
    Route("POST", "/actions/workflows/<workflow>/dispatches", _dispatch, writes=True),
)
