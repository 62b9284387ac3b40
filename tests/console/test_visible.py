"""The words of servers and contributors do nothing on the terminal and in the logs of GitHub Actions."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from invoke.exceptions import Exit
from rich.console import Console

from contd_release.console import Json, Lines, Terminal
from contd_release.console.public import Public
from contd_release.engine.checklist import Event, Phase, Seen
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict
from contd_release.process.edge import edge
from contd_release.process.log import tail
from contd_release.process.printed import visible
from contd_release.process.redaction import Redactor

HOSTILE = "a\x1b]0;owned\x07b\u202ec\x9bd\ud800e\rf\u2028g"
SHOWN = r"a\u001b]0;owned\u0007b\u202ec\u009bd\ud800e\u000df\u2028g"
STEP = Step("it is there", lambda: Found(State.DONE, HOSTILE))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HOSTILE, SHOWN),
        ("plain\ttext\nin — two lines: ✓", "plain\ttext\nin — two lines: ✓"),
        ("::error::x", r"\u003a:error::x"),
        ("ok\n  ::add-mask::x", "ok\n  \\u003a:add-mask::x"),
        ("a ##[error]x", r"a ##\u005berror]x"),
        ("std::vector, a:b", "std::vector, a:b"),
    ],
)
def test_control_characters_are_shown_and_commands_are_text(text: str, shown: str) -> None:
    """Nothing of an ordinary text is changed."""
    assert visible(text) == shown


def test_lines_show_them(capsys: pytest.CaptureFixture[str]) -> None:
    """In what was found, in errors and in sentences."""
    lines = Lines(Redactor(None))
    lines.event(Event(Phase.DONE, "verify", STEP, STEP.observe()))
    lines.seen(Seen("verify", STEP, None, Conflict(HOSTILE)), with_commands=False)
    lines.says(f"::error::{HOSTILE}")
    out = capsys.readouterr().out
    assert out.count(r"a\u001b]0;owned\u0007b\u202ec\u009bd\ud800e") == 3
    assert "\n::" not in out
    assert out.replace("\n", "").isprintable()


def test_json_stays_json(capsys: pytest.CaptureFixture[str]) -> None:
    """And gives the very text to those who read it."""
    report = Json(Redactor(None))
    report.says(f"{HOSTILE} ##[error]x")
    out = capsys.readouterr().out
    assert out.rstrip("\n").isprintable()
    assert "##[" not in out
    assert json.loads(out)["text"] == f"{HOSTILE} ##[error]x"


def test_the_terminal_shows_them() -> None:
    """Rich writes what it is given."""
    out = io.StringIO()
    terminal = Terminal(Redactor(None), console=Console(file=out, width=200))
    terminal.says(HOSTILE)
    assert out.getvalue() == f"{SHOWN}\n"


def test_the_error_that_ends_a_task_shows_them() -> None:
    """It is printed by invoke."""
    with pytest.raises(Exit) as raised, edge():
        raise Conflict(f"the index answered {HOSTILE}\n::error::x")
    assert raised.value.message == f"\nthe index answered {SHOWN}\n\\u003a:error::x\n  type:     invoke status"


def test_colours_of_a_log_are_left_out(tmp_path: Path) -> None:
    """What a program coloured is read in an error as plain text."""
    (tmp_path / "log").write_text("\x1b[31mFAILED\x1b[0m test_x\n")
    assert tail(tmp_path / "log") == "  | FAILED test_x"


def test_json_names_the_tasks_as_they_are_called_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A repository that has our tasks in a collection types the name of that as well, also from a log of JSON."""
    (tmp_path / "tasks.py").write_text('namespace = beside(__name__, name="rel")\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    Json(Redactor(None)).stopped(Conflict("v1.2.0 is there", type_next="invoke abort"), Public())
    [cause] = json.loads(capsys.readouterr().out)["causes"]
    assert cause["type"] == "invoke rel.abort"
