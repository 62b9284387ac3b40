"""
Check runs and commit statuses in the sandbox's GitHub.

https://docs.github.com/rest/checks/runs
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from contd_release.sandbox.github.git import sha_of
from contd_release.sandbox.github.people import repository, user
from contd_release.sandbox.github.records import Check, Status
from contd_release.sandbox.github.store import now
from contd_release.sandbox.github.wire import Asked, Json, Route, created, missing, page, reply


def _commit(asked: Asked, name: str = "ref") -> str:
    sha = sha_of(asked.place, asked.path[name])
    if sha is None:
        raise missing()
    return sha


def _check_runs(asked: Asked) -> Response:
    sha = _commit(asked)
    newest = {one.name: one for one in asked.place.shelf(Check) if one.sha == sha}
    if not newest and asked.place.rules().green:
        newest = {"tests": Check(id=1, created_at=now(), sha=sha, name="tests")}
    return page(asked, [_check_shape(asked, one) for one in newest.values()], "check_runs")


def _check_shape(asked: Asked, check: Check) -> Json:
    url = f"{asked.api}/check-runs/{check.id}"
    web = f"{asked.web}/runs/{check.id}"
    return {
        "id": check.id,
        "node_id": f"CR_{check.id}",
        "head_sha": check.sha,
        "name": check.name,
        "url": url,
        "html_url": web,
        "details_url": web,
        "external_id": "",
        "status": check.status,
        "conclusion": check.conclusion if check.status == "completed" else None,
        "started_at": check.created_at,
        "completed_at": check.created_at if check.status == "completed" else None,
        "check_suite": {"id": check.id},
        "output": dict.fromkeys(("title", "summary", "text")) | {"annotations_count": 0, "annotations_url": url},
        "app": None,
        "pull_requests": [],
    }


def _status(asked: Asked) -> Response:
    sha = _commit(asked)
    newest = {one.context: one for one in asked.place.shelf(Status) if one.sha == sha}
    states = {one.state for one in newest.values()}
    state = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
    url = f"{asked.api}/commits/{sha}"
    return reply(
        {
            "state": state,
            "sha": sha,
            "total_count": len(newest),
            "statuses": [_status_shape(asked, one) for one in newest.values()],
            "repository": repository(asked.root, asked.place),
            "commit_url": url,
            "url": f"{url}/status",
        }
    )


def _status_shape(asked: Asked, status: Status) -> Json:
    return {
        "id": status.id,
        "node_id": f"SC_{status.id}",
        "state": status.state,
        "context": status.context,
        "description": status.description,
        "target_url": status.target_url,
        "avatar_url": None,
        "url": f"{asked.api}/statuses/{status.sha}",
        "created_at": status.created_at,
        "updated_at": status.created_at,
    }


def _set_status(asked: Asked) -> Response:
    sha, sent = _commit(asked, "sha"), asked.sent()
    asked.required(sent, "state")
    known = {name: sent[name] for name in ("state", "context", "description", "target_url") if sent.get(name)}
    new = Status(id=asked.place.new_id(), created_at=now(), login=asked.login, sha=sha, **known)
    return created(
        _status_shape(asked, asked.place.shelf(Status).put(new)) | {"creator": user(asked.root, asked.login)}
    )


ROUTES = (
    Route("GET", "/commits/<path:ref>/check-runs", _check_runs),
    Route("GET", "/commits/<path:ref>/status", _status),
    Route("POST", "/statuses/<sha>", _set_status, writes=True),
)
