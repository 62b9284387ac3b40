"""Adoption writes everything or nothing, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contd_release.adopt.draft import Change
from contd_release.adopt.write import journal
from contd_release.errors import Conflict, NotReady, Unwritable
from tests.adopt.scenario import FOLDER, Scenario
from tests.conftest import Place, contents

KILLED = Path(__file__).parents[2] / "support" / "killed_adoption.py"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A repository that is not adopted."""
    return Scenario(FOLDER / "hatch-dynamic-crlf").begun(tmp_path)


def mine(place: Place) -> dict[str, str]:
    """Everything in the clone but our own room."""
    return {path: one for path, one in contents(place.clone).items() if not path.startswith(".git/contd-release")}


def killed(place: Place, number: int, *words: str) -> int:
    """Adopt, and die before this write; the exit code."""
    argv = (sys.executable, "-P", str(KILLED), str(number), *words)
    done = subprocess.run(argv, cwd=place.clone, env=place.environment(), capture_output=True, timeout=120, check=False)
    return done.returncode


@pytest.mark.slow(minutes=1)
def test_killed_at_every_write_the_tree_is_as_it_was(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """The process that stays puts back what was moved, until all of it is written; then all of it stays."""
    before, number, kept = mine(place), 0, 0
    while killed(place, number := number + 1):
        deadline = time.monotonic() + 5
        while (place.state / "adopt" / "adoption.json").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        is_whole = place.say("adopt", "--check").code == 0
        assert is_whole or before == mine(place), f"after write {number}"
        kept += not is_whole
        if is_whole:
            break
    with capsys.disabled():
        sys.stdout.write(f"{kept} kills, each before another write: the tree is as it was\n")
    assert kept > 20


@pytest.mark.slow(minutes=1)
def test_killed_together_with_its_guard_the_next_adoption_puts_everything_back(place: Place) -> None:
    """Whatever the next adoption is asked to do, it begins with the tree as it was."""
    before, number, interrupted = mine(place), 0, 0
    while killed(place, number := number + 1, "guard"):
        said = place.say("adopt", "--check")
        if said.code == 0:
            break
        interrupted += "an adoption was interrupted" in said.out
        assert before == mine(place), f"after write {number}"
    assert interrupted > 5


def change(path: str, before: bytes | None, after: bytes | None) -> Change:
    """A change of one file."""
    return Change(path, before, after)


def test_a_file_that_was_edited_meanwhile_stops_it(tmp_path: Path) -> None:
    """Nothing is written over somebody's work."""
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(Conflict, match="a has changed since it was read"):
        journal.write(tmp_path, tmp_path / "room", [change("b", None, b"new"), change("a", b"old", b"new")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    """Nothing outside of the repository is written."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "docs").symlink_to(outside)
    with pytest.raises(NotReady, match=r"docs/conf\.py is a link, or lies below one"):
        journal.write(root, tmp_path / "room", [change("docs/conf.py", None, b"new")])
    assert list(outside.iterdir()) == []


def test_where_a_folder_cannot_be_written_nothing_is(tmp_path: Path) -> None:
    """A file in the way of a folder stands for any disk that refuses."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").write_bytes(b"old")
    (root / "in-the-way").write_bytes(b"")
    before = contents(root)
    with pytest.raises(Unwritable, match="every file is as it was"):
        journal.write(root, tmp_path / "room", [change("a", b"old", b"new"), change("in-the-way/b", None, b"new")])
    assert before == contents(root)


def test_modes_are_kept(tmp_path: Path) -> None:
    """A script stays one."""
    script = tmp_path / "run"
    script.write_bytes(b"old")
    script.chmod(0o755)
    journal.write(tmp_path, tmp_path / "room", [change("run", b"old", b"new")])
    assert (script.read_bytes(), script.stat().st_mode & 0o777) == (b"new", 0o755)


def test_ctrl_c_puts_everything_back(place: Place) -> None:
    """The key reaches the process that writes, and the one that watches it ignores it."""
    before = mine(place)
    argv = (sys.executable, "-P", "-m", "contd_release", "adopt")
    with subprocess.Popen(argv, cwd=place.clone, env=place.environment(), start_new_session=True) as process:
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)
    assert before == mine(place)
