"""The remote: the release branch, the tag, and who wins when two push."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.after.merge_back import merge_back
from contd_release.channels import origin
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, FailedCommand, Unanswered
from contd_release.prepare import tree
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.records.commit import note
from contd_release.sandbox import remotes

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place


def make(step: Step, logs: Path) -> Step:
    """Make a step true."""
    Checklist((step,)).walk(lambda _: None, Running(logs))
    return step


@pytest.fixture
def committed(here: Place, beginning: Beginning, tmp_path: Path) -> Release:
    """A release with its commit, as far as the remote is concerned."""
    return commit(here, beginning(), tmp_path)


def commit(here: Place, release: Release, logs: Path) -> Release:
    """Make a release's commit without what belongs in it."""
    make(tree.checked_out(release), logs)
    here.git("commit", "-q", "--allow-empty", "-m", f"Release {release.version}", where=release.tree)
    note(release)
    return release


def test_the_branch(here: Place, committed: Release, tmp_path: Path) -> None:
    """ABSENT while it is free, DONE at our commit, CONFLICT at another; undo removes only what we wrote."""
    step = origin.branched(committed)
    assert State.ABSENT is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state
    Checklist((step,)).undo(lambda _: None, Running(tmp_path))
    assert State.ABSENT is step.observe().state
    here.git("branch", committed.branch, "main", where=here.remote)
    assert State.CONFLICT is step.observe().state
    Checklist((step,)).undo(lambda _: None, Running(tmp_path))
    assert f"refs/heads/{committed.branch}" in remotes.refs(here.remote)
    with pytest.raises(Conflict):
        make(step, tmp_path)


def test_the_branch_moved_between_the_look_and_the_undo(here: Place, committed: Release, tmp_path: Path) -> None:
    """The remote itself refuses to delete a branch that is no longer at our commit."""
    step = make(origin.branched(committed), tmp_path)
    here.git("update-ref", f"refs/heads/{committed.branch}", "main", where=here.remote)
    assert step.undo
    with pytest.raises(FailedCommand, match="stale info"):
        step.undo[0].run(Running(tmp_path / "log"))
    assert remotes.refs(here.remote)[f"refs/heads/{committed.branch}"] == here.git("rev-parse", "main")


def test_the_tag_here(here: Place, committed: Release, tmp_path: Path) -> None:
    """ABSENT, DONE when annotated on our commit, CONFLICT when lightweight or elsewhere, and then never deleted."""
    step = origin.tagged(committed)
    assert State.ABSENT is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state
    Checklist((step,)).undo(lambda _: None, Running(tmp_path))
    assert State.ABSENT is step.observe().state
    here.git("tag", committed.tag, where=committed.tree)
    assert State.CONFLICT is step.observe().state
    here.git("tag", "-f", "-a", committed.tag, "-m", "Mine", "main")
    assert State.CONFLICT is step.observe().state
    Checklist((step,)).undo(lambda _: None, Running(tmp_path))
    assert committed.tag == here.git("tag", "--list")


def test_the_tag_there(here: Place, committed: Release, tmp_path: Path) -> None:
    """ABSENT while tag and branch are free, DONE when both are there, and the tag object is the very same."""
    make(origin.tagged(committed), tmp_path)
    step = origin.pushed(committed)
    assert State.ABSENT is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state
    refs = remotes.refs(here.remote)
    assert {"refs/heads/main", f"refs/heads/{committed.branch}", f"refs/tags/{committed.tag}"} == refs.keys()
    assert step.undo is None
    here.git("tag", "--delete", committed.tag)
    here.git("tag", "-a", committed.tag, "-m", "Another of the same name", where=committed.tree)
    assert State.CONFLICT is step.observe().state


def test_a_tag_of_another_commit_is_there(here: Place, committed: Release) -> None:
    """It is never moved; a version is never used twice."""
    here.git("tag", committed.tag, "main", where=here.remote)
    found = origin.pushed(committed).observe()
    assert State.CONFLICT is found.state
    assert "a version is never used twice" in found.type_next


def test_another_commit_is_on_the_branch(here: Place, beginning: Beginning) -> None:
    """The branch and the push of the tag say the same, which is printed as one problem."""
    release = beginning()
    here.publish("Theirs")
    here.git("branch", release.branch, "main", where=here.remote)
    here.git("reset", "-q", "--hard", release.base)
    found = origin.pushed(release).observe()
    assert State.CONFLICT is found.state
    assert found == origin.branched(release).observe()


def test_main_moved_before_the_push_of_a_patch(here: Place, beginning: Beginning, tmp_path: Path) -> None:
    """A patch goes to main: when somebody else was faster, neither the branch nor the tag is pushed."""
    release = commit(here, beginning("patch", because="small"), tmp_path)
    assert release.branch == "main"
    make(origin.tagged(release), tmp_path)
    step = origin.pushed(release)
    assert State.ABSENT is step.observe().state
    here.publish("Theirs")
    before = remotes.refs(here.remote)
    found = step.observe()
    assert State.CONFLICT is found.state
    assert found.expected == "main at the commit that this release began at"
    with pytest.raises(FailedCommand, match="rejected"):
        step.act[0].run(Running(tmp_path / "log"))
    assert before == remotes.refs(here.remote)


def test_a_protected_branch(here: Place, committed: Release, tmp_path: Path) -> None:
    """The branch is refused, so the tag is not pushed either."""
    make(origin.tagged(committed), tmp_path)
    remotes.refuse(here.remote, "refs/heads/*")
    with pytest.raises(FailedCommand, match="protected"):
        make(origin.pushed(committed), tmp_path)
    assert {"refs/heads/main"} == remotes.refs(here.remote).keys()


def test_main_gets_the_release(here: Place, committed: Release, tmp_path: Path) -> None:
    """ABSENT at the base, DONE at or above the release commit; where main went another way, it is merged."""
    step = merge_back.merged(committed)
    assert State.ABSENT is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state
    here.git("pull", "-q", "origin", "main")
    here.publish("More")
    assert State.DONE is step.observe().state
    here.git("reset", "-q", "--hard", committed.base)
    here.git("commit", "-q", "--allow-empty", "-m", "Aside")
    here.git("push", "-q", "-f", "origin", "main")
    assert State.ABSENT is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state
    assert len(here.git("log", "-1", "--format=%P", "main", where=here.remote).split()) == 2


def test_no_answer_is_never_absent(here: Place, committed: Release) -> None:
    """Every look at a remote that is gone raises."""
    here.remote.rename(here.remote.with_name("gone.git"))
    for step in (origin.branched(committed), origin.pushed(committed), merge_back.merged(committed)):
        with pytest.raises(Unanswered, match="git ls-remote origin ended with 128"):
            step.observe()
