"""One release at a time in one clone, the commands included that outlive a killed walk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contd_release.errors import Conflict, Unwritable
from contd_release.records import lock

# A walk that holds the lock, starts a command that inherits it, and is killed.
WALK = """
import os, pathlib, signal, subprocess, sys
from contd_release.records import lock
with lock.held(pathlib.Path(sys.argv[1])):
    subprocess.Popen(["sleep", sys.argv[2]], close_fds=False, start_new_session=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def walk(path: Path, seconds: str) -> subprocess.Popen[bytes]:
    """A walk that was killed while its command goes on for some seconds."""
    return subprocess.Popen((sys.executable, "-P", "-c", WALK, str(path), seconds))


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """The process is ended, whatever happens."""
    try:
        yield
    finally:
        process.kill()


def test_a_command_that_outlives_its_walk_is_waited_for(tmp_path: Path) -> None:
    """The next walk does not race what the killed one has started."""
    walk(tmp_path / "lock", "1.5").wait()
    began = time.monotonic()
    with lock.held(tmp_path / "lock"):
        assert 0.5 < time.monotonic() - began < 10


def test_a_killed_walk_that_nobody_waited_for_does_not_live(tmp_path: Path) -> None:
    """In a container without an init the dead stay in the process table; they hold nothing."""
    process = walk(tmp_path / "lock", "1.5")
    while Path("/proc", str(process.pid), "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.02)
    with lock.held(tmp_path / "lock"):
        assert process.returncode is None
    process.wait()


def test_a_release_that_runs_is_not_waited_for(tmp_path: Path) -> None:
    """A second release in the same clone is refused at once, and the process of the first is named."""
    with (
        lock.held(tmp_path / "lock"),
        pytest.raises(Conflict, match=rf"another release runs in this clone \(process {os.getpid()}\)"),
        lock.held(tmp_path / "lock", wait=2),
    ):
        pytest.fail("the lock is held twice")
    with lock.held(tmp_path / "lock", wait=0):
        pass


def test_a_daemon_does_not_keep_the_lock_of_a_walk_that_has_ended(tmp_path: Path) -> None:
    """A proof may leave a server running; the next walk begins at once."""
    with lock.held(tmp_path / "lock"):
        daemon = subprocess.Popen(("sleep", "60"), close_fds=False, start_new_session=True)
    with daemon, ended(daemon), lock.held(tmp_path / "lock", wait=0.2):
        assert daemon.poll() is None


def test_patience_ends(tmp_path: Path) -> None:
    """A command that does not end is named, not the dead walk that started it, and the next walk does not begin."""
    walk(tmp_path / "lock", "1.5").wait()
    dead = (tmp_path / "lock").read_text(encoding="utf-8").strip()
    with pytest.raises(Conflict) as caught, lock.held(tmp_path / "lock", wait=0.2):
        pytest.fail("the lock is held by the command")
    living = re.search(r"left behind still runs in this clone: process (\d+) \(sleep\)", str(caught.value))
    assert living
    assert living[1] != dead
    assert f"kill {living[1]} " in caught.value.type_next
    with lock.held(tmp_path / "lock"):
        pass


@pytest.mark.parametrize("content", [b"\0", b"\xff\xfe", b"1\0", b"-1", b"../self", b"9" * 5000, "٣".encode(), b""])
def test_whatever_the_file_holds(tmp_path: Path, content: bytes) -> None:
    """A process that is not named is not looked for; a free lock is taken."""
    walk(tmp_path / "lock", "1").wait()
    (tmp_path / "lock").write_bytes(content)
    with pytest.raises(Conflict, match="left behind"), lock.held(tmp_path / "lock", wait=0.1):
        pytest.fail("the lock is held by the command")
    with lock.held(tmp_path / "lock"):
        pass


def test_a_pipe_is_no_lock(tmp_path: Path) -> None:
    """It is refused, and nothing waits for it."""
    os.mkfifo(tmp_path / "lock")
    with pytest.raises(Unwritable, match="it is no file"), lock.held(tmp_path / "lock"):
        pytest.fail("a pipe is locked")


def test_what_is_in_its_way_is_told(tmp_path: Path) -> None:
    """A file where the folder should be, or a folder that may not be written."""
    (tmp_path / "contd-release").touch()
    with (
        pytest.raises(Unwritable, match=r"cannot be opened: File exists: .*/lock\n.*\n  type:     ls -ld "),
        lock.held(tmp_path / "contd-release" / "lock"),
    ):
        pytest.fail("there is no lock")
