"""
Steps in order, some side by side: observe, act where reality differs, observe again.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event as Flag
from typing import TypeAlias

from contd_release.command import Action, Running
from contd_release.errors import (
    Conflict,
    Interrupted,
    NotReady,
    ReleaseError,
    Unanswered,
    Unsettled,
    exit_code,
    raise_all,
)
from contd_release.step import Found, State, Step

ATTEMPTS = 4
SIDE_BY_SIDE = 8


@dataclass(frozen=True)
class Section:
    """
    A named part of the checklist, such as "publish".
    """

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Together:
    """
    Branches that do not depend on each other and are walked side by side.

    Args:
        goes_on: whether a branch that fails leaves the others to their end, instead of to the end of their step.
    """

    branches: tuple[tuple[Item, ...], ...]
    goes_on: bool = False


Item: TypeAlias = Step | Section | Together


@dataclass(frozen=True)
class Event:
    """
    Something a watcher may want to show.

    Args:
        what: `observing`, `found`, `acting`, `settling`, `done`, `undone`, `failed`.
        section: the name of the section the step is in.
        found: what the last observation saw.
        action: what is being done.
        seconds: how long the step took, when it is over.
    """

    what: str
    section: str
    step: Step
    found: Found | None = None
    action: Action | None = None
    error: ReleaseError | None = None
    seconds: float = 0


Watcher: TypeAlias = Callable[[Event], None]


@dataclass(frozen=True)
class Seen:
    """
    What one look at one step gave: a finding, or the reason why there is none.
    """

    section: str
    step: Step
    found: Found | None
    error: ReleaseError | None = None

    @property
    def is_done(self) -> bool:
        """
        Whether the claim holds now.
        """
        return self.found is not None and self.found.state is State.DONE


@dataclass(frozen=True)
class Checklist:
    """
    Everything a release does, in order.
    """

    items: tuple[Item, ...]

    def steps(self) -> Iterator[tuple[str, Step]]:
        """
        Every step with the name of its section, in the order in which they are told.
        """
        yield from _flat(self.items, "")

    def status(self) -> Iterator[Seen]:
        """
        What the world says of every step now, asked side by side, told in order.
        """
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            yield from pool.map(lambda pair: _look(*pair), list(self.steps()))

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
            _refusal(one.step, one.found)
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
        _Walk(watch, running, checked).items(self.items, "", ())

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
            if step.undo is None and _is_somebody_elses(step, alone=step in _in_sequence(self.items)):
                break
        for section, step in reversed(steps):
            if step.undo:
                _Walk(watch, running).undo(section, step)


def point_of_no_return(steps: Sequence[tuple[str, Step]]) -> int:
    """
    The index of the first step that cannot be undone; the number of steps when there is none.
    """
    return next((index for index, (_, step) in enumerate(steps) if step.undo is None), len(steps))


@dataclass(frozen=True)
class _Walk:
    watch: Watcher
    running: Running
    checked: Mapping[int, Found] = field(default_factory=dict)

    def items(self, items: Sequence[Item], section: str, halts: tuple[Flag, ...]) -> None:
        for item in items:
            if self.running.stop.is_set():
                raise Interrupted("the walk was stopped")
            if any(halt.is_set() for halt in halts):
                raise Interrupted("a step side by side with this one failed")
            if isinstance(item, Section):
                self.items(item.items, item.name, halts)
            elif isinstance(item, Together):
                self.together(item, section, halts)
            else:
                self.step(item, section)

    def together(self, together: Together, section: str, halts: tuple[Flag, ...]) -> None:
        """
        Walk the branches in threads. One that fails lets the others finish the step they are at, and no more.
        """
        halt = Flag()

        def branch(items: tuple[Item, ...]) -> ReleaseError | None:
            try:
                self.items(items, section, (*halts, halt))
            except ReleaseError as error:
                if not together.goes_on:
                    halt.set()
                return error
            except BaseException:
                halt.set()
                raise
            return None

        with ThreadPoolExecutor(max(len(together.branches), 1)) as pool:
            futures = [pool.submit(branch, items) for items in together.branches]
            try:
                errors = [error for future in futures if (error := future.result())]
            except KeyboardInterrupt:
                self.running.stop.set()
                raise
        raise_all(sorted(errors, key=exit_code))

    def step(self, step: Step, section: str) -> None:
        began = time.monotonic()

        def tell(what: str, **details: object) -> None:
            event = Event(what, section, step, seconds=time.monotonic() - began)
            self.watch(replace(event, **details))  # type: ignore[arg-type]

        try:
            tell("observing")
            found = self.checked.get(id(step)) or step.observe()
            if found.state is State.CONFLICT or (found.state is not State.DONE and not step.act):
                raise _refusal(step, found)
            if found.state is not State.DONE:
                tell("found", found=found)
                found = self.act(step, section, tell)
            tell("done", found=found)
        except ReleaseError as error:
            tell("failed", error=error)
            raise

    def act(self, step: Step, section: str, tell: Callable[..., None]) -> Found:
        """
        Act, and observe that the act worked; where the act failed, the world decides whether it did.
        """
        running = replace(self.running, log=log_of(self.running.log, section, step))
        for attempt in range(1, ATTEMPTS + 1):
            try:
                for action in step.act:
                    tell("acting", action=action)
                    action.run(running)
                break
            except Interrupted:
                raise
            except ReleaseError as failure:
                if (found := _hope(step)) and _settles(step, found):
                    return found
                if attempt == ATTEMPTS or not step.retry or not step.retry(failure):
                    raise
                if running.stop.wait(0.5 * 2**attempt):
                    raise Interrupted(f"{step.title} was not tried again") from failure
                # Not knowing is not "absent": it is done again only where the world says that it is not there.
                if found is None and _settles(step, late := step.observe()):
                    return late
        tell("settling")
        found = self.looked_for(step, lambda found: _settles(step, found))
        if found.state is not State.DONE:
            raise Unsettled(
                f"{step.title}: done without an error, and still {found.detail}",
                expected=f"to be seen within {step.patience:g} s",
                type_next="invoke release",
            )
        return found

    def looked_for(self, step: Step, is_there: Callable[[Found], bool]) -> Found:
        """
        Observe until it is there or the step's patience ends; places with lag are asked less and less often.
        """
        deadline = time.monotonic() + step.patience
        pause = 0.1
        while True:
            left = deadline - time.monotonic()
            try:
                found = step.observe()
            except Unanswered:
                if left <= 0:
                    raise
            else:
                if is_there(found) or left <= 0:
                    return found
            if self.running.stop.wait(min(pause, left)):
                raise Interrupted(f"{step.title}: stopped while waiting to see it")
            pause = min(pause * 2, 30)

    def undo(self, section: str, step: Step) -> None:
        assert step.undo is not None
        if self.running.stop.is_set():
            raise Interrupted("the walk back was stopped")
        try:
            found = _ours(step)
            if found is None:
                return
            running = replace(self.running, log=log_of(self.running.log, section, step))
            for action in step.undo:
                self.watch(Event("acting", section, step, found, action))
                action.run(running)
            found = self.looked_for(step, lambda found: found.state is State.ABSENT)
            if found.state is not State.ABSENT:
                raise Unsettled(
                    f"{step.title}: undone without an error, and still {found.detail}",
                    expected="nothing left of it",
                    type_next="invoke abort",
                )
            self.watch(Event("undone", section, step, found))
        except ReleaseError as error:
            self.watch(Event("failed", section, step, error=error))
            raise


def _ours(step: Step) -> Found | None:
    """
    What there is to undo; nothing where the world has nothing, or something that is not ours, as a tampered artifact.
    """
    try:
        found = step.observe()
    except Conflict:
        return None
    return None if found.state in (State.ABSENT, State.CONFLICT) else found


def log_of(log: Path, section: str, step: Step) -> Path:
    """
    The log file of a step below the folder `log`: its section and title in plain letters.

    Titles that are equal in plain letters differ in the six digits of a hash.
    """
    words = re.sub(r"[^a-z0-9.]+", "-", f"{section} {step.title}".lower())[:80].strip("-.")
    mark = hashlib.sha256(f"{section}\0{step.title}".encode(errors="surrogateescape")).hexdigest()[:6]
    return log / f"{words or 'step'}-{mark}.log"


def _flat(items: Sequence[Item], section: str) -> Iterator[tuple[str, Step]]:
    for item in items:
        if isinstance(item, Section):
            yield from _flat(item.items, item.name)
        elif isinstance(item, Together):
            for branch in item.branches:
                yield from _flat(branch, section)
        else:
            yield section, item


def _look(section: str, step: Step) -> Seen:
    try:
        return Seen(section, step, step.observe())
    except ReleaseError as error:
        return Seen(section, step, None, error)


def _refusal(step: Step, found: Found) -> ReleaseError:
    kind = Conflict if found.state is State.CONFLICT else NotReady
    return kind(found.detail, expected=step.title, type_next=found.type_next)


def _hope(step: Step) -> Found | None:
    try:
        return step.observe()
    except ReleaseError:
        return None


def _settles(step: Step, found: Found) -> bool:
    """
    Whether the claim holds now; what stands in its way under our name is refused.
    """
    if found.state is State.CONFLICT:
        raise _refusal(step, found)
    return found.state is State.DONE


def _in_sequence(items: Sequence[Item]) -> Iterator[Step]:
    """
    The steps that nothing is walked side by side with: whatever comes after one of them waits for it.
    """
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
