"""The release commit: what the journal notes, wherever a worktree is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.errors import NotReady
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.records import commit, journal
from contd_release.records.entries import Begun, Committed, Ended

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place


def test_a_release_has_the_commit_that_was_noted(beginning: Beginning, place: Place) -> None:
    """A commit in its worktree that was not noted is none of it; one that was noted stays, whatever is in there."""
    release = beginning()
    assert commit.release_commit(release) is None
    place.git("worktree", "add", "--quiet", "--detach", str(release.tree), release.base)
    place.git("commit", "--quiet", "--allow-empty", "--message", "Release", where=release.tree)
    assert commit.release_commit(release) is None
    ours = place.git("rev-parse", "HEAD", where=release.tree)
    journal.of(release.project).append(Committed(version="0.2.0", commit=ours))

    place.git("commit", "--quiet", "--allow-empty", "--message", "A proof commits", where=release.tree)
    assert ours == commit.release_commit(release)
    place.git("worktree", "remove", "--force", str(release.tree))
    assert ours == commit.required(release)


def test_an_aborted_release_has_none(beginning: Beginning) -> None:
    """The same version begun again is another attempt, with a commit of its own."""
    release = beginning()
    entries = journal.of(release.project)
    entries.append(Committed(version="0.2.0", commit="1" * 40))
    entries.append(Ended(version="0.2.0", how="aborted"))
    assert commit.release_commit(release) is None
    entries.append(Committed(version="0.2.0", commit="1" * 40))
    entries.append(Ended(version="0.2.0", how="finished"))
    assert commit.release_commit(release) == "1" * 40
    entries.append(Begun(version="0.2.0", previous="0.1.5", base="0" * 40, epoch=1))
    assert commit.release_commit(release) is None


def test_a_command_names_the_commit_once_it_is_made(beginning: Beginning, tmp_path: Path) -> None:
    """The plan shows where it will stand; before it is made, nothing runs."""
    release = beginning()
    told = commit.OfCommit(release, lambda made: Command(("echo", made)))
    assert str(told) == "echo COMMIT"
    with pytest.raises(NotReady, match="there is no release commit"):
        told.run(Running(tmp_path / "log"))
    journal.of(release.project).append(Committed(version="0.2.0", commit="1" * 40))
    told.run(Running(tmp_path / "log"))
    assert f"echo {'1' * 40}" in (tmp_path / "log").read_text(encoding="utf-8")
