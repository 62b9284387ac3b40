"""Temporary files of a run are in one private folder, which is gone after it, also when it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from contd_release.errors import Unwritable
from contd_release.process import temporary
from contd_release.process.command import Command

# A run that starts a command and is killed.
RUN = """
import os, pathlib, signal, subprocess, sys, tempfile
from contd_release.process import temporary
with temporary.folder(pathlib.Path(sys.argv[1])):
    made = pathlib.Path(tempfile.mkdtemp())
    (made / "secret").write_text("CaNaRy7")
    made.chmod(0o500)
    number = getattr(signal, sys.argv[2])
    if number != signal.SIGKILL:
        # Under nohup it would be ignored.
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    signal.pause()
"""


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the temporary files of this machine."""
    path = tmp_path / "tmp"
    path.mkdir()
    monkeypatch.setenv("TMPDIR", str(path))
    return path


def killed(notes: Path, how: str) -> None:
    """A run that ended without cleaning up."""
    done = subprocess.run((sys.executable, "-P", "-c", RUN, str(notes), how), check=False)
    assert -getattr(signal, how) == done.returncode


def test_the_run_and_its_commands_use_the_folder(tmp_path: Path, room: Path) -> None:
    """Private, and gone afterwards; then everything is as it was."""
    before = (os.environ["TMPDIR"], tempfile.tempdir)
    with temporary.folder(tmp_path / "notes"):
        (path,) = room.iterdir()
        assert (str(path), str(path)) == (os.environ["TMPDIR"], tempfile.gettempdir())
        assert path.stat().st_mode & 0o777 == 0o700
        assert str(path) == Command(("sh", "-c", "printf %s $TMPDIR")).ask().out
        (path / "left").mkdir(mode=0o500)
    assert before == (os.environ["TMPDIR"], tempfile.tempdir)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["tmp"]
    assert list(room.iterdir()) == []


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path, room: Path, how: str) -> None:
    """Also where the temporary folder of the machine is another one by then."""
    killed(tmp_path / "notes", how)
    killed(tmp_path / "notes", how)
    assert len(list(room.iterdir())) == 1

    with temporary.folder(tmp_path / "notes"):
        assert len(list(room.iterdir())) == 1

    killed(tmp_path / "notes", how)
    os.environ["TMPDIR"] = str(tmp_path)
    with temporary.folder(tmp_path / "notes"):
        assert list(room.iterdir()) == []


def test_a_run_that_lives_keeps_its_folder(tmp_path: Path, room: Path) -> None:
    """Two runs at the same time do not remove each other's files."""
    with temporary.folder(tmp_path / "notes"):
        (path,) = room.iterdir()
        os.environ["TMPDIR"] = str(room)
        code = "import pathlib, sys; from contd_release.process import temporary\n"
        code += "with temporary.folder(pathlib.Path(sys.argv[1])): pass"
        subprocess.run((sys.executable, "-P", "-c", code, str(tmp_path / "notes")), check=True)
        assert [path] == list(room.iterdir())


def test_nothing_but_a_folder_of_ours_is_removed(tmp_path: Path) -> None:
    """A note is a hint: another name, a link, and a file that is not a note of ours are left."""
    kept, notes = tmp_path / "kept", tmp_path / "notes"
    for folder in (kept, notes):
        folder.mkdir()
    (kept / "file").write_text("x")
    (tmp_path / "contd-release-00000001").symlink_to(kept)
    for name, path in (
        ("contd-release-00000000", kept),
        ("contd-release-00000001", tmp_path / "contd-release-00000001"),
        ("kept", kept),
        ("contd-release-00000002", ""),
    ):
        (notes / name).write_text(str(path))

    with temporary.folder(notes):
        pass

    assert (kept / "file").read_text() == "x"
    assert {"contd-release-00000000", "kept"} == {path.name for path in notes.iterdir()}


def test_no_room_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is named, and Python does not fall back to the current one."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    with pytest.raises(Unwritable) as error, temporary.folder(tmp_path / "notes"):
        pass
    assert f"No such file or directory: {tmp_path}/missing/contd-release-" in str(error.value)
    assert f"type:     df -h {tmp_path}/missing " in str(error.value)
    assert not (tmp_path / "notes").exists()
