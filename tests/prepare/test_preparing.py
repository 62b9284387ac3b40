"""The steps before the proof: what each says of every state of the clone and of the release's tree."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.errors import FailedCommand, Unanswered
from contd_release.prepare import notes, repository, tree, versions
from contd_release.process.action import Running
from contd_release.project.release import Release

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place


def make(step: Step, logs: Path) -> Step:
    """Make a step true."""
    Checklist((step,)).walk(lambda _: None, Running(logs))
    return step


@pytest.fixture
def treed(beginning: Beginning, tmp_path: Path) -> Release:
    """A release that has its worktree, and nothing in it yet."""
    release = beginning()
    make(tree.checked_out(release), tmp_path)
    return release


def test_a_worktree_that_is_somewhere_else(here: Place, treed: Release) -> None:
    """A worktree under our name at another commit is not ours: CONFLICT, with the command that removes it."""
    here.git("checkout", "-q", "--orphan", "other", where=treed.tree)
    here.git("commit", "-qm", "Other", where=treed.tree)
    found = tree.checked_out(treed).observe()
    assert State.CONFLICT is found.state
    assert f"git -C {here.clone} worktree remove --force {treed.tree}" == found.type_next


def test_a_worktree_that_a_kill_left_half_made(treed: Release, tmp_path: Path) -> None:
    """A folder without its .git file is made anew."""
    (treed.tree / ".git").unlink()
    step = tree.checked_out(treed)
    assert State.ABSENT is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state


def test_a_checkout_that_was_killed(here: Place, beginning: Beginning, tmp_path: Path) -> None:
    """HEAD without the files is not a worktree, and the lock that git leaves behind is no obstacle."""
    step = tree.checked_out(beginning())
    half = next(one for one in step.act if "worktree add" in str(one))
    half.run(Running(tmp_path / "log"))
    assert State.ABSENT is step.observe().state
    [admin] = (here.clone / ".git/worktrees").iterdir()
    (admin / "locked").write_text("initializing", encoding="utf-8")
    assert State.DONE is make(step, tmp_path).observe().state
    assert 2 == len(here.git("worktree", "list").splitlines())


def test_a_worktree_that_somebody_deleted(treed: Release, tmp_path: Path) -> None:
    """A worktree that git still knows and nobody has is made anew."""
    shutil.rmtree(treed.tree)
    step = tree.checked_out(treed)
    assert State.ABSENT is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state


def test_version_files_untouched_half_and_done(treed: Release, tmp_path: Path) -> None:
    """
    ABSENT while they say the old version, PARTIAL with one of them changed, DONE with all; half is put back first.
    """
    step = versions.bumped(treed)
    assert State.ABSENT is step.observe().state
    half = treed.tree / "contd/__init__.py"
    half.write_text(half.read_text(encoding="utf-8").replace("0.1.5", "0.2.0"), encoding="utf-8")
    assert State.PARTIAL is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state
    chart = (treed.tree / "helm/contd/Chart.yaml").read_text(encoding="utf-8")
    assert 'version: 0.2.0\nappVersion: "0.2.0"\n' in chart


def test_the_bump_leaves_the_index_alone(here: Place, treed: Release, tmp_path: Path) -> None:
    """towncrier writes it beside the bump: refreshed by bump-my-version, it would be locked just then."""
    index = Path(here.git("rev-parse", "--path-format=absolute", "--git-path", "index", where=treed.tree).strip())
    os.utime(treed.tree / "LICENSE", (0, 0))
    before = index.read_bytes()
    assert State.DONE is make(versions.bumped(treed), tmp_path).observe().state
    assert before == index.read_bytes()
    assert [] == list(treed.tree.parent.glob("*.index*"))


def test_version_files_without_a_tree(beginning: Beginning) -> None:
    """There is nothing to bump yet."""
    assert State.ABSENT is versions.bumped(beginning()).observe().state


@pytest.mark.parametrize("half", ["notes only", "changelog and fragments", "fragments gone"])
def test_notes_half_written(here: Place, treed: Release, tmp_path: Path, half: str) -> None:
    """However far towncrier came before it was killed, the changelog gets one section and loses no change."""
    step = notes.written(treed)
    assert State.ABSENT is step.observe().state
    if half == "notes only":
        (treed.tree / treed.notes).write_text("half of", encoding="utf-8")
    elif half == "fragments gone":
        here.git("rm", "-q", "newsfragments/12.feature.md", where=treed.tree)
    else:
        make(step, tmp_path)
        here.git("restore", "--staged", "--worktree", "newsfragments", where=treed.tree)
    assert (State.ABSENT if half == "fragments gone" else State.PARTIAL) is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state
    changelog = (treed.tree / "CHANGELOG.md").read_text(encoding="utf-8")
    assert 1 == changelog.count("## [0.2.0] - 2027-01-15")
    assert 1 == changelog.count("`python -m contd` prints what is left")


def test_notes_of_a_pre_release_keep_the_fragments(beginning: Beginning, tmp_path: Path) -> None:
    """The final tells everything again: a pre-release only writes its own notes."""
    release = beginning(pre="rc")
    assert "0.2.0rc1" == str(release.version)
    make(tree.checked_out(release), tmp_path)
    step = notes.written(release)
    assert State.ABSENT is step.observe().state
    assert State.DONE is make(step, tmp_path).observe().state
    assert (release.tree / "newsfragments/12.feature.md").is_file()
    assert "0.2.0rc1" not in (release.tree / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "prints what is left" in (release.tree / "changelog.d/0.2.0rc1.md").read_text(encoding="utf-8")


def test_a_commit_of_somebody_else(here: Place, treed: Release) -> None:
    """A commit in our worktree with another message is not ours."""
    step = tree.committed(treed)
    assert State.ABSENT is step.observe().state
    here.git("commit", "-q", "--allow-empty", "-m", "Not this", where=treed.tree)
    found = step.observe()
    assert State.CONFLICT is found.state
    assert "'Not this'" in found.detail


def test_a_lock_that_a_killed_git_left(here: Place, treed: Release, tmp_path: Path) -> None:
    """Nobody else works in our worktree, so a lock on its index is nobody's."""
    lock = Path(here.git("rev-parse", "--path-format=absolute", "--git-path", "index.lock", where=treed.tree))
    lock.touch()
    assert State.DONE is make(notes.written(treed), tmp_path).observe().state
    lock.touch()
    assert State.DONE is make(tree.committed(treed), tmp_path).observe().state
    (treed.tree / ".git").unlink()
    with pytest.raises(FailedCommand, match="not a git repository"):
        make(tree.committed(treed), tmp_path)


def test_main_moves_while_a_release_is_prepared(here: Place, treed: Release) -> None:
    """
    DONE at the tip it began from; CONFLICT once somebody pushed; ABSENT without main; Unanswered without an answer.
    """
    step = repository.base_is_tip(treed)
    assert State.DONE is step.observe().state
    here.publish("Theirs")
    found = step.observe()
    assert State.CONFLICT is found.state
    assert "invoke abort, git pull, and begin again" == found.type_next
    here.git("update-ref", "-d", "refs/heads/main", where=here.remote)
    assert State.ABSENT is step.observe().state
    here.remote.rename(here.remote.with_name("gone.git"))
    for one in (step, repository.history_whole(treed)):
        with pytest.raises(Unanswered, match="git ls-remote origin ended with 128"):
            one.observe()


def test_old_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that is missing or too old is named with the version that is expected."""
    monkeypatch.setitem(repository.TOOLS, "twine", "999")
    monkeypatch.setitem(repository.TOOLS, "no-such-tool", "1.0")
    found = repository.tools_here().observe()
    assert State.ABSENT is found.state
    assert "(expected 999 or later)" in found.detail
    assert "no-such-tool is not installed (expected 1.0 or later)" in found.detail
