"""
Killing a rehearsed release everywhere: as each act begins, in the middle of each command, and when a step is done.

The killed release is continued and killed again at the next point, until it ends. It is killed alone, so that a command
it has started lives on beside the one who continues, or together with its commands, so that one of them is cut.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from contd_release.errors import FailedCommand, Unsettled
from contd_release.sandbox import bystander, remotes
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.rehearsal import Rehearsal
from contd_release.sandbox.scenarios import Once, Scenario
from contd_release.sandbox.world import World

# A point that did not come, because a step beside it was faster this time, is waited for in a release of its own.
_ROUNDS: Final = 3
# Seconds that an action must take to have a middle.
_SHORT: Final = 0.1


@dataclass(frozen=True)
class Point:
    """
    A moment to kill at.

    Args:
        what: `acting` or `done`, as the release tells it.
        action: what is being done, where it is told.
        delay: seconds after it was told; 0 is at once.
    """

    what: str
    step: str
    action: str = ""
    delay: float = 0

    def __str__(self) -> str:
        if self.what == "done":
            return f"after: {self.step}"
        return f"{'in the middle of' if self.delay else 'as it begins'}: {self.action} ({self.step})"

    def is_told_by(self, event: Mapping[str, Any]) -> bool:
        """
        Whether this event is what to wait for. A step that was finished by a killed release comes as done at once.
        """
        told = (event["event"], event.get("step"), event.get("action", ""))
        return told == (self.what, self.step, self.action)


@dataclass(frozen=True)
class Sweep:
    """
    How often a release was killed, at how many points, and which of these never came.
    """

    kills: int
    points: int
    missed: tuple[Point, ...] = ()


@dataclass(frozen=True)
class EndState:
    """
    What must be equal, however often a release was killed: every ref of the remote, every thing published, once.
    """

    refs: Mapping[str, str]
    effects: Mapping[str, int]
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Kill:
    """
    A kill that was made: where, and whether what it was meant to hit was still going on.
    """

    point: Point
    was_in_time: bool


def sweep(
    rehearsal: Rehearsal, rehearsed: tuple[str, ...] | Scenario, tell: Callable[[str], None], *, every: int = 1
) -> Sweep:
    """
    Walk once undisturbed, then killed at every point, or at one of so many, and compare.

    Args:
        rehearsed: the words that begin a release, or a scenario of several commands.

    Raises:
        Unsettled: the end states differ.
        FailedCommand: a continued release did not continue.
    """
    words = rehearsed if isinstance(rehearsed, Scenario) else Once(rehearsed)
    with _world(rehearsal) as world, bystander.yanks(rehearsal, world):
        points = _points(rehearsal, world, words)[::every]
        undisturbed = _end_state(rehearsal, world)
    tell(f"{len(points)} points to be killed at")
    left, kills = list(points), 0
    for _ in range(_ROUNDS):
        if not left:
            break
        with _world(rehearsal) as world, bystander.yanks(rehearsal, world):
            while kill := _killed(left, rehearsal, world, words):
                kills += 1
                left.remove(kill.point)
                if not kill.was_in_time and kill.point.delay > _SHORT / 8:
                    left.append(replace(kill.point, delay=kill.point.delay / 2))
                tell(f"killed {kill.point}{'' if kill.was_in_time else ', too late'}")
            disturbed = _end_state(rehearsal, world)
        if disturbed != undisturbed:
            raise Unsettled(f"the killed release ended with {disturbed}", expected=str(undisturbed))
    return Sweep(kills, len(points), tuple(left))


def _world(rehearsal: Rehearsal) -> World:
    """
    Everything from the beginning.
    """
    rehearsal.prepare()
    world = World(rehearsal.directory / "world")
    rehearsal.be_green(world)
    return world


def _points(rehearsal: Rehearsal, world: World, scenario: Scenario) -> tuple[Point, ...]:
    """
    Every point of an undisturbed walk.
    """
    points: list[Point] = []
    while command := scenario.following(rehearsal, world):
        points += _points_of(command, rehearsal, world)
    return tuple(dict.fromkeys(points))


def _points_of(command: tuple[str, ...], rehearsal: Rehearsal, world: World) -> list[Point]:
    points: list[Point] = []
    acting: dict[str, tuple[Point, float]] = {}
    acted: set[str] = set()
    process = _start(rehearsal, world, command)
    for event in _events(process, world):
        step, what, now = event.get("step", ""), event["event"], time.monotonic()
        if step in acting:
            point, began = acting.pop(step)
            points += [replace(point, delay=(now - began) / 2)] if now - began > _SHORT else []
        if what == "acting":
            acting[step] = Point(what, step, event["action"]), now
            points.append(acting[step][0])
            acted.add(step)
        elif what == "done" and step in acted:
            points.append(Point(what, step))
    if process.returncode:
        raise FailedCommand(f"the undisturbed release ended with {process.returncode}", expected="exit code 0")
    return points


def _killed(points: list[Point], rehearsal: Rehearsal, world: World, scenario: Scenario) -> Kill | None:
    """
    Continue until one of these points comes, and kill there; nothing when it came to its end.
    """
    while True:
        _answer(rehearsal, world)
        if (command := scenario.following(rehearsal, world)) is None:
            return None
        if kill := _killed_in(command, points, rehearsal, world):
            return kill


def _answer(rehearsal: Rehearsal, world: World) -> None:
    for answer in bystander.answers(rehearsal, world):
        subprocess.run(
            rehearsal.command(*answer), cwd=rehearsal.clone, env=dict(rehearsal.environment(world)), check=True
        )


def _killed_in(command: tuple[str, ...], points: list[Point], rehearsal: Rehearsal, world: World) -> Kill | None:
    process, stopped = _start(rehearsal, world, command), ""
    events = _events(process, world)
    for event in events:
        stopped = str(event["causes"]) if event["event"] == "stopped" else stopped
        point = next((one for one in points if one.is_told_by(event)), None)
        if point is None:
            continue
        time.sleep(point.delay)
        children = _descendants(process.pid) if point.delay else ()
        os.killpg(process.pid, signal.SIGKILL)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        later = [one["event"] for one in events if one.get("step") == point.step]
        return Kill(point, was_in_time=not point.delay or not later)
    if process.returncode:
        raise FailedCommand(
            f"a release that was killed before did not continue: exit code {process.returncode}: {stopped}",
            expected="to go on where it stopped",
        )
    return None


def _descendants(process: int) -> tuple[int, ...]:
    """
    The processes that a process has started, and theirs; none where the system does not tell.
    """
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")
            # The other end of a push is another machine, which is not killed with ours.
            if name.endswith("(git-receive-pac"):
                continue
            parent = int(rest.split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = list(children.get(process, ()))
    for child in found:
        found += children.get(child, ())
    return tuple(found)


def _start(rehearsal: Rehearsal, world: World, command: tuple[str, ...]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (*command, "--json"),
        cwd=rehearsal.clone,
        env=dict(rehearsal.environment(world)),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def _events(process: subprocess.Popen[str], world: World) -> Iterator[dict[str, Any]]:
    """
    What a release tells until it ends; its world's address, another one each time, is left out.
    """
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            with suppress(ValueError):
                yield json.loads(re.sub(rf"(http://)?{re.escape(world.registry)}", "WORLD", line))
    process.wait()


def _end_state(rehearsal: Rehearsal, world: World) -> EndState:
    rooms = sorted(message.room for message in world.part(Chat).messages())
    effects = {effect: count for effect, count in world.ledger.effects().items() if not effect.startswith("message ")}
    return EndState(remotes.refs(rehearsal.remote), effects, tuple(rooms))
