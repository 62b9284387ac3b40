"""
Killing a rehearsed release everywhere: as each act begins, in the middle of each command, and when a step is done.

The killed release is continued and killed again at the next point, until it ends. As an act begins, the kill ends only
the release: a command that it has started runs on beside the continued release. In the middle of a command, the kill
ends both.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final

from contd_release.errors import FailedCommand, Unsettled, with_exit_code
from contd_release.process.system import processes
from contd_release.rehearse import bystander, end_state, running
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.rehearse.scenarios import Once, Scenario
from contd_release.sandbox.world import World

# Seconds that an action must take to have a middle.
_SHORT: Final = 0.1
# How often a release that is not killed is continued, where faults make it ask a person.
_CONTINUED: Final = 20


@dataclass(frozen=True)
class Point:
    """
    A moment to kill at.

    Args:
        what: `acting` or `done`, as the release prints it.
        action: what is being done, if the event says so.
        delay: seconds after the event; 0 is at once.
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
        Whether this event is the one to wait for.

        If the killed release has finished a step, the continued one prints it as done at once.
        """
        seen = (event["event"], event.get("step"), event.get("action", ""))
        return seen == (self.what, self.step, self.action)


@dataclass(frozen=True)
class Sweep:
    """How often a release was killed, at how many points, and which of these never came."""

    kills: int
    points: int
    missed: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Kill:
    """A kill that was made: where, and whether what it was meant to hit was still going on."""

    point: Point
    was_in_time: bool


@dataclass
class _Count:
    """The points that are left, and the kills that were made."""

    left: list[Point]
    tell: Callable[[str], None]
    kills: int = 0
    began: float = field(default_factory=time.monotonic)

    def add(self, kill: Kill) -> None:
        """Count a kill; one that came too late is tried again in half the time."""
        self.kills += 1
        self.left.remove(kill.point)
        if not kill.was_in_time and kill.point.delay > _SHORT / 8:
            self.left.append(replace(kill.point, delay=kill.point.delay / 2))
        left = (time.monotonic() - self.began) / self.kills * len(self.left)
        late = "" if kill.was_in_time else ", too late"
        self.tell(f"killed {kill.point}{late}   ({self.kills} of {self.kills + len(self.left)}, {_about(left)} left)")


def sweep(
    rehearsal: Rehearsal,
    rehearsed: tuple[str, ...] | Scenario,
    tell: Callable[[str], None],
    *,
    every: int = 1,
    after: int = 0,
    steps: tuple[str, ...] = (),
    most: int = 0,
    faults: tuple[str, ...] = (),
) -> Sweep:
    """
    Walk once undisturbed, then killed at every point, or at one of so many, and compare.

    Args:
        rehearsed: the words that begin a release, or a scenario of several commands.
        most: the most points to be killed at, spread evenly over all; every one where it is 0.
        steps: the titles of the steps to be killed at; all of them, where none is named.
        after: so many commands of the scenario have no points of their own; another sweep kills them.
        faults: what the world orders besides, each time that the release is killed.

    Raises:
        Unsettled: the end states differ.
        FailedCommand: a continued release did not continue.
    """
    words = rehearsed if isinstance(rehearsed, Scenario) else Once(rehearsed)
    with _world(rehearsal) as world, bystander.busy(rehearsal, world):
        began = time.monotonic()
        every_point = _points(rehearsal, world, words, after)
        found = tuple(one for one in every_point if not steps or one.step in steps)[::every]
        whole = time.monotonic() - began
        undisturbed = end_state.of(rehearsal, world)
    points = spread(found, most)
    # A release that is continued looks at the whole world again before it goes on, which takes about a fifth of it.
    tell(f"{_of(len(points), len(found))} to be killed at, {_about(whole * (1 + len(points) / 5))}")
    count, before = _Count(list(points), tell), -1
    # What did not come, because a step beside it was faster, is waited for in another release, as long as that helps.
    while count.left and count.kills > before:
        before = count.kills
        with _world(rehearsal) as world, bystander.busy(rehearsal, world):
            world.faults.order(*faults)
            while kill := _killed(count.left, rehearsal, world, words):
                count.add(kill)
            disturbed = end_state.of(rehearsal, world)
        if disturbed != undisturbed:
            raise Unsettled(f"the killed release ended with {disturbed}", expected=str(undisturbed))
    return Sweep(count.kills, len(points), tuple(count.left))


def spread(points: tuple[Point, ...], most: int) -> tuple[Point, ...]:
    """So many of the points, from the first to the last, or all of them."""
    if not most or most >= len(points):
        return points
    return tuple(points[index * len(points) // most] for index in range(most))


def _of(count: int, all_of_them: int) -> str:
    return f"{count} points" if count == all_of_them else f"{count} of {all_of_them} points"


def _about(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min" if seconds >= 90 else f"about {seconds:.0f} s"


def _world(rehearsal: Rehearsal) -> World:
    """Everything from the beginning."""
    rehearsal.prepare()
    world = World(rehearsal.directory / "world")
    rehearsal.be_green(world)
    return world


def _points(rehearsal: Rehearsal, world: World, scenario: Scenario, after: int) -> tuple[Point, ...]:
    """Every point of an undisturbed walk that follows so many commands."""
    points: list[list[Point]] = []
    while command := scenario.following(rehearsal, world):
        points.append(_points_of(command, rehearsal, world))
    return tuple(dict.fromkeys(chain.from_iterable(points[after:])))


def _points_of(command: tuple[str, ...], rehearsal: Rehearsal, world: World) -> list[Point]:
    points: list[Point] = []
    acting: dict[str, tuple[Point, float]] = {}
    acted: set[str] = set()
    process = running.started(rehearsal, world, command)
    for event in running.events(process, world):
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
        code = process.returncode
        raise with_exit_code(code)(
            f"the release stopped with exit code {code} before it was killed, for the reason above",
            expected="a release that comes to its end, to compare the killed one with",
            type_next=rehearsal.typed,
        )
    return points


def _killed(points: list[Point], rehearsal: Rehearsal, world: World, scenario: Scenario) -> Kill | None:
    """Continue until one of these points comes, and kill there; None if it came to its end."""
    for _ in range(_CONTINUED):
        _answer(rehearsal, world)
        if (command := scenario.following(rehearsal, world)) is None:
            return None
        if kill := _killed_in(command, points, rehearsal, world):
            return kill
    raise FailedCommand(f"the release was continued {_CONTINUED} times, and asks again", expected="its end")


def _answer(rehearsal: Rehearsal, world: World) -> None:
    for answer in bystander.answers(rehearsal, world):
        env = dict(rehearsal.environment(world))
        # What went wrong with the answer is asked again.
        subprocess.run(rehearsal.command(*answer), cwd=rehearsal.clone, env=env, check=False)


def _killed_in(command: tuple[str, ...], points: list[Point], rehearsal: Rehearsal, world: World) -> Kill | None:
    process, stopped = running.started(rehearsal, world, command), ""
    events = running.events(process, world)
    for event in events:
        stopped = str(event["causes"]) if event["event"] == "stopped" else stopped
        point = next((one for one in points if one.is_told_by(event)), None)
        if point is None:
            continue
        time.sleep(point.delay)
        children = running.descendants(process.pid) if point.delay else ()
        processes.kill_group(process.pid)
        for child in children:
            with suppress(ProcessLookupError):
                processes.kill(child)
        later = [one["event"] for one in events if one.get("step") == point.step]
        return Kill(point, was_in_time=not point.delay or not later)
    if process.returncode and not any(bystander.answers(rehearsal, world)):
        raise FailedCommand(
            f"a release that was killed before did not continue: exit code {process.returncode}: {stopped}",
            expected="to go on where it stopped",
        )
    return None
