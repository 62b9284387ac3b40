"""Steps side by side: what the failure of one means for the others."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

import pytest

from contd_release.engine.checklist import Checklist, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand
from contd_release.process.action import Call, Running


def branches(done: list[str]) -> tuple[tuple[Step, ...], ...]:
    """A branch that fails, and one of two steps, of which the first ends after that failure."""
    begun, failed = Event(), Event()

    def fail() -> None:
        assert begun.wait(10)
        failed.set()
        raise FailedCommand("no")

    def step(name: str) -> Step:
        def observe() -> Found:
            return Found(State.DONE if name in done else State.ABSENT, name)

        def act() -> None:
            begun.set()
            assert failed.wait(10)
            # The failure has to travel from the act to the walk.
            time.sleep(0.2)
            done.append(name)

        return Step(name, observe, act=(Call(name, fail if name == "bad" else act),))

    return (step("bad"),), (step("first"), step("second"))


@pytest.mark.parametrize(("goes_on", "expected"), [(True, ["first", "second"]), (False, ["first"])])
def test_branches_go_on_where_they_may(goes_on: bool, expected: list[str], tmp_path: Path) -> None:
    """
    A failure ends the others after the step they are at, or, where they go on, not at all; it is raised either way.
    """
    done: list[str] = []
    checklist = Checklist((Together(branches(done), goes_on=goes_on),))

    with pytest.raises(FailedCommand):
        checklist.walk(lambda event: None, Running(tmp_path))

    assert expected == done
