"""A release that begins has a head start; one that continues needs none, and nothing is left of it when it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from processes import children

from contd_release.errors import NotReady
from contd_release.procedures import head_start
from contd_release.process import waiting
from contd_release.tools import bumpversion

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place


def ahead(pid: int) -> list[str]:
    """The tools that a process has started ahead."""
    return [words[3] for words in children(pid).values() if waiting.__file__ in words]


def environment(pid: int) -> set[str]:
    """What a process was started with."""
    return {*Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").split("\0")}


def seen(process: subprocess.Popen[str]) -> list[list[str]]:
    """Every command line that was seen while a process ran."""
    found: list[list[str]] = []
    while process.poll() is None:
        found += [words for words in children(process.pid).values() if words not in found]
        time.sleep(0.01)
    return found


def test_the_slowest_tool_is_started_first(here: Place) -> None:
    """It imports itself before the lock is held, and ends where nobody needs it after all."""
    with head_start.given(begins=True) as start:
        assert ["bumpversion"] == ahead(os.getpid())
        (pid,) = children(os.getpid())
        assert {f"{name}={value}" for name, value in bumpversion.TOOL.env.items()} <= environment(pid)
        assert here.state / "lock" == start.lock.path
        start.lock.acquire()
    assert [] == ahead(os.getpid())


def test_it_is_given_once(here: Place) -> None:
    """What the program was given before its task began is what the task gets."""
    with head_start.given(begins=True) as start, head_start.given(begins=True) as again:
        assert start is again
        assert ["bumpversion"] == ahead(os.getpid())


def test_who_does_not_begin_gets_no_tool(here: Place, beginning: Beginning) -> None:
    """Neither who begins nothing, nor who continues."""
    with head_start.given(begins=False) as start:
        assert (None, []) == (start.ahead, ahead(os.getpid()))
    beginning()
    with head_start.given(begins=True) as start:
        assert (None, []) == (start.ahead, ahead(os.getpid()))


def test_outside_of_a_clone_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program says so as its task does."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotReady, match="is not in a git repository"), head_start.given(begins=True):
        pytest.fail("there is no clone")
    argv = (sys.executable, "-P", "-m", "contd_release", "release", "--part", "minor")
    told = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert 2 == told.returncode
    assert "is not in a git repository" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_release_uses_what_was_started_ahead(release: Place) -> None:
    """No tool of it is started anew; the next command, which continues, starts none ahead."""
    with release.start("release", "--part", "minor") as process:
        words = seen(process)
        assert process.stdout
        said = process.stdout.read()
    assert 8 == process.returncode, said
    tools = {"bumpversion", "towncrier", "build", "twine"}
    assert tools == {line[3] for line in words if waiting.__file__ in line}
    assert set() == tools & {line[3] for line in words if line[2:3] == ["-m"]}
    with release.start("release", "--yes") as process:
        words = seen(process)
    assert 0 == process.returncode
    assert words
    assert [] == [line for line in words if waiting.__file__ in line]
