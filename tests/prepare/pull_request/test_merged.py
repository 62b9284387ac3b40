"""The release waits for its pull request, and goes on from what was merged, if that is the tree that was proved."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from github_release import walk
from github_server import Github
from pull_request import begun

from contd_release.engine.step import Found, State
from contd_release.errors import Conflict, ReleaseError, Unsettled
from contd_release.prepare.pull_request import merged, request
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.commit import release_commit
from contd_release.records.entries import Committed, Ended
from contd_release.sandbox.github.records import Check, Protection, Pull, Review, Ruleset
from contd_release.tools import git
from contd_release.tools.github import api, issues
from contd_release.tools.github.polling import Pace
from contd_release.tools.http import Refused

BRISK = Pace(first=0.02, longest=0.02, silence=0.3, whole=0.4)


@pytest.fixture(autouse=True)
def unjudged(github: Github) -> None:
    """The test of the contract judges the shapes."""
    github.contract.is_asleep = True


@pytest.fixture
def release(github: Github, tmp_path: Path) -> Release:
    """1.2.0, whose pull request is open."""
    release = begun(github, tmp_path)
    walk(request.pushed(release), request.opened(release), log=tmp_path)
    return release


def merge(release: Release, method: str = "squash") -> str:
    """Merge the pull request as a person does on its page; the new commit."""
    repository = api.connected(release.project)
    reply = repository.http.send("PUT", repository.path("/pulls/1/merge"), json={"merge_method": method})
    return reply.node().at("sha").text()


def waited(
    release: Release, pace: Pace = BRISK, meanwhile: Callable[[], object] = lambda: None
) -> tuple[list[str], ReleaseError | None]:
    """Walk the step of the merge; what it printed, at which something happens, and how it stopped."""
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        meanwhile()

    try:
        for action in merged.merged(release, pace).act:
            action.run(Running(release.logs / "log", tell=tell))
    except ReleaseError as error:
        return said, error
    return said, None


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_it_goes_on_from_what_was_merged(release: Release, method: str) -> None:
    """Whatever commit GitHub made, the release has that one from then on, in its worktree as well."""
    made = release_commit(release)
    release.dist.mkdir(parents=True)
    (release.dist / "contd-1.2.0.tar.gz").write_bytes(b"of the commit that was made")
    said, error = waited(release, replace(BRISK, whole=60), partial(merge, release, method))
    assert error is None
    assert not release.dist.exists()
    assert said == [f"    {request.of(release).url} can be merged, and waits for a person who does"]  # type: ignore[union-attr]
    theirs = git.remote(release.project.root, "origin").branch("main")
    assert theirs not in (made, release.base)
    assert (release_commit(release), git.head(release.tree)) == (theirs, theirs)
    assert merged.merged(release).observe().state is State.DONE


def test_closed_unmerged(release: Release) -> None:
    """It stops with how to open it again; an abort gives it up."""
    issues.edit_pull(api.connected(release.project), 1, state="closed")
    _, error = waited(release)
    assert isinstance(error, Conflict)
    assert "was closed without being merged" in error.what_is
    assert error.type_next == "gh pr reopen 1   (then invoke release; or invoke abort, which gives the release up)"
    assert [one.observe().state for one in (request.opened(release), merged.merged(release))] == [State.CONFLICT] * 2


def test_merged_with_other_content(github: Github, release: Release) -> None:
    """It names the files that are not as they were proved, and nothing goes on from that commit."""
    proved = release_commit(release)
    (github.clone / "README.md").write_text("other\n")
    github.git("add", ".")
    github.commit("another change")
    merge(release)
    _, error = waited(release)
    assert isinstance(error, Conflict)
    assert re.search(r"was merged as \w{12}, and not as it was proved: README.md differ", error.what_is)
    assert "revert http" in error.type_next
    assert release_commit(release) == proved


def test_a_commit_that_someone_pushed_to_it(github: Github, release: Release) -> None:
    """Another commit on the branch of the pull request was not proved."""
    github.git("commit", "-q", "--allow-empty", "-m", "theirs")
    github.git("push", "-q", "--force", "origin", f"HEAD:{release.request}")
    _, error = waited(release)
    assert isinstance(error, Conflict)
    assert f"and the release made {(release_commit(release) or '')[:12]}" in error.what_is


def test_main_moves_meanwhile(github: Github, release: Release) -> None:
    """It stops before someone merges a tree that was not proved."""
    moved = github.commit("meanwhile")
    _, error = waited(release)
    assert isinstance(error, Conflict)
    assert f"main has moved to {moved[:12]}" in error.what_is
    assert error.type_next == "invoke abort; git pull   (then begin again)"


def test_a_check_that_never_ends(github: Github, release: Release) -> None:
    """The wait has a limit, and then says what it waited for and what to type."""
    github.place.shelf(Protection).put(Protection(id=7, checks=("ci", "docs"), approvals=1))
    commit = release_commit(release) or ""
    github.place.shelf(Check).put(Check(id=8, sha=commit, name="ci", status="in_progress"))
    said, error = waited(release)
    assert isinstance(error, Unsettled)
    awaited = "has 0 of 1 approvals; ci is running; docs has not begun"
    assert said == [f"    {request.of(release).url} {awaited}"]  # type: ignore[union-attr]
    assert error.what_is.endswith(awaited)
    assert error.type_next == "invoke release   (it goes on waiting; or invoke abort, which closes it)"


def test_two_approvals(github: Github, tmp_path: Path) -> None:
    """With approvals = 2 it goes on when two people approve it, even if one has merged it before."""
    release = begun(github, tmp_path, approvals=2)
    walk(request.pushed(release), request.opened(release), log=tmp_path)
    for number, login in enumerate(("publisher", "ada", "ada"), 20):
        github.place.shelf(Review).put(Review(id=number, login=login, number=1))
    merge(release)
    said, error = waited(release)
    assert isinstance(error, Unsettled)
    assert said[0].endswith("is merged, and has 1 of 2 approvals")
    github.place.shelf(Review).put(Review(id=30, login="bob", number=1))
    assert waited(release)[1] is None


def test_a_token_that_may_not_open_pull_requests(
    github: Github, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which permission the token lacks."""
    release = begun(github, tmp_path)
    walk(request.pushed(release), log=tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", github.read_token)
    with pytest.raises(Refused) as refused:
        walk(request.opened(release), log=tmp_path)
    assert refused.value.type_next == "export GITHUB_TOKEN=…   (a token with the permission pull requests: write)"


def test_its_text(release: Release) -> None:
    """It has the notes, in which no one is mentioned, what was checked on which tree, and what comes next."""
    body = request.of(release).body  # type: ignore[union-attr]
    tree = git.tree(release.project.root, release_commit(release) or "")
    assert body.startswith("## 1.2.0\n\n- Everything is new, ")
    assert "@everyone" not in body
    assert "## What was checked\n\n- `make test` passed\n" in body
    assert f"`{tree}`" in body
    assert "What will be built" not in body


def test_its_text_lists_what_will_be_built(release: Release) -> None:
    """Each file that was built for it, with its digest."""
    release.dist.mkdir(parents=True)
    (release.dist / "contd-1.2.0.tar.gz").write_bytes(b"built")
    body = request.text(release, "Notes")
    digest = hashlib.sha256(b"built").hexdigest()
    assert f"## What will be built\n\n- `contd-1.2.0.tar.gz`: sha256:{digest}\n\n## What comes next" in body


def test_it_is_opened_once(github: Github, release: Release, tmp_path: Path) -> None:
    """Opened, and its answer lost, it is found again by our commit."""
    entries = journal.of(release.project)
    lines = [line for line in entries.path.read_text().splitlines(True) if '"Requested"' not in line]
    entries.path.write_text("".join(lines))
    assert request.opened(release).observe().state is State.PARTIAL
    walk(request.opened(release), log=tmp_path)
    assert [one.number for one in github.place.shelf(Pull)] == [1]


def test_its_branch_is_deleted_once_it_is_merged(release: Release, tmp_path: Path) -> None:
    """Not before, and once: a second walk finds it gone, as it does where GitHub deletes it by itself."""
    step = request.removed(release)
    assert step.observe().state is State.ABSENT
    merge(release)
    assert step.observe().state is State.PARTIAL
    walk(step, log=tmp_path)
    assert step.observe() == Found(State.DONE, f"{release.request} is deleted")
    assert git.remote(release.project.root, "origin").branch(release.request) is None
    assert [one.observe().state for one in (request.pushed(release), request.opened(release))] == [State.DONE] * 2
    walk(step, log=tmp_path)


def test_a_branch_with_a_later_commit_stays(github: Github, release: Release, tmp_path: Path) -> None:
    """What someone has pushed to the branch since is theirs."""
    merge(release)
    github.git("commit", "-q", "--allow-empty", "-m", "theirs")
    github.git("push", "-q", "--force", "origin", f"HEAD:{release.request}")
    walk(request.removed(release), log=tmp_path)
    assert git.remote(release.project.root, "origin").branch(release.request) == github.head


def test_a_branch_that_may_not_be_deleted_stays(github: Github, release: Release, tmp_path: Path) -> None:
    """A rule against it does not stop a release that is out."""
    merge(release)
    ruleset = Ruleset(id=7, name="ours", include=("refs/heads/release-request/*",), rules=({"type": "deletion"},))
    github.place.shelf(Ruleset).put(ruleset)
    walk(request.removed(release), log=tmp_path)
    assert request.removed(release).observe().detail.endswith('stays: deletion (ruleset "ours")')
    assert git.remote(release.project.root, "origin").branch(release.request) is not None


@pytest.mark.parametrize("is_merged", [False, True])
def test_an_abort(
    github: Github, tmp_path: Path, release: Release, is_merged: bool, steps: Callable[[Release], tuple[str, ...]]
) -> None:
    """The branch is deleted and the pull request closed; one that is merged stays, and the abort says so."""
    if is_merged:
        merge(release)
        assert waited(release)[1] is None
    left = steps(release)
    assert git.remote(release.project.root, "origin").branch(release.request) is None
    assert [one.state for one in github.place.shelf(Pull)] == ["closed"]
    said = "main keeps the release commit: revert http" if is_merged else "http"
    assert (len(left), left[0].startswith(said)) == (1, True)
    assert left[0].endswith("/pull/1 on its page" if is_merged else "/pull/1 stays on GitHub, closed")


@pytest.mark.parametrize("is_branch_gone", [False, True])
def test_an_abort_after_a_person_closed_it(
    github: Github, release: Release, is_branch_gone: bool, steps: Callable[[Release], tuple[str, ...]]
) -> None:
    """Its branch is deleted, also where that person has done it, and the abort says what stays."""
    issues.edit_pull(api.connected(release.project), 1, state="closed")
    if is_branch_gone:
        github.git("push", "--quiet", "origin", "--delete", release.request)
    assert [one.partition("/pull/")[2] for one in steps(release)] == ["1 was closed without being merged"]
    assert git.remote(release.project.root, "origin").branch(release.request) is None


def test_begun_again_after_an_abort(
    release: Release, tmp_path: Path, steps: Callable[[Release], tuple[str, ...]]
) -> None:
    """Begun again, the release opens another pull request, also where its commit is the very same."""
    entries = journal.of(release.project)
    begun, made = entries.under_way(), entries.last(Committed)
    assert begun
    assert made
    steps(release)
    for one in (Ended(version="1.2.0", how="aborted"), begun, made):
        entries.append(one)
    walk(request.pushed(release), request.opened(release), log=tmp_path)
    found = request.of(release)
    assert (found and found.number, found and found.is_open) == (2, True)


@pytest.fixture
def steps(tmp_path: Path) -> Callable[[Release], tuple[str, ...]]:
    """Undoes the steps of the pull request; what is left."""

    def undone(release: Release) -> tuple[str, ...]:
        from contd_release.after.merge_back import merge_back
        from contd_release.engine.checklist import Checklist
        from contd_release.prepare import pull_request

        # Main has the release commit once it is merged, which is no reason to go on: nothing is public.
        checklist = Checklist((*pull_request.asked(release), merge_back.merged(release)))
        return tuple(one.detail for one in checklist.undo(lambda _: None, Running(tmp_path / "logs")))

    return undone
