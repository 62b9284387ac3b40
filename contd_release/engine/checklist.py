"""Steps in order, some side by side: observe, act where reality differs, observe again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from contd_release.engine import ask_once
from contd_release.engine.items import Event, Item, Phase, PointOfNoReturn, Section, Together, Watcher, flat
from contd_release.engine.step import Found, State, Step
from contd_release.engine.walk import Walk, log_of, refusal
from contd_release.errors import Conflict, ReleaseError, raise_all
from contd_release.process.action import Running

__all__ = [
    "Checklist",
    "Event",
    "Item",
    "Phase",
    "PointOfNoReturn",
    "Section",
    "Seen",
    "Together",
    "Watcher",
    "log_of",
    "point_of_no_return",
]

SIDE_BY_SIDE = 8


@dataclass(frozen=True)
class Seen:
    """What one look at one step gave: a finding, or the reason why there is none."""

    section: str
    step: Step
    found: Found | None
    error: ReleaseError | None = None

    @property
    def is_done(self) -> bool:
        """Whether the claim holds now."""
        return self.found is not None and self.found.state is State.DONE


@dataclass(frozen=True)
class Checklist:
    """Everything a release does, in order."""

    items: tuple[Item, ...]

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Every step with the name of its section, in the order in which they are told."""
        yield from flat(self.items, "")

    def status(self) -> Iterator[Seen]:
        """
        What the world says of every step now, asked side by side, told in order; what is asked twice is asked once.
        """
        context = ask_once.begun()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            looks = [pool.submit(context.copy().run, partial(_look, *pair)) for pair in self.steps()]
            yield from (one.result() for one in looks)

    def check(self, seen: Sequence[Seen]) -> None:
        """
        Raise everything that is known to stop the walk, all at once, before anything is changed.

        Raises:
            Conflict: something else stands under one of our names.
            Unanswered: a place did not say what is there.
            NotReady: a claim does not hold that only a person can make true.
            Several: more than one of these.
        """
        problems = [one.error for one in seen if one.error]
        problems += [
            refusal(one.step, one.found)
            for one in seen
            if one.found and (one.found.state is State.CONFLICT or not (one.is_done or one.step.act))
        ]
        raise_all(problems)

    def walk(self, watch: Watcher, running: Running, seen: Sequence[Seen] = ()) -> None:
        """
        Make every step true, in order. Walking again continues: the world says what is left.

        Args:
            seen: what a look right before this walk saw; a check that held then (a step without an act) is not made
                a second time.

        Raises:
            ReleaseError: the step that could not be made true, or several that ran side by side.
        """
        checked = {id(one.step): one.found for one in seen if one.found and one.is_done and not one.step.act}
        Walk(watch, running, checked).items(self.items, "")

    def undo(self, watch: Watcher, running: Running) -> None:
        """
        Make every step false again, the last one first; nothing is undone when one of them cannot be.

        Raises:
            Conflict: a step that cannot be undone is done already: past the line, only forward.
            Unanswered: it is not known whether a step that cannot be undone was done.
            Unsettled: a step is still there after it was undone.
        """
        steps = list(self.steps())
        for _, step in steps:
            if step.is_irreversible and _is_somebody_elses(step, alone=step in _in_sequence(self.items)):
                break
        for section, step in reversed(steps):
            if step.undo:
                Walk(watch, running).undo(section, step)


def point_of_no_return(steps: Sequence[tuple[str, Step]]) -> int:
    """The index of the first step that cannot be undone; the number of steps if all can."""
    line = PointOfNoReturn()
    return next((index for index, (_, step) in enumerate(steps) if line.is_before(step)), len(steps))


def _look(section: str, step: Step) -> Seen:
    try:
        return Seen(section, step, step.observe())
    except ReleaseError as error:
        return Seen(section, step, None, error)


def _in_sequence(items: Sequence[Item]) -> Iterator[Step]:
    """The steps that nothing is walked side by side with: whatever comes after one of them waits for it."""
    for item in items:
        if isinstance(item, Section):
            yield from _in_sequence(item.items)
        elif isinstance(item, Step):
            yield item


def _is_somebody_elses(step: Step, *, alone: bool) -> bool:
    """
    Whether what stands under this irreversible step's name is not ours, so that nothing behind it can be either.

    Two who release the same version at once may build the same bytes: the tag says whose the files are.

    Raises:
        Conflict: it was done, or begun, by us: past the line, only forward.
        Unanswered: it is not known.
    """
    found = step.observe()
    if found.state in (State.DONE, State.PARTIAL):
        raise Conflict(
            f"past the point of no return: {step.title}",
            expected="to go on, since this cannot be undone",
            type_next="invoke release",
        )
    return alone and found.state is State.CONFLICT
