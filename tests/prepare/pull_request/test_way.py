"""What protects a branch or a tag is known beforehand, and decides how the release commit goes there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from github_server import Github
from packaging.version import Version
from pull_request import project_of, settings_of

from contd_release.engine.step import Found, State
from contd_release.errors import Usage
from contd_release.prepare.pull_request import way
from contd_release.project.release import Release
from contd_release.sandbox.github.records import Protection, Record, Ruleset

BY_PULL: dict[str, object] = {"type": "pull_request", "parameters": {"required_approving_review_count": 2}}
CHECKED: dict[str, object] = {
    "type": "required_status_checks",
    "parameters": {"required_status_checks": [{"context": "ci"}]},
}


@pytest.fixture(autouse=True)
def unjudged(github: Github) -> None:
    """The test of the contract judges the shapes."""
    github.contract.is_asleep = True


def ruled(*rules: dict[str, object], **more: object) -> Ruleset:
    """A ruleset that is called "ours"."""
    whole = [
        one | {"parameters": _whole(str(one["type"]), one["parameters"])} if "parameters" in one else one
        for one in rules
    ]
    return Ruleset(id=7, created_at="2027-01-15T08:00:00Z", name="ours", rules=tuple(whole), **more)  # type: ignore[arg-type]


def _whole(kind: str, parameters: object) -> dict[str, object]:
    assert isinstance(parameters, dict)
    flags = ["strict_required_status_checks_policy"]
    if kind == "pull_request":
        flags = [f"require_{one}" for one in ("code_owner_review", "last_push_approval")]
        flags += ["dismiss_stale_reviews_on_push", "required_review_thread_resolution"]
    return {**dict.fromkeys(flags, False), **parameters}


def tag_rule(kind: str, **more: object) -> Ruleset:
    """A ruleset for tags."""
    return replace(ruled({"type": kind}), target="tag", include=("refs/tags/v*",), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "is_by_pull", "words"),
    [
        (None, False, "pushed to main; main: nothing protects it"),
        (ruled(BY_PULL), True, 'by a pull request to main: pull request (ruleset "ours"): 2 reviews'),
        (ruled(CHECKED), True, 'by a pull request to main: required status checks (ruleset "ours"): checks ci'),
        (
            ruled(BY_PULL, bypass=("publisher",)),
            False,
            'pushed to main; main: pull request (ruleset "ours"): 2 reviews, which our token may bypass',
        ),
        (ruled({"type": "non_fast_forward"}), False, 'pushed to main; main: non fast forward (ruleset "ours")'),
        (ruled(BY_PULL, enforcement="evaluate"), False, "pushed to main; main: nothing protects it"),
        (ruled(BY_PULL, include=("refs/heads/v*",)), False, "pushed to main; main: nothing protects it"),
        (Protection(id=7, approvals=1), True, "by a pull request to main: pull request (branch protection): 1 review"),
        (
            Protection(id=7, approvals=None, checks=("ci", "docs")),
            True,
            "by a pull request to main: required status checks (branch protection): checks ci, docs",
        ),
        (Protection(id=7, approvals=None), False, "pushed to main; main: nothing protects it"),
        (
            Protection(id=7, admins=False),
            False,
            "pushed to main; main: pull request (branch protection), which our token may bypass",
        ),
        (
            Protection(id=7, approvals=None, pushers=("ada", "bob")),
            True,
            "by a pull request to main: restrictions (branch protection, for ada, bob only)",
        ),
        (
            Protection(id=7, approvals=None, pushers=()),
            True,
            "by a pull request to main: restrictions (branch protection, for administrators only)",
        ),
        (
            Protection(id=7, approvals=None, pushers=("Publisher",)),
            False,
            "pushed to main; main: restrictions (branch protection, for Publisher only), which our token may bypass",
        ),
        (
            Protection(id=7, approvals=1, bypass=("publisher",)),
            False,
            "pushed to main; main: pull request (branch protection): 1 review, which our token may bypass",
        ),
        (
            Protection(id=7, is_readable=False),
            True,
            "by a pull request to main: unknown (branch protection, which our token may not read)",
        ),
    ],
)
def test_the_way_of_the_commit(
    github: Github, tmp_path: Path, record: Record | None, is_by_pull: bool, words: str
) -> None:
    """A rule that refuses our push asks for a pull request; the plan says which rule, and what it needs."""
    if record:
        github.place.shelf(type(record)).put(record)
    project = project_of(github, tmp_path, settings_of(github))
    assert way.is_by_pull(project, "main") is is_by_pull
    release = Release(project, Version("1.2.1"), Version("1.2.0"), github.head, 1, by_pull=is_by_pull)
    assert way.known(release).observe() == Found(State.DONE, words)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (tag_rule("creation"), 'creation (ruleset "ours")'),
        (tag_rule("update"), ""),
        (tag_rule("creation", bypass=("publisher",)), ""),
        (tag_rule("creation", exclude=("refs/tags/v1.*",)), ""),
        (tag_rule("creation", enforcement="disabled"), ""),
        (replace(ruled({"type": "creation"}), target="branch", include=("~ALL",)), ""),
    ],
)
def test_a_rule_that_forbids_the_tag(github: Github, tmp_path: Path, record: Ruleset, words: str) -> None:
    """It stops the release before anything is done, with the page of the rules to open; what is out is not asked."""
    github.place.shelf(Ruleset).put(record)
    project = project_of(github, tmp_path, settings_of(github, "never"))
    release = Release(project, Version("1.2.1"), Version("1.2.0"), github.head, 1)
    found = way.known(release).observe()
    if not words:
        assert found.state is State.DONE
        return
    assert (found.state, found.detail) == (State.ABSENT, f"GitHub would refuse to make v1.2.1: {words}")
    assert found.type_next.startswith(f"open {github.world.url}/owner/contd/rules ")
    github.tag("v1.2.1")
    assert way.known(release).observe() == Found(State.DONE, "v1.2.1 is out")


@pytest.mark.parametrize(
    ("parameters", "is_refused"),
    [
        ({"operator": "starts_with", "pattern": "release-"}, True),
        ({"operator": "starts_with", "pattern": "v"}, False),
        ({"operator": "regex", "pattern": r"^v\d+\.\d+\.\d+$"}, False),
        ({"operator": "regex", "pattern": r"rc", "negate": True}, False),
        ({"operator": "contains", "pattern": "1.2", "negate": True}, True),
        ({"operator": "ends_with", "pattern": "0"}, True),
    ],
)
def test_a_rule_about_the_names_of_tags(
    github: Github, tmp_path: Path, parameters: dict[str, object], is_refused: bool
) -> None:
    """The name of our tag is compared as GitHub compares it."""
    rule: dict[str, object] = {"type": "tag_name_pattern", "parameters": parameters}
    github.place.shelf(Ruleset).put(replace(tag_rule("update"), rules=(rule,)))
    release = Release(
        project_of(github, tmp_path, settings_of(github)), Version("1.2.1"), Version("1.2.0"), github.head, 1
    )
    assert (way.known(release).observe().state is State.ABSENT) is is_refused


def test_a_branch_that_may_not_be_made(github: Github, tmp_path: Path) -> None:
    """The release branch and the branch of the pull request are asked about as well."""
    github.place.shelf(Ruleset).put(replace(ruled({"type": "creation"}), include=("refs/heads/release*/**",)))
    project = project_of(github, tmp_path, settings_of(github))
    release = Release(project, Version("1.2.0"), Version("1.1.0"), github.head, 1, by_pull=True)
    rule = 'creation (ruleset "ours")'
    words = f"GitHub would refuse to make release-request/v1.2.0: {rule}; release/v1.2.0: {rule}"
    assert (State.ABSENT, words) == (way.known(release).observe().state, way.known(release).observe().detail)


def test_a_protection_that_came_later(github: Github, tmp_path: Path) -> None:
    """A release that began with a push stops before anything is public, and says how to begin again."""
    github.place.shelf(Protection).put(Protection(id=7))
    project = project_of(github, tmp_path, settings_of(github))
    found = way.known(Release(project, Version("1.2.1"), Version("1.2.0"), github.head, 1)).observe()
    assert (found.state, found.type_next) == (
        State.CONFLICT,
        "invoke abort   (then begin again: it goes by a pull request)",
    )


@pytest.mark.parametrize(
    ("pull_request", "approvals", "is_by_pull"),
    [("auto", 0, False), ("auto", 2, True), ("always", 0, True), ("never", 0, False)],
)
def test_the_settings_decide(
    github: Github, tmp_path: Path, pull_request: str, approvals: int, is_by_pull: bool
) -> None:
    """Approvals need a pull request, and so does who always wants one."""
    project = project_of(github, tmp_path, settings_of(github, pull_request, approvals))
    assert way.is_by_pull(project, "main") is is_by_pull


def test_approvals_without_a_pull_request(github: Github, tmp_path: Path) -> None:
    """It says which of the two settings to change."""
    with pytest.raises(Usage, match='approvals is 2, and pull-request is "never"'):
        way.is_by_pull(project_of(github, tmp_path, settings_of(github, "never", 2)), "main")


def test_without_a_token_nothing_is_asked(github: Github, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without a token pushes, as before."""
    github.place.shelf(Protection).put(Protection(id=7))
    monkeypatch.delenv("GITHUB_TOKEN")
    project = project_of(github, tmp_path, settings_of(github))
    release = Release(project, Version("1.2.1"), Version("1.2.0"), github.head, 1)
    assert way.is_by_pull(project, "main") is False
    assert way.known(release).observe().detail == "not asked: there is no token for GitHub"
