"""
Killing a rehearsed release everywhere: at each step's boundaries and in the middle of each act, then continuing it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contd_release.errors import FailedCommand, Unsettled
from contd_release.sandbox import remotes
from contd_release.sandbox.rehearsal import Rehearsal
from contd_release.sandbox.world import World


@dataclass(frozen=True)
class Point:
    """
    A moment to kill at: what just happened to which step, and how many seconds later.
    """

    what: str
    step: str
    delay: float = 0


@dataclass(frozen=True)
class Sweep:
    """
    How often the release was killed, and at how many different points.
    """

    kills: int
    points: int


@dataclass(frozen=True)
class EndState:
    """
    What must be equal, however often a release was killed: every ref of the remote, every thing published, once.
    """

    refs: Mapping[str, str]
    effects: Mapping[str, int]


def sweep(rehearsal: Rehearsal, words: tuple[str, ...], tell: Callable[[str], None]) -> Sweep:
    """
    Release once undisturbed, then once killed at every point, and compare.

    Raises:
        Unsettled: the end states differ.
        FailedCommand: a continued release did not continue.
    """
    rehearsal.prepare()
    with World(rehearsal.directory / "world") as world:
        rehearsal.be_green(world)
        points = _points(rehearsal, world, words)
        undisturbed = _end_state(rehearsal, world)
    tell(f"{len(points)} points to be killed at")
    rehearsal.prepare()
    kills = 0
    with World(rehearsal.directory / "world") as world:
        rehearsal.be_green(world)
        for point in points:
            if _killed_at(point, rehearsal, world, words):
                kills += 1
                tell(f"killed: {point.what} {point.step}")
        _to_the_end(rehearsal, world, words)
        disturbed = _end_state(rehearsal, world)
    if disturbed != undisturbed:
        raise Unsettled(f"the killed release ended with {disturbed}", expected=str(undisturbed))
    return Sweep(kills, len(points))


def _points(rehearsal: Rehearsal, world: World, words: tuple[str, ...]) -> tuple[Point, ...]:
    """
    Every point of an undisturbed release: before and after each step, as each act begins, and half way through it.
    """
    points: list[Point] = []
    acting: dict[str, float] = {}
    for event in _events(_start(rehearsal, world, words)):
        step, what = event.get("step", ""), event["event"]
        if what == "acting":
            points.append(Point(what, step))
            acting.setdefault(step, time.monotonic())
        elif what == "done" and step in acting:
            points.append(Point("acting", step, (time.monotonic() - acting[step]) / 2))
            points.append(Point(what, step))
    return tuple(dict.fromkeys(points))


def _killed_at(point: Point, rehearsal: Rehearsal, world: World, words: tuple[str, ...]) -> bool:
    """
    Continue the release until the point comes, and kill it there; whether the point came.
    """
    process = _start(rehearsal, world, words)
    for event in _events(process, check=False):
        # A step that was finished beside the one killed before is not acted on again: it comes as done at once.
        if event.get("step") == point.step and event["event"] in (point.what, "done"):
            time.sleep(point.delay)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
    if process.returncode:
        raise FailedCommand(
            f"a release that was killed before did not continue to {point}: exit code {process.returncode}",
            expected="to go on where it stopped",
        )
    return False


def _to_the_end(rehearsal: Rehearsal, world: World, words: tuple[str, ...]) -> None:
    for _ in _events(_start(rehearsal, world, words)):
        pass


def _start(rehearsal: Rehearsal, world: World, words: tuple[str, ...]) -> subprocess.Popen[str]:
    begun = rehearsal.entries.under_way() is not None
    argv = rehearsal.release_command("--json", *(() if begun else words))
    return subprocess.Popen(
        argv,
        cwd=rehearsal.clone,
        env=dict(rehearsal.environment(world)),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def _events(process: subprocess.Popen[str], *, check: bool = True):  # type: ignore[no-untyped-def]
    assert process.stdout is not None
    last = ""
    for line in process.stdout:
        last = line
        try:
            yield json.loads(line)
        except ValueError:
            continue
    if process.wait() and check:
        raise FailedCommand(f"the release ended with {process.returncode}: {last.strip()}", expected="exit code 0")


def _end_state(rehearsal: Rehearsal, world: World) -> EndState:
    return EndState(remotes.refs(rehearsal.remote), dict(world.ledger.effects()))
