"""A tool that was started ahead does what one does that is started for its command, and nobody is left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from processes import children, is_alive, soon

from contd_release.errors import FailedCommand, Interrupted, Usage
from contd_release.process import waiting as program
from contd_release.process.action import Running
from contd_release.process.ahead import Ahead
from contd_release.process.command import Command
from contd_release.project.version import parse
from contd_release.tools import bumpversion, towncrier, twine

EXAMPLE = Path(__file__).parents[2] / "examples" / "contd"


@pytest.fixture
def ahead() -> Iterator[Ahead]:
    """Nobody waits yet."""
    with Ahead() as ahead:
        yield ahead


def waiting() -> list[int]:
    """The processes of this one that wait for a command."""
    return [pid for pid, words in children(os.getpid()).items() if program.__file__ in words]


def helped(folder: Path) -> Command:
    """A command that changes nothing."""
    return Command(towncrier.TOOL.argv("--help"), cwd=folder, tool=towncrier.TOOL)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def done(command: Command, log: Path, ahead: Ahead) -> str:
    """What a command said, or how it failed, without where its log is."""
    try:
        command.run(Running(log, ahead=ahead))
    except FailedCommand as error:
        return error.what_is
    return log.read_text(encoding="utf-8").partition("\n")[2]


def test_it_does_the_same(tmp_path: Path, ahead: Ahead) -> None:
    """Files, output and exit codes are those of a tool that was started for its command; each serves once."""
    ended, waited = {}, {}
    for name, one in (("ahead", ahead), ("fresh", Ahead())):
        folder = tmp_path / name / "contd"
        shutil.copytree(EXAMPLE, folder)
        commands = (
            bumpversion.bump(folder, parse("0.1.5"), parse("0.2.0")),
            towncrier.build(folder, "0.2.0", "2026-02-03"),
            twine.check([folder / "LICENSE"]),
            twine.check([folder / "README.md"]),
        )
        if one is ahead:
            one.expect(command.tool for command in commands if command.tool)
        said, waited[name] = [], list[int]()
        for number, command in enumerate(commands):
            waited[name].append(len(waiting()))
            said.append(done(command, tmp_path / name / f"log-{number}", one).replace(str(folder.parent), "FOLDER"))
        ended[name] = said, contents(folder)
    assert {"ahead": [2, 2, 2, 1], "fresh": [0, 0, 0, 0]} == waited
    assert ended["fresh"] == ended["ahead"]
    said, files = ended["ahead"]
    assert b'version = "0.2.0"' in files["pyproject.toml"]
    assert b"2026-02-03" in files["CHANGELOG.md"]
    assert "InvalidDistribution" in said[-1]
    assert "ended with 1" in said[-1]
    assert [] == waiting()


def test_it_gets_its_surroundings_with_its_command(tmp_path: Path) -> None:
    """
    Words, folder, environment, umask and exit code are the command's; a module that is not there is no reason to fail.
    """
    (tmp_path / "probe.py").write_text(
        "import gc, json, os, sys\n"
        "told = [sys.argv[1:], os.getcwd(), os.umask(0), dict(os.environ), sys.stdin.read()]\n"
        "print(json.dumps([*told, __name__, gc.isenabled()]))\n"
        "raise SystemExit(7)\n",
        encoding="utf-8",
    )
    argv = (sys.executable, "-P", program.__file__, "probe", "no.such.module,json.tool", "no_such_module")
    env = os.environ | {"PYTHONPATH": str(tmp_path), "BEFORE": "1"}
    task = {"words": ["a b", "--c"], "cwd": "/", "env": {"AFTER": "2"}, "umask": 0o27}
    told = subprocess.run(argv, input=json.dumps(task).encode(), env=env, capture_output=True, check=False)
    assert (7, b"") == (told.returncode, told.stderr)
    assert [["a b", "--c"], "/", 0o27, {"AFTER": "2"}, "", "__main__", True] == json.loads(told.stdout)
    told = subprocess.run(argv, stdin=subprocess.DEVNULL, env=env, capture_output=True, check=False)
    assert (0, b"", b"") == (told.returncode, told.stdout, told.stderr)


@pytest.mark.parametrize("uses", ["", "unused.VALUE; unused.VALUE", "unused.inner.VALUE", "from unused import VALUE"])
def test_what_is_unused_is_imported_where_it_is_used(tmp_path: Path, uses: str) -> None:
    """As a module, as a package with modules in it, by name, once; and not at all where nobody does."""
    (tmp_path / "unused").mkdir()
    (tmp_path / "unused" / "__init__.py").write_text("print('imported')\nVALUE = 1\n", encoding="utf-8")
    (tmp_path / "unused" / "inner.py").write_text("VALUE = 2\n", encoding="utf-8")
    code = f"import unused\nimport unused\n{'import unused.inner' if 'inner' in uses else ''}\n{uses}\n"
    (tmp_path / "probe.py").write_text(code, encoding="utf-8")
    argv = (sys.executable, "-P", program.__file__, "probe", "json", "unused")
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    task = json.dumps({"words": [], "cwd": "/", "env": {}, "umask": -1}).encode()
    told = subprocess.run(argv, input=task, env=env, capture_output=True, check=False)
    assert (0, b"") == (told.returncode, told.stderr)
    assert ["imported"] * bool(uses) == told.stdout.decode().split()


def test_what_the_bump_does_not_use_is_not_imported(tmp_path: Path) -> None:
    """bump-my-version asks nobody and fetches nothing: neither questionary nor httpx comes with it."""
    shutil.copytree(EXAMPLE, tmp_path / "contd")
    tool, command = bumpversion.TOOL, bumpversion.bump(tmp_path / "contd", parse("0.1.5"), parse("0.2.0"))
    argv = (sys.executable, "-P", program.__file__, tool.module, ",".join(tool.imports), ",".join(tool.unused))
    task = {"words": tool.words(command.argv), "cwd": str(tmp_path / "contd"), "env": dict(os.environ), "umask": -1}
    env = os.environ | {"PYTHONPROFILEIMPORTTIME": "1"}
    told = subprocess.run(argv, input=json.dumps(task).encode(), env=env, capture_output=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in told.stderr.decode().splitlines()}
    assert {"bumpversion.commands", "pydantic"} <= imported
    assert set() == imported & {*tool.unused, "prompt_toolkit", "httpcore", "httpcore2"}


def test_whoever_still_waits_is_ended() -> None:
    """A walk that stops early leaves no process; no more wait at a time than there are cores to use."""
    with Ahead() as ahead:
        ahead.expect([bumpversion.TOOL, towncrier.TOOL, twine.CHECK])
        assert 2 == len(waiting())
        ahead.expect([twine.CHECK, twine.UPLOAD])
        assert 2 == len(waiting())
    assert [] == waiting()


def test_it_ends_with_whoever_started_it() -> None:
    """A killed walk leaves nobody who waits for it."""
    code = (
        "import time\n"
        "from contd_release.process.ahead import Ahead\n"
        "from contd_release.tools import bumpversion, towncrier\n"
        "Ahead().expect([bumpversion.TOOL, towncrier.TOOL])\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen((sys.executable, "-c", code)) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        assert soon(lambda: 2 == len(children.read_text().split()))
        waiting = [int(pid) for pid in children.read_text().split()]
        assert all(is_alive(pid) for pid in waiting)
        process.send_signal(signal.SIGKILL)
    assert soon(lambda: not any(is_alive(pid) for pid in waiting))


def test_one_that_died_is_done_without(tmp_path: Path, ahead: Ahead) -> None:
    """The command is run as if nobody had waited."""
    ahead.expect([towncrier.TOOL])
    (pid,) = waiting()
    os.kill(pid, signal.SIGKILL)
    assert soon(lambda: not is_alive(pid))
    helped(tmp_path).run(Running(tmp_path / "log", ahead=ahead))
    assert "Usage: " in (tmp_path / "log").read_text(encoding="utf-8")


def test_bad_input_is_told_as_ever(tmp_path: Path, ahead: Ahead) -> None:
    """A folder that is not there, and a walk that is stopped while the tool works."""
    ahead.expect([towncrier.TOOL])
    with pytest.raises(Usage, match="nowhere is not there"):
        helped(tmp_path / "nowhere").run(Running(tmp_path / "log", ahead=ahead))
    stop = Event()
    stop.set()
    with pytest.raises(Interrupted, match="was not started"):
        helped(tmp_path).run(Running(tmp_path / "log", stop=stop, ahead=ahead))
    assert 1 == len(waiting())


@pytest.mark.parametrize("differs", [{"stdin": "text"}, {"stdout": "out"}])
def test_what_it_cannot_do_is_done_by_another(tmp_path: Path, ahead: Ahead, differs: dict[str, str]) -> None:
    """Who waits reads its command from standard input, and its output goes to the log."""
    ahead.expect([towncrier.TOOL])
    told = {name: tmp_path / value if name == "stdout" else value for name, value in differs.items()}
    replace(helped(tmp_path), **told).run(Running(tmp_path / "log", ahead=ahead))  # type: ignore[arg-type]
    assert 1 == len(waiting())
    said = tmp_path / differs["stdout"] if "stdout" in differs else tmp_path / "log"
    assert "Usage: " in said.read_text(encoding="utf-8")


def test_one_that_cannot_be_started_is_done_without(ahead: Ahead, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the way is told by its command, if it still is then."""
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    ahead.expect([towncrier.TOOL, twine.CHECK])
    assert [] == waiting()
