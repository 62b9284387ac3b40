"""A hotfix waits for the pull request that brings it to a protected main, and goes on from what was merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from github_server import Github
from pull_request import project_of, settings_of

from contd_release.after.merge_back import merge_back
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, ReleaseError, Unsettled
from contd_release.procedures.after.merge_back import brought
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.project.version import parse
from contd_release.sandbox.github.pulls import rules
from contd_release.sandbox.github.records import Check, Pull, Ruleset
from contd_release.tools.github import api, issues
from contd_release.tools.github.polling import Pace

BRISK = Pace(first=0.02, longest=0.02, silence=0.3, whole=0.3)
CHECKED: dict[str, object] = {
    "type": "required_status_checks",
    "parameters": {"strict_required_status_checks_policy": True, "required_status_checks": [{"context": "ci"}]},
}


@pytest.fixture(autouse=True)
def unjudged(github: Github) -> None:
    """The test of the contract judges the shapes."""
    github.contract.is_asleep = True


@pytest.fixture
def hotfix(github: Github, tmp_path: Path) -> Release:
    """1.1.1 is out, main went on, and is protected."""
    base = github.tag("v1.1.0")
    github.git("commit", "-q", "--allow-empty", "-m", "Hotfix v1.1.1")
    github.git("push", "-q", "origin", "HEAD:refs/heads/hotfix/v1.1.1")
    commit = github.tag("v1.1.1")
    github.git("reset", "-q", "--hard", base)
    github.commit("more")
    github.place.shelf(Ruleset).put(Ruleset(id=7, name="ours", rules=({"type": "pull_request"}, CHECKED)))
    rules.guard(github.place)
    project = project_of(github, tmp_path, settings_of(github))
    return Release(project, parse("1.1.1"), parse("1.1.0"), base, 1_700_000_000, hotfix=True, commit=commit)


@pytest.fixture
def asked(github: Github, hotfix: Release) -> Release:
    """Its pull request is open."""
    github.git("push", "-q", "origin", f"{hotfix.commit}:refs/heads/{merge_back.branch(hotfix)}")
    repository = api.connected(hotfix.project)
    issues.open_pull(repository, "Merge v1.1.1 into main", merge_back.branch(hotfix), "main", "It is out.")
    return hotfix


def step(release: Release, pace: Pace = BRISK) -> Step:
    """The last step."""
    (found,) = brought(release, pace)
    return found


def waited(release: Release, pace: Pace = BRISK, meanwhile: Callable[[], object] = lambda: None) -> list[str]:
    """Walk the step; what it printed, at which something happens."""
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        meanwhile()

    for action in step(release, pace).act:
        action.run(Running(release.logs / "log", tell=tell))
    return said


def merge(github: Github, method: str) -> None:
    """Let the check pass, and merge, as a person does."""
    (pull,) = github.place.shelf(Pull)
    github.place.shelf(Check).put(Check(id=9, sha=pull.head_sha, name="ci"))
    repository = api.GitHubRepository(
        github.place.name, github.world.api_url, "", github.world.accounts.publisher.password
    )
    reply = repository.http.send("PUT", repository.path("/pulls/1/merge"), json={"merge_method": method})
    assert reply.status == 200


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_it_waits_until_it_is_merged(github: Github, asked: Release, method: str) -> None:
    """Its checks are shown; however a person merges it, main has the fix then."""
    said = waited(asked, replace(BRISK, whole=60), lambda: merge(github, method))
    assert said == [f"    {github.world.url}/github/owner/contd/pull/1 ci has not begun"]
    assert step(asked).observe().state is State.DONE


def test_continued_after_a_stop(github: Github, asked: Release) -> None:
    """The status says that it is still open, and where; merged meanwhile, the step is done."""
    url = f"{github.world.url}/github/owner/contd/pull/1"
    found = step(asked).observe()
    assert (found.state, found.detail) == (State.PARTIAL, f"the merge back is still open: {url} ci has not begun")
    merge(github, "squash")
    assert step(asked).observe().detail.startswith(f"{url} is merged as ")
    assert waited(asked) == []


def test_a_check_that_never_ends(github: Github, asked: Release) -> None:
    """The wait has a limit, and then says what it waited for, and that the hotfix is out."""
    (pull,) = github.place.shelf(Pull)
    github.place.shelf(Check).put(Check(id=9, sha=pull.head_sha, name="ci", status="in_progress"))
    with pytest.raises(Unsettled) as stopped:
        waited(asked)
    assert stopped.value.what_is == (
        "contd 1.1.1 is out; its pull request to main was not merged within 0.3 s: "
        f"{github.world.url}/github/owner/contd/pull/1 ci is running"
    )
    assert stopped.value.type_next == "invoke release   (it goes on waiting)"


def test_closed_unmerged(github: Github, asked: Release) -> None:
    """It says how to go on, and opens no other; main with the hotfix by another way is enough."""
    issues.edit_pull(api.connected(asked.project), 1, state="closed")
    with pytest.raises(Conflict) as stopped:
        waited(asked)
    assert stopped.value.what_is.endswith(
        "was closed without being merged, and main lacks the fix; 1.1.1 itself is out"
    )
    assert stopped.value.type_next.startswith("gh pr reopen 1   (then invoke release; or merge v1.1.1 into main by ")
    assert merge_back.merged(asked).observe().state is State.DONE
    assert len(tuple(github.place.shelf(Pull))) == 1
    github.place.shelf(Ruleset).put(Ruleset(id=7, name="ours"))
    rules.guard(github.place)
    github.git("merge", "-q", "--no-ff", "-m", "By hand", "v1.1.1")
    github.git("push", "-q", "origin", "main")
    assert step(asked).observe() == Found(State.DONE, f"main has {asked.commit[:12]}")


def test_opened_where_main_is_protected(github: Github, hotfix: Release, tmp_path: Path) -> None:
    """Refused by main, it opens the pull request and waits for it; the next call goes on with that one."""
    steps = (merge_back.merged(hotfix), step(hotfix, replace(BRISK, whole=0.05)))
    with pytest.raises(ReleaseError, match="was not merged within"):
        Checklist(steps).walk(lambda _: None, Running(tmp_path / "logs"))
    assert [one.observe().state for one in steps] == [State.DONE, State.PARTIAL]
    assert [one.title for one in github.place.shelf(Pull)] == ["Merge v1.1.1 into main"]


def test_who_waits(hotfix: Release) -> None:
    """Only a hotfix waits."""
    assert brought(replace(hotfix, hotfix=False)) == ()
