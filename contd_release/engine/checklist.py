"""Steps in order, some side by side: observe, act if the claim does not hold, observe again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from contd_release.engine import ask_once
from contd_release.engine.items import Event, Item, Phase, PointOfNoReturn, Section, Seen, Together, Watcher, flat
from contd_release.engine.step import State, Step
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
class Checklist:
    """Everything a release does, in order."""

    items: tuple[Item, ...]

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Every step with the name of its section, in the order of the checklist."""
        yield from flat(self.items, "")

    def status(self) -> Iterator[Seen]:
        """
        The state of every step now: observed side by side, listed in order; equal questions are asked once.
        """
        return _asked(self.steps())

    def check(self, seen: Sequence[Seen]) -> None:
        """
        Raise everything that is known to stop the walk, all at once, before anything is changed.

        Raises:
            Conflict: something else has one of our names.
            Unanswered: a server gave no usable answer.
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
        Make every step true, in order. Walking again continues with the steps whose claim does not hold.

        Args:
            seen: what a look right before this walk saw; a check that held then (a step without an act) is not made
                a second time.

        Raises:
            ReleaseError: the step that could not be made true, or several that ran side by side.
        """
        checked = {id(one.step): one.found for one in seen if one.found and one.is_done and not one.step.act}
        Walk(watch, running, checked).items(self.items, "")

    def undo(self, watch: Watcher, running: Running, *, is_crossed: bool = False) -> tuple[Seen, ...]:
        """
        Make every step false again, the last one first; nothing is undone when one of them cannot be.

        Args:
            is_crossed: whether this release is known to have done a step that cannot be undone.

        Returns:
            The findings that stay: things that are not ours, and things that a place does not delete.

        Raises:
            Conflict: a step that cannot be undone is done already: past the line, only forward.
            Unanswered: it is not known whether a step that cannot be undone was done.
            Unsettled: a step is still there after it was undone.
        """
        theirs = self._behind_the_line(is_crossed=is_crossed)
        walk = Walk(watch, running)
        undone = [walk.undo(section, step) for section, step in reversed(list(self.steps())) if step.undo]
        return (*theirs, *(one for one in undone if one))

    def _behind_the_line(self, *, is_crossed: bool) -> tuple[Seen, ...]:
        """
        What has the names of the steps that cannot be undone, and is not ours; every one of them is asked.

        What follows a step that someone else has done first cannot be ours, unless the line was crossed before: two
        who release the same version at once may build the same bytes, and the tag says whose the files are. Once it was
        crossed, whatever is there may be ours.
        """
        seen = list(_asked((section, step) for section, step in self.steps() if step.is_irreversible))
        raise_all([one.error for one in seen if one.error])
        alone, is_lost, theirs = list(_in_sequence(self.items)), False, list[Seen]()
        for one in seen:
            if one.found is None or one.found.state is State.ABSENT:
                continue
            if is_crossed or not (is_lost or one.found.state is State.CONFLICT):
                is_other = one.found.state is State.CONFLICT
                raise Conflict(
                    f"past the point of no return: {one.found.detail if is_other else one.step.title}",
                    expected="to go on, since this cannot be undone",
                    type_next="invoke release   (or invoke rollback --version …, which withdraws it)",
                )
            is_lost = is_lost or (one.found.state is State.CONFLICT and one.step in alone)
            theirs.append(one)
        return tuple(theirs)


def point_of_no_return(steps: Sequence[tuple[str, Step]]) -> int:
    """The index of the first step that cannot be undone; the number of steps if all can."""
    line = PointOfNoReturn()
    return next((index for index, (_, step) in enumerate(steps) if line.is_before(step)), len(steps))


def _asked(steps: Iterable[tuple[str, Step]]) -> Iterator[Seen]:
    context = ask_once.begun()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        looks = [pool.submit(context.copy().run, partial(_look, *pair)) for pair in steps]
        yield from (one.result() for one in looks)


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
