"""What the people hear who follow an issue: one comment each, and the end of the milestone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from github_release import release_of, walk
from github_server import Github

from contd_release.after.issues import comments, milestone
from contd_release.engine.step import State, Step
from contd_release.errors import ReleaseError, Several
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.sandbox.github.records import Comment, Issue, Milestone, Pull
from contd_release.sandbox.github.store import now
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

MARK = "<!-- contd-release: contd 1.2.0 -->"


@pytest.fixture
def released(github: Github, tmp_path: Path) -> Release:
    """A release that has its commit; GitHub has the issue 12 and the pull request 14."""
    github.place.shelf(Issue).put(Issue(id=1, number=12, title="It breaks", created_at=now(), login="publisher"))
    pull = Pull(id=2, number=14, title="Mend it", head="topic", base="main", head_sha=github.head, base_sha=github.head)
    github.place.shelf(Pull).put(replace(pull, created_at=now(), login="publisher"))
    return replace(release_of(github, tmp_path), commit=github.head)


def said(github: Github) -> list[tuple[int, str]]:
    """The comments, each with the number of its issue."""
    return sorted((one.number, one.body) for one in github.place.shelf(Comment))


def states(release: Release, *numbers: int) -> list[tuple[State, str]]:
    """What each step finds, without the time."""
    steps = [step for (step,) in comments.commented(release, numbers).branches]
    found = [step.observe() for step in steps if isinstance(step, Step)]
    return [(one.state, one.detail.partition(", 20")[0]) for one in found]


def test_each_hears_of_it_once(github: Github, released: Release, tmp_path: Path) -> None:
    """An issue and a pull request get one comment; a second walk sends none, although a person deleted one."""
    assert states(released, 12, 14) == [(State.ABSENT, "not commented")] * 2
    walk(comments.commented(released, (12, 14)), log=tmp_path)
    text = f"Released in [1.2.0]({github.world.url}/owner/contd/releases/tag/v1.2.0).\n\n{MARK}"
    assert said(github) == [(12, text), (14, text)]
    github.place.shelf(Comment).remove(next(iter(github.place.shelf(Comment))).id)
    walk(comments.commented(released, (12, 14)), log=tmp_path)
    assert len(said(github)) == 1
    assert states(released, 12, 14) == [(State.DONE, "commented")] * 2
    assert github.contract.broken == []


def test_the_comment_names_one_of_several_packages(released: Release) -> None:
    """The versions of two packages can be the same."""
    project = replace(released.project, table="contd", name="contd-core")
    assert "Released in [contd-core 1.2.0](" in comments.text(replace(released, project=project))


def test_killed_after_the_comment(github: Github, released: Release, tmp_path: Path) -> None:
    """What the journal does not know is found by its mark."""
    walk(comments.commented(released, (12,)), log=tmp_path)
    journal.of(released.project).path.unlink()
    assert states(released, 12) == [(State.DONE, "the comment is there")]


def test_before_there_is_a_release(github: Github, released: Release) -> None:
    """GitHub is asked nothing."""
    planned = replace(released, commit="")
    assert states(planned, 12) == [(State.ABSENT, "not released yet")]
    assert milestone.closed(planned).observe().state is State.ABSENT
    assert github.contract.judged == set()


def test_issues_that_take_no_comment(github: Github, released: Release, tmp_path: Path) -> None:
    """A number of nothing, and a locked issue: the others hear of it, and nothing fails."""
    shelf = github.place.shelf(Issue)
    shelf.put(Issue(id=3, number=15, title="Noise", created_at=now(), login="publisher", locked=True))
    walk(comments.commented(released, (7, 12, 15)), log=tmp_path)
    assert [number for number, _ in said(github)] == [12]
    assert states(released, 7, 15) == [
        (State.DONE, "owner/contd has no issue 7"),
        (State.DONE, "#15 is locked and takes no comment"),
    ]


def test_a_token_that_may_not_comment(
    github: Github, released: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is, what was expected and what to type; both are tried, and a refused token is tried once for each."""
    monkeypatch.setenv("GITHUB_TOKEN", github.read_token)
    with pytest.raises(ReleaseError) as stopped:
        walk(comments.commented(released, (12, 14)), log=tmp_path)
    errors = stopped.value.errors if isinstance(stopped.value, Several) else (stopped.value,)
    assert [one.what_is.partition(" refused ")[2].partition(":")[0] for one in errors] == [
        f"our credential for the comment on #{number}" for number in (12, 14)
    ]
    assert {one.type_next for one in errors} == {"export GITHUB_TOKEN=…   (a token with the permission issues: write)"}
    assert said(github) == []
    assert sorted(one.path.rpartition("/issues/")[2] for one in github.world.ledger.mutating()) == [
        "12/comments",
        "14/comments",
    ]


def test_no_token(github: Github, released: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is missed before anything is changed."""
    assert comments.allowed(released).observe().state is State.DONE
    monkeypatch.delenv("GITHUB_TOKEN")
    found = comments.allowed(released).observe()
    assert (found.state, found.type_next) == (State.ABSENT, "gh auth login   (or export GITHUB_TOKEN=…)")


@pytest.mark.parametrize("title", ["1.2.0", "v1.2.0"])
def test_the_milestone_is_closed(github: Github, released: Release, tmp_path: Path, title: str) -> None:
    """The one that is called like the version, or its tag, and no other."""
    shelf = github.place.shelf(Milestone)
    for number, name in enumerate((title, "1.3.0"), 1):
        shelf.put(Milestone(id=number, number=number, title=name, open_issues=2, created_at=now(), login="publisher"))
    step = milestone.closed(released)
    assert step.observe().detail == f"{title} is open, with 2 open issues"
    walk(step, log=tmp_path)
    assert [(one.title, one.state) for one in shelf] == [(title, "closed"), ("1.3.0", "open")]
    assert step.observe().detail == "no open milestone is called 1.2.0 or v1.2.0"
    assert github.contract.broken == []


def test_the_plan_names_them(release: Place, world: World) -> None:
    """Off until the settings say otherwise; then each issue that a fragment names has its step."""
    table = f'[tool.contd-release.github]\nrepository = "contd/contd"\napi = "{world.api_url}"\n'
    release.env["GITHUB_TOKEN"] = world.accounts.publisher.password.reveal()
    release.replace("pyproject.toml", "[tool.contd-release.pypi]", f"{table}[tool.contd-release.pypi]")
    release.publish()
    assert "says that it is released" not in release.say("plan", "--part", "minor").out
    release.replace("pyproject.toml", table, f"{table}comment-on-issues = true\nclose-milestone = true\n")
    release.publish()
    out = release.say("plan", "--part", "minor").out
    for number in (12, 14):
        assert f"#{number} says that it is released in 0.2.0: not released yet\n      - comment on #{number}\n" in out
    assert "· the milestone of 0.2.0 is closed: not released yet\n      - close the milestone\n" in out
    assert "says that it is released" not in release.say("plan", "--part", "minor", "--pre", "rc").out
