"""What every step owes, shown on the real checklist in its order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.engine.checklist import Checklist, Event, Phase
from contd_release.engine.step import State
from contd_release.procedures.checklist import checklist
from contd_release.process.action import Running
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Beginning


@pytest.mark.slow
def test_every_step_keeps_its_promises(beginning: Beginning, world: World, tmp_path: Path) -> None:
    """
    Made true, a step is DONE for whoever looks next, and its act is not run again; undone, it is ABSENT.

    Who looks next has a new checklist of a new release, as the process that continues after a kill.
    """
    running, acted, undone = Running(tmp_path / "logs"), list[str](), list[str]()

    def watch(event: Event) -> None:
        if event.what is Phase.ACTING:
            acted.append(event.step.title)

    for _, step in checklist(beginning(), lambda *_: True).steps():
        was = step.observe().state
        assert was in (State.ABSENT, State.DONE), step.title
        Checklist((step,)).walk(watch, running)
        assert (was is State.ABSENT) == (step.title in acted)

        acted.clear()
        asked = len(world.ledger.mutating())
        steps = {one.title: one for _, one in checklist(beginning(), lambda *_: True).steps()}
        again = Checklist((steps[step.title],))
        again.walk(watch, running)
        assert acted == [], "a step that is done acts again"
        trials = 1 if step.title == "the package index lets us in" else 0
        assert asked + trials == len(world.ledger.mutating())

        if step.undo:
            again.undo(watch, running)
            assert State.ABSENT is steps[step.title].observe().state, step.title
            again.walk(watch, running)
            assert State.DONE is steps[step.title].observe().state, step.title
            undone.append(step.title)
        acted.clear()
    assert [re.sub(" [0-9a-f]{12}$", "", title) for title in undone] == [
        "a worktree starts from",
        "the commit is checked out to build for pypi",
        "contd-0.2.0.tar.gz and 1 wheel are built",
        "the artifacts are sealed in artifacts.json",
        "release/v0.2.0 is on origin",
        "v0.2.0 is tagged",
    ]
