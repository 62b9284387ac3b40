"""The steps before the proof: what each says of every state of the clone and of the release's tree."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, FailedCommand, NotReady, Unanswered
from contd_release.prepare import notes, repository, tree, versions
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.records import commit
from contd_release.tools import git

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


def test_a_worktree_that_is_somewhere_else(here: Place, treed: Release, tmp_path: Path) -> None:
    """A commit of somebody else in our worktree is not thrown away: a conflict, with the command that removes it."""
    here.git("checkout", "-q", "--orphan", "other", where=treed.tree)
    here.git("commit", "-qm", "Other", where=treed.tree)
    with pytest.raises(Conflict, match="this release did not make that commit") as caught:
        make(tree.checked_out(treed), tmp_path)
    assert f"git -C {here.clone} worktree remove --force {treed.tree}" == caught.value.type_next
    here.git(*caught.value.type_next.split()[3:])
    assert State.DONE is make(tree.checked_out(treed), tmp_path).observe().state


def test_a_worktree_that_a_kill_left_with_a_commit(here: Place, treed: Release, tmp_path: Path) -> None:
    """Committed and not noted: the worktree is made again from the base, and the same commit in it."""
    step = tree.committed(treed)
    (treed.tree / "VERSION").write_text("0.2.0\n", encoding="utf-8")
    for action in step.act[:-1]:
        action.run(Running(tmp_path / "log"))
    made = here.git("rev-parse", "HEAD", where=treed.tree)
    assert (tree.checked_out(treed).observe().state, step.observe().state) == (State.PARTIAL, State.PARTIAL)
    assert State.DONE is make(tree.checked_out(treed), tmp_path).observe().state
    assert treed.base == here.git("rev-parse", "HEAD", where=treed.tree)
    (treed.tree / "VERSION").write_text("0.2.0\n", encoding="utf-8")
    make(step, tmp_path)
    assert made == commit.release_commit(treed)


def test_a_commit_that_is_lost_here_comes_from_the_remote(here: Place, treed: Release, tmp_path: Path) -> None:
    """The worktree and the objects are gone, the branch is on the remote; where it is nowhere, that is said."""
    (treed.tree / "VERSION").write_text("0.2.0\n", encoding="utf-8")
    make(tree.committed(treed), tmp_path)
    made = commit.required(treed)
    here.git("push", "-q", str(here.remote), f"{made}:refs/heads/release/v0.2.0")
    lose(here, treed)
    assert State.DONE is make(tree.checked_out(treed), tmp_path).observe().state
    assert made == here.git("rev-parse", "HEAD", where=treed.tree)
    here.git("push", "-q", str(here.remote), ":refs/heads/release/v0.2.0")
    lose(here, treed)
    with pytest.raises(NotReady, match=f"{made}, the commit of contd 0.2.0, is neither in this clone nor on origin"):
        make(tree.checked_out(treed), tmp_path)


def lose(here: Place, release: Release) -> None:
    """Lose the cache, and let git throw away what only the cache needed."""
    shutil.rmtree(here.cache)
    here.git("worktree", "prune")
    here.git("reflog", "expire", "--expire=now", "--all")
    here.git("gc", "--quiet", "--prune=now")
    assert git.commit(here.clone, commit.required(release)) is None


def test_a_worktree_that_a_kill_left_half_made(treed: Release, tmp_path: Path) -> None:
    """A folder without its .git file is made anew."""
    (treed.tree / ".git").unlink()
    step = tree.checked_out(treed)
    assert State.PARTIAL is step.observe().state
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
    assert len(here.git("worktree", "list").splitlines()) == 2


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
    assert list(treed.tree.parent.glob("*.index*")) == []


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
    assert changelog.count("## [0.2.0] - 2027-01-15") == 1
    assert changelog.count("`python -m contd` prints what is left") == 1


def test_notes_of_a_pre_release_keep_the_fragments(beginning: Beginning, tmp_path: Path) -> None:
    """The final tells everything again: a pre-release only writes its own notes."""
    release = beginning(pre="rc")
    assert str(release.version) == "0.2.0rc1"
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
    step = make(tree.committed(treed), tmp_path)
    assert State.DONE is step.observe().state
    (treed.tree / ".git").unlink()
    with pytest.raises(FailedCommand, match="not a git repository"):
        for action in step.act:
            action.run(Running(tmp_path / "log"))


def test_main_moves_while_a_release_is_prepared(here: Place, treed: Release) -> None:
    """
    DONE at the tip it began from; CONFLICT once somebody pushed; ABSENT without main; Unanswered without an answer.
    """
    step = repository.base_is_tip(treed)
    assert State.DONE is step.observe().state
    here.publish("Theirs")
    found = step.observe()
    assert State.CONFLICT is found.state
    assert found.type_next == "invoke abort; git pull   (then begin again)"
    here.git("update-ref", "-d", "refs/heads/main", where=here.remote)
    assert State.ABSENT is step.observe().state
    here.remote.rename(here.remote.with_name("gone.git"))
    for one in (step, repository.history_whole(treed)):
        with pytest.raises(Unanswered, match="git ls-remote origin ended with 128"):
            one.observe()


def test_old_tools(beginning: Beginning, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that is missing or too old is named with the version that is expected."""
    monkeypatch.setitem(repository.TOOLS, "twine", "999")
    monkeypatch.setitem(repository.TOOLS, "no-such-tool", "1.0")
    found = repository.tools_here(beginning()).observe()
    assert State.ABSENT is found.state
    assert "(expected 999 or later)" in found.detail
    assert "no-such-tool is not installed (expected 1.0 or later)" in found.detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('required-version = "==0.1.2"\n', 'python -m pip install "uv==0.1.2"'),
        ('required-version = "0.1.2"\n', 'python -m pip install "uv==0.1.2"'),
        ('required-version = ">=0.1"\n', ""),
    ],
)
def test_another_uv(here: Place, beginning: Beginning, text: str, expected: str) -> None:
    """uv refuses to build where the repository asks for another version of it: that is said before anything begins."""
    (here.clone / "uv.toml").write_text(text, encoding="utf-8")
    here.publish()
    found = repository.tools_here(beginning()).observe()
    assert (State.ABSENT if expected else State.DONE) is found.state
    assert expected == found.type_next
