"""Every operation of the sandbox's GitHub gives and takes what GitHub's published description says."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

import requests
from github_contract import operations
from github_server import NAME, Github

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Ask

STATEMENT = json.dumps({"predicateType": "x", "subject": [{"digest": {"sha256": "a" * 64}}]}).encode()
BY_PULL = {
    "required_approving_review_count": 1,
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_review_thread_resolution": False,
}


def test_every_operation_is_valid_and_answers_its_good_status(github: Github, ask: Ask) -> None:
    """Each operation that the description in tests/data lists is asked once, and answers with success."""
    sha = github.tag("v0.1.0")
    github.git("push", "-q", "origin", "main:refs/heads/topic")
    github.git("push", "-q", "origin", "main:refs/heads/other")
    release = ask("POST", "/releases", json={"tag_name": "v0.1.0", "draft": True}).json()
    own = f"/releases/{release['id']}"
    asset = ask("POST", f"{own}/assets?name=a.txt", data=b"a", headers={"Content-Type": "text/plain"}).json()
    tag = {"tag": "t", "message": "t", "object": sha, "type": "commit"}
    control = f"{github.world.api_url}/_forge/{NAME}"
    token = {"Authorization": f"Bearer {github.token}"}
    run = {"workflow": "release.yml", "head_sha": sha, "head_branch": "v0.1.0"}
    run = requests.post(f"{control}/run", json=run, headers=token, timeout=5).json()
    requests.post(f"{control}/job", json={"run": run["id"], "name": "build"}, headers=token, timeout=5)
    requests.post(f"{control}/milestone", json={"number": 1, "title": "1.2.0"}, headers=token, timeout=5)
    requests.post(f"{control}/check", json={"sha": sha, "name": "tests"}, headers=token, timeout=5)
    rules = [{"type": "pull_request", "parameters": BY_PULL}, {"type": "creation"}]
    ruleset = {"name": "main", "include": ["refs/heads/ruled", "refs/heads/*/ruled"], "rules": rules}
    ruleset = requests.post(f"{control}/ruleset", json=ruleset, headers=token, timeout=5).json()
    protection = {"branch": "other", "approvals": 0, "bypass": ["publisher"], "pushers": ["publisher"]}
    requests.post(f"{control}/protection", json=protection, headers=token, timeout=5)
    github.commit("a topic")
    github.git("push", "-q", "origin", "main:refs/heads/topic")
    statuses = [
        requests.get(f"{github.world.api_url}/user", headers=token, timeout=5),
        ask("GET", ""),
        ask("GET", "/releases"),
        ask("PATCH", own, json={"draft": False, "body": "notes", "make_latest": "true"}),
        ask("GET", own),
        ask("GET", "/releases/latest"),
        ask("GET", "/releases/tags/v0.1.0"),
        ask("GET", f"{own}/assets"),
        ask("GET", f"/releases/assets/{asset['id']}"),
        ask("GET", f"/releases/assets/{asset['id']}", headers={"Accept": "application/octet-stream"}),
        ask("DELETE", f"/releases/assets/{asset['id']}"),
        reaction := ask("POST", f"{own}/reactions", json={"content": "rocket"}),
        ask("POST", f"{own}/reactions", json={"content": "rocket"}),
        ask("GET", f"{own}/reactions"),
        ask("DELETE", f"{own}/reactions/{reaction.json()['id']}"),
        ask("DELETE", own),
        ask("GET", "/git/ref/tags/v0.1.0"),
        ask("POST", "/git/tags", json=tag),
        ask("POST", "/git/refs", json={"ref": "refs/tags/t", "sha": sha}),
        ask("PATCH", "/git/refs/tags/t", json={"sha": github.head}),
        ask("DELETE", "/git/refs/tags/t"),
        ask("GET", "/commits", params={"sha": "v0.1.0", "per_page": "1"}),
        ask("GET", "/tags"),
        ask("GET", "/contents/README.md"),
        ask("GET", "/commits/v0.1.0/check-runs"),
        ask("POST", f"/statuses/{sha}", json={"state": "success", "context": "ci"}),
        ask("GET", "/commits/main/status"),
        ask("GET", f"/commits/{sha}/status"),
        ask("GET", "/actions/runs", params={"head_sha": sha}),
        ask("GET", f"/actions/runs/{run['id']}"),
        ask("GET", f"/actions/runs/{run['id']}/jobs"),
        ask("GET", "/actions/workflows/release.yml/runs"),
        ask("POST", "/actions/workflows/release.yml/dispatches", json={"ref": "v0.1.0"}),
        ask("POST", "/labels", json={"name": "bug", "color": "ff0000"}),
        ask("GET", "/labels"),
        ask("POST", "/attestations", json={"bundle": {"dsseEnvelope": {"payload": b64encode(STATEMENT).decode()}}}),
        ask("GET", f"/attestations/sha256:{'a' * 64}", params={"per_page": "100"}),
        ask("POST", "/issues", json={"title": "It breaks", "labels": ["bug", "new"]}),
        ask("GET", "/issues", params={"labels": "bug", "since": "2020-01-01T00:00:00Z"}),
        ask("POST", "/issues/1/comments", json={"body": "It does."}),
        ask("GET", "/issues/1/comments"),
        ask("GET", "/issues/1"),
        ask("GET", "/milestones", params={"state": "open"}),
        ask("PATCH", "/milestones/1", json={"state": "closed"}),
        ask("POST", "/pulls", json={"title": "Merge", "head": "topic", "base": "other", "body": "b"}),
        ask("GET", "/pulls", params={"head": "owner:topic", "base": "other"}),
        ask("GET", "/pulls/2"),
        ask("GET", "/issues/2"),
        ask("PATCH", "/pulls/2", json={"title": "Merge it"}),
        ask("POST", "/pulls/2/reviews", json={"event": "COMMENT", "body": "Why?"}),
        ask("GET", "/pulls/2/reviews"),
        ask("PUT", "/pulls/2/merge", json={"merge_method": "squash"}),
        ask("GET", "/branches/other"),
        ask("GET", "/branches/other/protection"),
        ask("GET", "/rules/branches/feature/ruled"),
        ask("GET", "/rulesets", params={"targets": "branch"}),
        ask("GET", f"/rulesets/{ruleset['id']}"),
    ]
    assert [f"{one.request.method} {one.url} {one.status_code} {one.text}" for one in statuses if not one.ok] == []
    assert set() == operations() - github.contract.judged
    assert github.contract.broken == []
