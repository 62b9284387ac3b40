"""What protects a branch or a tag in the sandbox's GitHub, for pushes and for pull requests."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from github_server import Github

from contd_release.sandbox import remotes
from contd_release.sandbox.github.pulls import rules
from contd_release.sandbox.github.records import Check, Protection, Record, Review, Ruleset

if TYPE_CHECKING:
    from tests.sandbox.github.conftest import Ask


def _ruled(kind: str, **more: object) -> Ruleset:
    return Ruleset(id=7, name="ours", rules=({"type": kind},), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "ref", "said"),
    [
        (Protection(id=7), "refs/heads/main", "GH006: Protected branch update failed for refs/heads/main"),
        (Protection(id=7, approvals=None, checks=("ci",)), "refs/heads/main", "Required status checks are expected"),
        (Protection(id=7, approvals=None, pushers=("ada",)), "refs/heads/main", "You're not authorized to push"),
        (_ruled("pull_request"), "refs/heads/main", "GH013: Repository rule violations found for refs/heads/main"),
        (_ruled("creation", target="tag", include=("refs/tags/v*",)), "refs/tags/v1.0.0", "creations being restricted"),
        (_ruled("pull_request", include=("~ALL",)), "refs/heads/main", "Changes must be made through a pull request"),
    ],
)
def test_a_push_that_a_rule_forbids_is_refused(github: Github, record: Record, ref: str, said: str) -> None:
    """The refusal has GitHub's own words, and the ref stays where it was."""
    github.place.shelf(type(record)).put(record)
    rules.guard(github.place)
    before = remotes.refs(github.place.remote)
    github.git("commit", "-q", "--allow-empty", "-m", "direct")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        github.git("push", "-q", "origin", f"HEAD:{ref}")
    assert said in refused.value.stderr
    assert remotes.refs(github.place.remote) == before


@pytest.mark.parametrize(
    ("record", "ref"),
    [
        (Protection(id=7, approvals=None), "refs/heads/main"),
        (Protection(id=7, admins=False), "refs/heads/main"),
        (Protection(id=7, approvals=None, pushers=("publisher",)), "refs/heads/main"),
        (Protection(id=7, branch="release"), "refs/heads/main"),
        (_ruled("pull_request", bypass=("publisher",)), "refs/heads/main"),
        (_ruled("pull_request", enforcement="evaluate"), "refs/heads/main"),
        (_ruled("creation", target="tag", include=("refs/tags/old-*",)), "refs/tags/v1.0.0"),
        (_ruled("creation"), "refs/heads/main"),
        (_ruled("pull_request", include=("~ALL",), exclude=("refs/heads/x", "~DEFAULT_BRANCH")), "refs/heads/main"),
        (_ruled("creation", include=("~ALL",), exclude=("refs/heads/release/*",)), "refs/heads/release/v1"),
    ],
)
def test_a_push_that_no_rule_forbids_arrives(github: Github, record: Record, ref: str) -> None:
    """Who may bypass a rule, another ref, and another kind of push are not refused: the ref is at the new commit."""
    github.place.shelf(type(record)).put(record)
    rules.guard(github.place)
    github.git("commit", "-q", "--allow-empty", "-m", "direct")
    github.git("push", "-q", "origin", f"HEAD:{ref}")
    assert remotes.refs(github.place.remote)[ref] == github.git("rev-parse", "HEAD")


@pytest.mark.parametrize(("method", "parents"), [("merge", 2), ("squash", 1), ("rebase", 1)])
def test_a_merge_waits_for_reviews_and_checks(github: Github, ask: Ask, method: str, parents: int) -> None:
    """It is refused as long as one of them is missing; merged, the base has the same tree in another commit."""
    github.place.shelf(Protection).put(Protection(id=7, approvals=1, checks=("ci",)))
    github.git("commit", "-q", "--allow-empty", "-m", "topic")
    github.git("push", "-q", "origin", "HEAD:refs/heads/topic")
    ask("POST", "/pulls", json={"title": "Topic", "head": "topic", "base": "main"})
    found = [(ask("GET", "/pulls/1").json()["mergeable_state"], ask("PUT", "/pulls/1/merge").status_code)]
    github.place.shelf(Review).put(Review(id=8, login="reviewer", number=1))
    found += [(ask("GET", "/pulls/1").json()["mergeable_state"], ask("PUT", "/pulls/1/merge").status_code)]
    github.place.shelf(Check).put(Check(id=9, sha=github.head, name="ci"))
    state = ask("GET", "/pulls/1").json()["mergeable_state"]
    merged = ask("PUT", "/pulls/1/merge", json={"merge_method": method})
    assert [*found, (state, merged.status_code)] == [("blocked", 405), ("blocked", 405), ("clean", 200)]
    pull = ask("GET", "/pulls/1").json()
    assert (pull["merged"], pull["merge_commit_sha"]) == (True, merged.json()["sha"])
    github.git("fetch", "-q", "origin", "main")
    assert len(github.git("rev-parse", f"{merged.json()['sha']}^@").split()) == parents
    assert github.git("rev-parse", "FETCH_HEAD^{tree}") == github.git("rev-parse", "HEAD^{tree}")
