"""The rules of GitHub that a release meets, kept by the sandbox's."""

from __future__ import annotations

import hashlib
import http.client
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from github_server import NAME, Github

from contd_release.sandbox.github.records import GitHubRules, Limits, Release
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Ask


def _draft(ask: Ask, tag: str = "v1.0.0") -> int:
    return int(ask("POST", "/releases", json={"tag_name": tag, "draft": True}).json()["id"])


def _errors(reply: requests.Response) -> tuple[int, list[str]]:
    return reply.status_code, [f"{one['field']} {one['code']}" for one in reply.json()["errors"]]


def test_a_draft_is_invisible_by_tag_and_listed_for_those_who_may_write(github: Github, ask: Ask) -> None:
    """A reader and a passer-by see no draft anywhere."""
    draft = _draft(ask)
    assert ask("GET", "/releases/tags/v1.0.0").status_code == 404
    assert [[draft], [], []] == [
        [one["id"] for one in ask("GET", "/releases", token).json()] for token in ("", github.read_token, None)
    ]
    assert [ask("GET", f"/releases/{draft}", token).status_code for token in ("", github.read_token, None)] == [
        200,
        404,
        404,
    ]


def test_two_drafts_may_name_one_tag_and_only_one_is_published(github: Github, ask: Ask) -> None:
    """The second publication, and a third release for the tag, are 422."""
    github.tag("v1.0.0")
    one, two = _draft(ask), _draft(ask)
    assert one != two
    assert ask("PATCH", f"/releases/{one}", json={"draft": False}).status_code == 200
    refused = (422, ["tag_name already_exists"])
    assert refused == _errors(ask("PATCH", f"/releases/{two}", json={"draft": False}))
    assert refused == _errors(ask("POST", "/releases", json={"tag_name": "v1.0.0"}))


def test_publishing_makes_a_missing_tag(github: Github, ask: Ask) -> None:
    """A lightweight one at the target, as GitHub does unasked."""
    first = github.head
    github.commit("later")
    body = {"tag_name": "v1.0.0", "target_commitish": first}
    assert ask("POST", "/releases", json=body).status_code == 201
    assert first == ask("GET", "/git/ref/tags/v1.0.0").json()["object"]["sha"]
    wrong = {"tag_name": "v2.0.0", "target_commitish": "nowhere"}
    assert _errors(ask("POST", "/releases", json=wrong)) == (422, ["target_commitish invalid"])


@pytest.mark.parametrize(("length", "status"), [(125_000, 201), (125_001, 422)])
def test_a_body_may_have_125000_characters(ask: Ask, length: int, status: int) -> None:
    """One more is refused."""
    body = {"tag_name": "v1.0.0", "draft": True, "body": "x" * length}
    assert status == ask("POST", "/releases", json=body).status_code


def test_a_release_without_a_tag_name_is_refused(ask: Ask) -> None:
    """422 with the missing field; what is no JSON object is 400, which the description lists nowhere for releases."""
    assert _errors(ask("POST", "/releases", json={"tag_name": ""})) == (422, ["tag_name missing_field"])


def test_assets_have_a_digest_and_a_name_once(ask: Ask) -> None:
    """The same name again is 422; GitHub renames what has special characters."""
    draft = _draft(ask)
    first = ask("POST", f"/releases/{draft}/assets?name=a%20b.txt", data=b"one")
    asset = first.json()
    digest = f"sha256:{hashlib.sha256(b'one').hexdigest()}"
    assert (201, "a.b.txt", "uploaded", 3, digest) == (
        first.status_code,
        *(asset[name] for name in ("name", "state", "size", "digest")),
    )
    again = ask("POST", f"/releases/{draft}/assets?name=a.b.txt", data=b"one")
    assert _errors(again) == (422, ["name already_exists"])


def test_an_interrupted_upload_leaves_a_starter(github: Github, ask: Ask) -> None:
    """It has the name and no bytes; deleted, the name is free again."""
    draft = _draft(ask)
    github.world.faults.order("POST /uploads/* 1 cut")
    with pytest.raises(requests.ConnectionError):
        ask("POST", f"/releases/{draft}/assets?name=a.txt", data=b"x" * 100_000)
    (starter,) = ask("GET", f"/releases/{draft}/assets").json()
    assert (starter["state"], starter["size"], starter["digest"]) == ("starter", 0, None)
    assert ask("POST", f"/releases/{draft}/assets?name=a.txt", data=b"x").status_code == 422
    assert ask("DELETE", f"/releases/assets/{starter['id']}").status_code == 204
    assert ask("POST", f"/releases/{draft}/assets?name=a.txt", data=b"x").status_code == 201


def test_files_are_public_with_their_release(github: Github, ask: Ask) -> None:
    """Those of a draft come through the API only; the redirect carries its own permission, no credential."""
    draft = _draft(ask)
    asset = ask("POST", f"/releases/{draft}/assets?name=a.txt", data=b"one").json()
    public = asset["browser_download_url"]
    binary = {"Accept": "application/octet-stream"}
    assert requests.get(public, timeout=5).status_code == 404
    moved = ask("GET", f"/releases/assets/{asset['id']}", headers=binary, allow_redirects=False)
    assert moved.status_code == 302
    assert requests.get(moved.headers["Location"], timeout=5).content == b"one"
    assert requests.get(moved.headers["Location"].partition("?")[0], timeout=5).status_code == 404
    ask("PATCH", f"/releases/{draft}", json={"draft": False})
    assert requests.get(public, timeout=5).content == b"one"


def test_immutable_releases_lock_on_publishing_and_burn_the_tag_name(github: Github, ask: Ask) -> None:
    """Files before publication only; the name of the tag is never given out again."""
    github.place.shelf(GitHubRules).put(GitHubRules(id=1, immutable_releases=True))
    draft = _draft(ask)
    asset = ask("POST", f"/releases/{draft}/assets?name=a.txt", data=b"one").json()["id"]
    assert ask("PATCH", f"/releases/{draft}", json={"draft": False}).json()["immutable"]
    locked = (422, ["base custom"])
    assert locked == _errors(ask("POST", f"/releases/{draft}/assets?name=b.txt", data=b"two"))
    assert [
        ask("PATCH", f"/releases/{draft}", json=change).status_code for change in ({"body": "b"}, {"name": "n"})
    ] == [200, 200]
    assert ask("DELETE", f"/releases/assets/{asset}").status_code == 422
    assert ask("PATCH", f"/releases/{draft}", json={"tag_name": "v2"}).status_code == 422
    assert ask("DELETE", f"/releases/{draft}").status_code == 204
    assert _errors(ask("POST", "/releases", json={"tag_name": "v1.0.0"})) == (422, ["tag_name custom"])


def test_the_latest_is_what_was_asked_to_be(github: Github, ask: Ask) -> None:
    """Not the newest, never a draft or a pre-release."""
    assert ask("GET", "/releases/latest").status_code == 404
    assert ask("POST", "/releases", json={"tag_name": "v1"}).status_code == 201
    for tag, more in (("v0.9", {"make_latest": "false"}), ("v2", {"prerelease": True}), ("v3", {"draft": True})):
        assert ask("POST", "/releases", json={"tag_name": tag} | more).status_code == 201
    assert ask("GET", "/releases/latest").json()["tag_name"] == "v1"


def test_lists_come_in_pages_with_links(github: Github, ask: Ask) -> None:
    """The links lead to the end and no further."""
    shelf = github.place.shelf(Release)
    for number in range(1, 8):
        more = {"target_commitish": "main", "name": None, "body": None, "draft": True, "prerelease": False}
        shelf.put(Release(id=number, created_at="2026-01-01T00:00:00Z", tag_name=f"v{number}", **more))  # type: ignore[arg-type]
    url: str | None = f"{github.world.api_url}/repos/{NAME}/releases?per_page=3"
    sizes = []
    while url:
        page = requests.get(url, headers={"Authorization": f"Bearer {github.token}"}, timeout=5)
        sizes.append(len(page.json()))
        url = page.links.get("next", {}).get("url")
    assert sizes == [3, 3, 1]
    assert {"prev", "first"} == set(page.links)


@pytest.mark.parametrize(
    ("whose", "method", "path", "status"),
    [
        ("wrong", "GET", "/releases", 401),
        ("wrong", "GET", "", 401),
        ("nobody", "GET", "/releases", 200),
        ("nobody", "POST", "/releases", 401),
        ("reader", "GET", "/releases", 200),
        ("reader", "POST", "/releases", 403),
        ("publisher", "GET", "/../other/releases", 404),
    ],
)
def test_who_may_do_what(github: Github, ask: Ask, whose: str, method: str, path: str, status: int) -> None:
    """A bad token is 401 even for what is public; without the scope 403."""
    tokens = {"wrong": "wrong", "nobody": None, "reader": github.read_token, "publisher": github.token}
    more = {"json": {"tag_name": "v1"}} if method == "POST" else {}
    assert status == ask(method, path, tokens[whose], **more).status_code
    assert tuple(github.place.shelf(Release)) == ()


def test_a_private_repository_is_hidden(github: Github, ask: Ask) -> None:
    """From those without a token; a reader of the world sees it."""
    github.place.shelf(GitHubRules).put(GitHubRules(id=1, private=True))
    assert [ask("GET", "", token).status_code for token in (None, github.read_token)] == [404, 200]
    assert ask("GET", "").json()["private"]


def test_scopes_are_told_in_every_reply(github: Github, ask: Ask) -> None:
    """Unless the token is a fine-grained one."""
    assert [ask("GET", "/tags", token).headers.get("X-OAuth-Scopes") for token in ("", github.read_token, None)] == [
        "repo, workflow",
        "read:user",
        None,
    ]
    github.forge.limits.put(Limits(id=1, fine_grained=True))
    assert None is ask("GET", "/tags").headers.get("X-OAuth-Scopes")


@pytest.mark.parametrize(("status", "after"), [(403, 0), (429, 7)])
def test_a_rate_limit_is_told_with_its_headers(github: Github, ask: Ask, status: int, after: int) -> None:
    """Counted down to nothing, then refused."""
    github.forge.limits.put(Limits(id=1, remaining=1, status=status, retry_after=after))
    assert ask("GET", "/tags").status_code == 200
    refused = ask("GET", "/tags")
    assert (status, "0") == (refused.status_code, refused.headers["X-RateLimit-Remaining"])
    assert (str(after) if after else None) == refused.headers.get("Retry-After")


def test_a_dispatch_needs_a_ref_that_is_there(github: Github, ask: Ask) -> None:
    """The run is on the commit of the tag."""
    sha = github.tag("v1.0.0")
    path = "/actions/workflows/release.yml/dispatches"
    assert ask("POST", path, json={"ref": "v1.0.0"}).status_code == 204
    (run,) = ask("GET", "/actions/workflows/release.yml/runs", params={"head_sha": sha}).json()["workflow_runs"]
    assert (run["event"], run["head_branch"], run["status"]) == ("workflow_dispatch", "v1.0.0", "queued")
    assert ask("POST", path, json={"ref": "v9"}).status_code == 422


def test_a_pull_request_closes_when_its_commits_are_in_the_base(github: Github, ask: Ask) -> None:
    """As when the branch is merged and pushed; a second one for the same branches is 422 while the first is open."""
    github.git("push", "-q", "origin", "main:refs/heads/base")
    github.commit("a change")
    github.git("push", "-q", "origin", "main:refs/heads/topic")
    wanted = {"title": "t", "head": "topic", "base": "base"}
    first = ask("POST", "/pulls", json=wanted).json()
    assert (first["mergeable"], first["mergeable_state"]) == (True, "clean")
    assert _errors(ask("POST", "/pulls", json=wanted)) == (422, ["base custom"])
    github.git("push", "-q", "origin", "main:refs/heads/base")
    merged = ask("GET", f"/pulls/{first['number']}").json()
    assert (merged["state"], merged["merged"]) == ("closed", True)
    assert ask("GET", "/pulls").json() == []


def test_a_conflicting_pull_request_cannot_be_merged(github: Github, ask: Ask) -> None:
    """GitHub calls it dirty."""
    for branch in ("one", "two"):
        github.git("checkout", "-q", "-B", branch, "origin/main")
        (github.clone / "README.md").write_text(f"{branch}\n")
        github.git("commit", "-q", "-am", branch)
        github.git("push", "-q", "origin", branch)
    pull = ask("POST", "/pulls", json={"title": "t", "head": "one", "base": "two"}).json()
    assert (pull["mergeable"], pull["mergeable_state"]) == (False, "dirty")


@pytest.mark.parametrize("ref", ["refs/heads/$(touch pwned)", "--help", "refs/tags/../../x", "nowhere"])
def test_hostile_refs_name_nothing(github: Github, ask: Ask, ref: str, tmp_path: Path) -> None:
    """No shell, no options, no way out."""
    assert ask("GET", "/issues").json() == []
    assert ask("GET", "/commits", params={"sha": ref}).status_code in (404, 422)
    assert ask("POST", "/git/refs", json={"ref": ref, "sha": github.head}).status_code in (201, 422)
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("name", ["../world", "owner/..", "./contd", "%2e%2e/git"])
def test_hostile_names_lead_nowhere(github: Github, name: str) -> None:
    """A path is sent as it is, and stays below the forge's folder."""
    connection = http.client.HTTPConnection(github.world.registry, timeout=5)
    headers = {"Authorization": f"Bearer {github.token}"}
    connection.request("GET", f"/api/v3/repos/{name}/releases", headers=headers)
    assert connection.getresponse().status == 404
    connection.close()


def test_what_was_there_is_there_after_a_restart(github: Github, ask: Ask) -> None:
    """The state is on disk; ids go on where they were."""
    draft = _draft(ask)
    github.world.stop()
    with World(github.world.directory) as again:
        headers = {"Authorization": f"Bearer {github.token}"}
        url = f"{again.api_url}/repos/{NAME}/releases"
        assert [draft] == [one["id"] for one in requests.get(url, headers=headers, timeout=5).json()]
        new = requests.post(url, headers=headers, json={"tag_name": "v2", "draft": True}, timeout=5).json()
        assert draft < new["id"]


def test_the_control_path_sets_what_others_do(github: Github) -> None:
    """Another process can let a check fail and a job run; only with the publisher's token."""
    url = f"{github.world.api_url}/_forge/{NAME}/check"
    sent = {"sha": github.head, "name": "tests", "conclusion": "failure"}
    headers = {"Authorization": f"Bearer {github.token}"}
    made = requests.post(url, json=sent, headers=headers, timeout=5).json()
    changed = {"id": made["id"], "conclusion": "success"}
    requests.post(url, json=changed, headers=headers, timeout=5)
    assert [one["conclusion"] for one in requests.get(url, headers=headers, timeout=5).json()] == ["success"]
    assert requests.post(url, json=sent, timeout=5).status_code == 404
    assert requests.get(f"{url}s", headers=headers, timeout=5).status_code == 404
