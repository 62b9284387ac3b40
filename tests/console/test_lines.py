"""What is printed while a step runs, where there is no terminal."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.console import Json, Lines, Report, looked
from contd_release.engine.checklist import Checklist, Section
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.process.redaction import Redactor

if TYPE_CHECKING:
    from tests.conftest import Beginning

PROOF = "import time; print('test_ledger passed', flush=True); time.sleep(2)"


@pytest.fixture
def walked(beginning: Beginning, tmp_path: Path) -> Callable[[Report], None]:
    """Walks one step of a second with a report."""
    release = beginning()

    def walk(report: Report) -> None:
        done = tmp_path / "done"
        act = (Command(("python", "-c", PROOF)), Command(("touch", str(done))))
        step = Step(
            "the tree passes tests", lambda: Found(State.DONE if done.exists() else State.ABSENT, "as seen"), act=act
        )
        whole = Checklist((Section("prove", (step,)),))
        with report.watching(release, whole):
            whole.walk(report.event, Running(tmp_path / "logs"))

    return walk


def test_lines_say_what_runs(walked: Callable[[Report], None], capsys: pytest.CaptureFixture[str]) -> None:
    """A step that runs is named now and then, with the last line of its log, its seconds and the log's path."""
    walked(Lines(Redactor(None), pulse=0.4))
    lines = capsys.readouterr().out.splitlines()
    running = [line for line in lines if line.startswith("  … the tree passes tests: test_ledger passed  ")]
    assert len(running) >= 1
    assert running[0].endswith(".log")
    assert Path(running[0].rsplit("  ", 1)[1]).is_file()
    assert lines[-1].startswith("  ✓ the tree passes tests: as seen  ")


def test_a_pipe_is_never_silent_for_longer_than_15_seconds() -> None:
    """Fifteen seconds lie between two lines, for people and for machines."""
    assert 15 == Lines(Redactor(None)).pulse == Json(Redactor(None)).pulse


def test_json_says_what_runs(walked: Callable[[Report], None], capsys: pytest.CaptureFixture[str]) -> None:
    """The same as an object for each step."""
    walked(Json(Redactor(None), pulse=0.4))
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    running = [one for one in events if one["event"] == "running" and one["progress"] == "test_ledger passed"]
    assert len(running) >= 1
    assert (running[0]["section"], running[0]["step"]) == ("prove", "the tree passes tests")
    assert Path(running[0]["log"]).is_file()
    assert running[0]["seconds"] > 0.3


def test_nothing_is_printed_after_the_walk(
    walked: Callable[[Report], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines end with the walk."""
    walked(Lines(Redactor(None), pulse=0.1))
    capsys.readouterr()
    time.sleep(0.3)
    assert capsys.readouterr().out == ""


def test_a_look_that_waits_names_what_it_waits_for(capsys: pytest.CaptureFixture[str]) -> None:
    """A server that does not answer is named now and then, not only at the end."""
    lines: list[str] = []

    def slow() -> Found:
        capsys.readouterr()
        end = time.monotonic() + 30
        while len(lines) < 2 and time.monotonic() < end:
            time.sleep(0.05)
            lines.extend(capsys.readouterr().out.splitlines())
        return Found(State.DONE, "here")

    quick = Step("the tag is here", lambda: Found(State.DONE, "here"))
    seen = looked(Lines(Redactor(None)), Checklist((quick, Step("the index answers", slow))), pulse=0.1)
    assert [one.found and one.found.detail for one in seen] == ["here", "here"]
    assert set(lines) == {"… the index answers: no answer yet"}
    assert len(lines) >= 2
