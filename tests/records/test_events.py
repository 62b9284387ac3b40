"""The events: what happened is kept without secrets, and whatever was cut off is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.engine.checklist import Event, Phase
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NeedsPerson, Several, Unwritable
from contd_release.process.command import Command
from contd_release.process.redaction import Redactor
from contd_release.records.events import Events

SECRET = "canary-5678"
STEP = Step("it is built", lambda: Found(State.DONE, ""))


def events(folder: Path) -> Events:
    """The events of a release whose secret is known."""
    return Events(folder / "v1.2.0" / "events.jsonl", Redactor.of([SECRET]))


def test_what_is_over_and_what_begins_is_kept(tmp_path: Path) -> None:
    """Acts, successes and failures with their seconds; mere looks are not."""
    kept = events(tmp_path)
    kept.begin()
    for what in (Phase.OBSERVING, Phase.FOUND, Phase.SETTLING):
        kept.keep(Event(what, "build", STEP))
    kept.keep(Event(Phase.ACTING, "build", STEP, action=Command(("make", "it"))))
    kept.keep(
        Event(
            Phase.FAILED,
            "build",
            STEP,
            error=Several([NeedsPerson("who?"), Conflict("x", type_next="y")]),
            seconds=1.23456,
        )
    )
    kept.keep(Event(Phase.DONE, "build", STEP, Found(State.DONE, "here it is"), seconds=2))

    assert [(one.what, one.section, one.step, one.detail, one.error, one.seconds) for one in kept.read()] == [
        ("walk", "", "", "", "", 0),
        ("acting", "build", "it is built", "make it", "", 0),
        ("failed", "build", "it is built", "who?\n  type:     invoke status\nx\n  type:     y", "NeedsPerson", 1.235),
        ("done", "build", "it is built", "here it is", "", 2),
    ]


def test_no_secret_is_kept(tmp_path: Path) -> None:
    """Neither in a claim, nor in what was found, done, or went wrong."""
    kept, step = events(tmp_path), Step(f"{SECRET} is built", STEP.observe)
    kept.keep(Event(Phase.DONE, "build", step, Found(State.DONE, f"at {SECRET}")))
    kept.keep(Event(Phase.ACTING, "build", step, action=Command(("curl", SECRET))))
    kept.keep(Event(Phase.FAILED, "build", step, error=Conflict(f"{SECRET} is there", SECRET, SECRET)))

    assert len(kept.read()) == 3
    assert "canary" not in kept.path.read_text()
    assert kept.path.stat().st_mode & 0o777 == 0o600


def test_what_was_cut_is_left_out(tmp_path: Path) -> None:
    """A line that a crash cut, and one that is no event."""
    kept = events(tmp_path)
    kept.begin()
    with open(kept.path, "a", encoding="utf-8") as out:
        out.write('[]\n{"what": "done"}\n{"at": "yesterday", "what": "done", "section": "", "step": ')
    kept.begin()

    assert [one.what for one in kept.read()] == ["walk", "walk"]
    assert events(tmp_path / "elsewhere").read() == ()


def test_a_full_disk_hides_no_failure(tmp_path: Path) -> None:
    """An act that cannot be written down does not begin; a failure is told, written down or not."""
    kept = events(tmp_path)
    kept.path.mkdir(parents=True)
    with pytest.raises(Unwritable) as raised:
        kept.keep(Event(Phase.ACTING, "build", STEP, action=Command(("make", "it"))))
    kept.keep(Event(Phase.FAILED, "build", STEP, error=Conflict("x")))

    assert "the release's events cannot be written" in raised.value.what_is
