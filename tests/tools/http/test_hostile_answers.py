"""
Whatever shape a server's answer has, a client reads it by type or says that it is no answer, in a few words.

Each field of each reply that a client reads is replaced by a value of each other type, and left out.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from odd_server import Odd, serving

from contd_release.errors import Unanswered
from contd_release.process.redaction import Secret
from contd_release.tools import pypi
from contd_release.tools.github import api, issues, milestones, protection, releases, runs
from contd_release.tools.http import node
from contd_release.tools.oci.login import Login
from contd_release.tools.oci.manifest import Configuration, Manifest, digest_of
from contd_release.tools.prometheus import instant, over

MISSING: Final = object()
ODD: Final[tuple[Any, ...]] = (
    *([], {}, None, 3, -1.5, True, "x", "", [None], {"x": []}, 10**400, "\x1b]0;owned\x07\u202e", "\ud800"),
    *("x" * 100_000, [[]] * 1000, MISSING),
)

Read = Callable[[Odd], object]


@pytest.fixture(name="odd", scope="module")
def _odd() -> Iterator[Odd]:
    with serving() as odd:
        yield odd


def _manifest(odd: Odd) -> object:
    found = odd.repository().manifest(digest_of(odd.body))
    assert found is not None
    return (found.layers, found.manifests, found.config)


def _rules(odd: Odd) -> object:
    odd.others = {"/rulesets/7": json.dumps(RULESET).encode(), "contd/branches/main": b'{"protected": false}'}
    return protection.of_branch(odd.github, "main")


def _ruleset(odd: Odd) -> object:
    odd.others = {"/rulesets": b'[{"id": 7, "enforcement": "active"}]'}
    return protection.of_tag(odd.github, "v1")


def _protected(odd: Odd) -> object:
    odd.others = {"/rules/branches/main": b"[]", "/branches/main/protection": None}
    return protection.of_branch(odd.github, "main")


def _protection(odd: Odd) -> object:
    branch = {"protected": True, "protection": {"enabled": True}}
    odd.others = {"/rules/branches/main": b"[]", "contd/branches/main": json.dumps(branch).encode()}
    return protection.of_branch(odd.github, "main")


RELEASE: Final = {
    "id": 1,
    "tag_name": "v1",
    "name": "v1",
    "body": "x",
    "draft": False,
    "prerelease": False,
    "immutable": True,
    "html_url": "https://example.com",
    "published_at": "2026-01-01T00:00:00Z",
}
ASSET: Final = {
    "id": 1,
    "name": "a.whl",
    "size": 3,
    "digest": f"sha256:{'a' * 64}",
    "state": "uploaded",
    "browser_download_url": "https://example.com/a",
    "download_count": 1,
}
ISSUE: Final = {
    "number": 1,
    "title": "x",
    "body": "x",
    "labels": [{"name": "bug"}],
    "state": "open",
    "comments": 2,
    "created_at": "2026-01-01T00:00:00Z",
    "html_url": "https://example.com",
    "locked": False,
}
PULL: Final = {
    "number": 1,
    "title": "x",
    "head": {"ref": "a", "sha": "b"},
    "base": {"ref": "main"},
    "state": "open",
    "merged_at": "2026-01-01T00:00:00Z",
    "mergeable": True,
    "html_url": "https://example.com",
    "body": "x",
    "merge_commit_sha": "c",
    "user": {"login": "x"},
}
OF_PULL: Final = "merged_at mergeable body merge_commit_sha user login"
RUN: Final = {
    "id": 1,
    "status": "completed",
    "conclusion": "success",
    "event": "push",
    "head_branch": "main",
    "run_attempt": 1,
    "html_url": "https://example.com",
}
RULE: Final = {
    "type": "required_status_checks",
    "parameters": {
        "required_status_checks": [{"context": "ci"}],
        "required_approving_review_count": 1,
        "pattern": "^v",
        "operator": "regex",
        "negate": False,
    },
}
OF_RULE: Final = "parameters required_status_checks required_approving_review_count pattern operator negate"
RULESET: Final = {
    "name": "x",
    "current_user_can_bypass": "never",
    "conditions": {"ref_name": {"include": ["~ALL"], "exclude": ["refs/tags/x"]}},
    "rules": [RULE],
}
PROTECTION: Final = {
    "enforce_admins": {"enabled": True},
    "required_status_checks": {"contexts": ["ci"]},
    "required_pull_request_reviews": {"required_approving_review_count": 1},
    "lock_branch": {"enabled": False},
}
JOB: Final = {"name": "x", "status": "completed", "conclusion": "success", "html_url": "https://example.com"}
DESCRIPTOR: Final = {"mediaType": "x", "digest": f"sha256:{'a' * 64}", "size": 3}
PLATFORM: Final = {"os": "linux", "architecture": "arm64", "variant": "v8"}
MANIFEST: Final = {"layers": [DESCRIPTOR], "config": DESCRIPTOR, "manifests": [DESCRIPTOR | {"platform": PLATFORM}]}
CONFIGURATION: Final = PLATFORM | {"config": {"Labels": {"a": "b"}, "Entrypoint": ["/bin/contd"]}}
FILE: Final = {"filename": "a.whl", "hashes": {"sha256": "a" * 64}, "yanked": "why"}
VECTOR: Final = {"data": {"resultType": "vector", "result": [{"metric": {"a": "b"}, "value": [1.5, "2"]}]}}
MATRIX: Final = {"data": {"resultType": "matrix", "result": [{"metric": {"a": "b"}, "values": [[1.5, "2"]]}]}}

# What each client reads: a good answer with the fields that it reads and no others, the ones that may be null or
# missing, and how it reads them.
READ: Final[dict[str, tuple[Any, str, Read]]] = {
    "releases": ([RELEASE], "name body immutable published_at", lambda odd: releases.releases(odd.github)),
    "release": (RELEASE, "name body immutable published_at", lambda odd: releases.latest(odd.github)),
    "assets": ([ASSET], "digest download_count", lambda odd: releases.assets(odd.github, 1)),
    "reactions": ([{"content": "+1"}], "", lambda odd: releases.reactions(odd.github, 1)),
    "issues": ([ISSUE], "body comments name locked", lambda odd: issues.issues(odd.github)),
    "issue": (ISSUE, "body comments name locked", lambda odd: issues.issue(odd.github, 1)),
    "milestones": (
        [{"number": 1, "title": "1.2.0", "open_issues": 3}],
        "",
        lambda odd: milestones.still_open(odd.github),
    ),
    "approvals": (
        [{"user": {"login": "ada"}, "state": "APPROVED"}],
        "user login",
        lambda odd: issues.approvers(odd.github, 1),
    ),
    "comments": ([{"body": "x"}], "body", lambda odd: issues.comments(odd.github, 1)),
    "pulls": ([PULL], OF_PULL, lambda odd: issues.pulls(odd.github, "a", "b")),
    "pull": (PULL, OF_PULL, lambda odd: issues.pull(odd.github, 1)),
    "run": (RUN, "conclusion head_branch run_attempt", lambda odd: runs.run(odd.github, 1)),
    "runs": (
        {"workflow_runs": [RUN]},
        "conclusion head_branch run_attempt",
        lambda odd: runs.runs(odd.github, "x", "y"),
    ),
    "jobs": ({"jobs": [JOB]}, "conclusion html_url", lambda odd: runs.jobs(odd.github, 1)),
    "checks": (
        {"check_runs": [JOB], "statuses": [{"state": "success", "context": "x", "target_url": "https://example.com"}]},
        "conclusion html_url target_url",
        lambda odd: runs.checks(odd.github, "x"),
    ),
    "rules": ([RULE | {"ruleset_id": 7}], f"{OF_RULE} ruleset_id", _rules),
    "ruleset": (RULESET, f"{OF_RULE} name current_user_can_bypass conditions ref_name include exclude rules", _ruleset),
    "protected branch": (
        {"protected": True, "protection": {"enabled": True, "required_status_checks": {"contexts": ["ci"]}}},
        "protection enabled required_status_checks contexts",
        _protected,
    ),
    "protection": (PROTECTION, " ".join(PROTECTION) + " contexts required_approving_review_count enabled", _protection),
    "access": (
        {"permissions": {"push": True}, "private": False},
        "permissions push",
        lambda odd: api.access(odd.github),
    ),
    "commit": ([{"sha": "a"}], "", lambda odd: api.commit_of(odd.github, "main")),
    "index": (
        {"meta": {"api-version": "1.0"}, "files": [FILE]},
        "meta api-version yanked sha256",
        lambda odd: pypi.files(odd.project),
    ),
    "tags": ({"tags": ["1.0.0"]}, "tags", lambda odd: odd.repository().tags()),
    "manifest": (MANIFEST, "layers manifests platform os architecture variant", _manifest),
    "configuration": (
        CONFIGURATION,
        "os architecture variant config Labels Entrypoint",
        lambda odd: Configuration.of(odd.body),
    ),
    "token": ({"token": "x"}, "", lambda odd: odd.repository(Login("me", Secret("secret"))).token("pull")),
    "vector": (VECTOR, "", lambda odd: instant(odd.prometheus, "up")),
    "matrix": (MATRIX, "", lambda odd: over(odd.prometheus, "up", 0, 60)),
}
HEADERS: Final = {"index": {"Content-Type": "application/json"}, "token": {"realm": ""}}


def paths(found: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where each value of an answer is; the whole answer first."""
    yield path
    if isinstance(found, dict | list):
        for key, value in found.items() if isinstance(found, dict) else enumerate(found):
            yield from paths(value, (*path, key))


def replaced(found: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The answer with another value at one place."""
    if not path:
        return value
    changed = inner = copy.deepcopy(found)
    for key in path[:-1]:
        inner = inner[key]
    if value is MISSING:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


CASES: Final = [
    pytest.param(name, path, id=f"{name}-{'.'.join(map(str, path)) or 'whole'}")
    for name, (good, _, _) in READ.items()
    for path in paths(good)
]


def test_there_are_enough() -> None:
    """Counted, so that a reader that is forgotten shows."""
    assert len(CASES) * len(ODD) > 3000


@pytest.mark.parametrize("name", READ)
def test_a_good_answer_is_read(odd: Odd, name: str) -> None:
    """Each of them is one that the client takes."""
    good, _, read = READ[name]
    odd.body, odd.headers, odd.others = json.dumps(good).encode(), HEADERS.get(name, {}), {}
    assert read(odd)


@pytest.mark.parametrize(("name", "path"), CASES)
def test_an_odd_answer_is_no_answer(odd: Odd, name: str, path: tuple[str | int, ...]) -> None:
    """Every other type at this place is refused in a few words, unless it may be left out."""
    good, optional, read = READ[name]
    odd.headers, odd.others = HEADERS.get(name, {}), {}
    was = good
    for key in path:
        was = was[key]
    may_be_null = bool(path) and str(path[-1]) in optional.split()
    for value in ODD:
        is_gone = value is None or value is MISSING
        if (value is MISSING and not (path and isinstance(path[-1], str))) or _is_like(was, value):
            continue
        odd.body = json.dumps(replaced(good, path, value)).encode()
        try:
            read(odd)
        except Unanswered as error:
            assert len(str(error)) < 400, str(error)
            assert str(error).replace("\n", "").isprintable()
        else:
            assert (is_gone and may_be_null) or _may_be(path, value), f"{value!r:.80} was read as {was!r:.80}"


def _is_like(was: Any, value: Any) -> bool:
    """Whether a value is of the type that was there; half of a pair is no text."""
    if isinstance(was, str):
        return isinstance(value, str) and value != "\ud800"
    numbers = isinstance(was, float) and type(value) in (int, float) and value != 10**400
    return numbers or (type(was) is type(value) and value != 10**400)


def _may_be(path: tuple[str | int, ...], value: Any) -> bool:
    if path[-1:] == ("a",):
        return value is MISSING
    return (path[-1:] == ("yanked",) and isinstance(value, bool)) or ("labels" in path and isinstance(value, str))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"NaN",
        b"{",
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"1" * 100_000,
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"[1,]",
        b"1e999",
    ],
)
def test_text_that_is_not_json_is_no_answer(content: bytes) -> None:
    """Too deep, a number without an end, another encoding."""
    with pytest.raises(Unanswered):
        node(content, "https://example.com").number()


def test_a_manifest_of_a_file_is_read_as_strictly() -> None:
    """What a builder writes."""
    with pytest.raises(Unanswered):
        _ = Manifest(b'{"layers": null, "config": 3}', "x").config


def test_a_list_without_an_end_is_no_answer() -> None:
    """A hundred thousand elements are more than any list that a release reads."""
    assert len(list(node(json.dumps([0] * 100_000).encode(), "it").items())) == 100_000
    with pytest.raises(Unanswered, match="it answered with a list of 100001"):
        node(json.dumps([0] * 100_001).encode(), "it").items()
