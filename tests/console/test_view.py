"""The live checklist at every height: what fits, and what folds."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from contd_release.console.board import Board
from contd_release.console.view import View, fitted
from contd_release.engine.checklist import Checklist, Event, Phase, Section
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand
from contd_release.process.redaction import Redactor

SECTIONS = {"prepare": 24, "prove and build": 9, "stage": 3, "review": 2, "publish": 4, "verify": 3, "after": 5}
RUNNING = (Phase.OBSERVING, Phase.FOUND, Phase.ACTING, Phase.SETTLING)


def step(title: str, *, is_irreversible: bool = False) -> Step:
    """A step of which only the title is shown."""
    return Step(title, lambda: Found(State.ABSENT, ""), undo=None if is_irreversible else ())


def checklist() -> Checklist:
    """A checklist as long as the real one; what cannot be undone begins with "publish"."""
    is_public, sections = False, []
    for name, count in SECTIONS.items():
        is_public |= name == "publish"
        steps = tuple(step(f"{name} {number} holds", is_irreversible=is_public) for number in range(1, count + 1))
        sections.append(Section(name, steps))
    return Checklist(tuple(sections))


def walked(*phases: Phase, log: Path | None = None) -> Board:
    """A board whose first steps are in these phases."""
    whole = checklist()
    board = Board.of("contd 0.2.0", whole, Redactor.of(["hunter2-hunter2"]))
    for phase, (section, one) in zip(phases, whole.steps(), strict=False):
        found = Found(State.DONE, f"{one.title}, says the world") if phase is Phase.DONE else None
        error = FailedCommand("the disk is full") if phase is Phase.FAILED else None
        board.update(Event(phase, section, one, found, error=error, seconds=1.5, log=log))
    return board


def printed(board: Board, rows: int, columns: int = 80) -> list[str]:
    """The lines as they go to a terminal of this size, with the blanks at their ends."""
    console = Console(file=io.StringIO(), width=columns, height=rows, force_terminal=True, color_system=None)
    console.print(View(board))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def shown(board: Board, rows: int, columns: int = 80) -> list[str]:
    """The lines on a terminal of this size."""
    return [line.rstrip() for line in printed(board, rows, columns)]


@given(st.lists(st.sampled_from(Phase), max_size=50), st.integers(24, 130), st.integers(40, 200))
def test_every_running_step_is_visible(phases: list[Phase], rows: int, columns: int) -> None:
    """Whatever is over and whatever waits, the view fits the terminal, and has every step that runs while they fit."""
    board = walked(*phases)
    lines = shown(board, rows, columns)
    assert len(lines) < rows
    assert max(map(len, lines)) <= columns
    running = [row.step.title for row in board.running()]
    visible = [title for title in running if title in "\n".join(lines)]
    if len(running) + phases.count(Phase.FAILED) <= rows - 4:
        assert visible == running
    else:
        assert visible == running or lines[-1].startswith("… ")


def test_finished_sections_are_one_line_each() -> None:
    """A section whose steps are done says how many and how long; the next one is open, and those after it wait."""
    assert shown(walked(*[Phase.DONE] * 24, Phase.ACTING), 24) == [
        "  contd 0.2.0                                                                0 s",
        "✓ prepare                                24 steps done                     0.0 s",
        "  prove and build",
        "▸ prove and build 1 holds                                                    0 s",
        "  prove and build 2 holds",
        "  prove and build 3 holds",
        "  prove and build 4 holds",
        "  prove and build 5 holds",
        "  prove and build 6 holds",
        "  prove and build 7 holds",
        "  prove and build 8 holds",
        "  prove and build 9 holds",
        "· stage                                  3 steps to come",
        "· review                                 2 steps to come",
        "────────── point of no return ──────────────────────────────────────────────────",
        "· publish                                4 steps to come",
        "· verify                                 3 steps to come",
        "· after                                  5 steps to come",
    ]


def test_what_waits_is_open_where_there_is_room() -> None:
    """On a tall terminal the steps to come are listed, and finished sections stay folded."""
    lines = shown(walked(*[Phase.DONE] * 24, Phase.ACTING), 120)
    assert "✓ prepare                                24 steps done                     0.0 s" in lines
    assert "  publish 4 holds" in lines
    assert "  after 5 holds" in lines


@pytest.mark.parametrize("rows", [24, 45, 120])
def test_the_echo_of_ctrl_c_fits_behind_the_last_line(rows: int) -> None:
    """A terminal that wraps `^C` moves the cursor, and the next picture is drawn a line too low."""
    last = printed(walked(*[Phase.DONE] * 24, Phase.ACTING), rows)[-1]
    assert last == last.rstrip()
    assert len(last) < 78


def test_a_long_section_folds_its_finished_and_its_coming_steps() -> None:
    """Where not even the open section fits, what runs in it stays."""
    phases = [Phase.DONE] * 10 + [Phase.ACTING] * 2
    lines = shown(walked(*phases), 24)
    assert [" ".join(line.split()[:-2]) if line.startswith("▸") else line for line in lines[2:6]] == [
        "✓ 10 steps done",
        "▸ prepare 11 holds",
        "▸ prepare 12 holds",
        "· 12 steps to come",
    ]


def test_a_failed_step_stays_visible() -> None:
    """The step that stopped the walk is shown with its reason, on a small terminal as well."""
    lines = shown(walked(*[Phase.DONE] * 3, Phase.FAILED), 24)
    assert [line for line in lines if line.startswith("✗ prepare 4 holds") and "the disk is full" in line]


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("$ nox\ntests/test_line.py ....\n\n", "tests/test_line.py ...."),
        ("50%\r75%\r", "75%"),
        ("\x1b[32mpassed\x1b[0m\x07\n", "passed"),
        ("one\ntwo", "two…"),
        ("token hunter2-hunter2\n", "token •••"),
    ],
)
def test_the_last_line_of_the_log_is_below_the_running_step(tmp_path: Path, written: str, line: str) -> None:
    """It has no colours, no control characters and no secrets, and says where it is not finished."""
    log = tmp_path / "step.log"
    log.write_text(written, encoding="utf-8")
    lines = shown(walked(Phase.ACTING, log=log), 24)
    assert f"  | {line}" == lines[lines.index("  prepare") + 2]


def test_an_old_log_is_not_shown(tmp_path: Path) -> None:
    """What an earlier walk wrote says nothing about this one."""
    import os

    log = tmp_path / "step.log"
    log.write_text("yesterday's line\n", encoding="utf-8")
    os.utime(log, (time.time() - 60, time.time() - 60))
    assert "yesterday" not in "\n".join(shown(walked(Phase.ACTING, log=log), 24))


def test_the_seconds_move() -> None:
    """The seconds of a running step are those since it began."""
    board = walked(Phase.DONE, Phase.ACTING)
    board.running()[0].began = time.monotonic() - 75
    assert [line for line in shown(board, 45) if line.startswith("▸ prepare 2 holds") and line.endswith(" 75 s")]


@given(st.integers(28, 60))
def test_a_long_reference_keeps_its_tag(width: int) -> None:
    """It is shortened in the middle, and the text fits; where not even the tag fits, the end is cut as of any text."""
    text = "127.0.0.1:42091/contd/contd:0.2.0 is there"
    there = fitted(text, width)
    assert len(there) <= width
    assert there.endswith("/contd:0.2.0 is there")
    assert there == text or "…" in there


def test_three_references_can_be_told_apart() -> None:
    """At 80 columns the rows of three tags of one image are not the same."""
    tags = ("0.2.0", "0.2", "latest")
    steps = tuple(step(f"127.0.0.1:42091/organisation/contd:{tag} is the highest of its line") for tag in tags)
    board = Board.of("contd 0.2.0", Checklist((Section("promote", steps),)), Redactor.of([]))
    for one in steps:
        board.update(Event(Phase.OBSERVING, "promote", one))
        board.update(
            Event(Phase.FOUND, "promote", one, Found(State.ABSENT, "127.0.0.1:42091/organisation/contd is not there"))
        )
    lines = "\n".join(shown(board, 24))
    for tag in tags:
        assert f"/contd:{tag} is the highest" in lines
