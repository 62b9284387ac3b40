"""The engine of a checklist: observe, act if the claim does not hold, observe again; in order or side by side."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event as Flag

from contd_release.engine.items import Event, Item, Phase, Section, Seen, Together, Watcher
from contd_release.engine.step import Found, State, Step
from contd_release.errors import (
    Conflict,
    Interrupted,
    NotReady,
    ReleaseError,
    Unanswered,
    Unsettled,
    Unwritable,
    exit_code,
    raise_all,
)
from contd_release.process.action import Running

ATTEMPTS = 4


@dataclass(frozen=True)
class Walk:
    """One walk: who watches it, what its actions run in, and which checks a look right before it has made."""

    watch: Watcher
    running: Running
    checked: Mapping[int, Found] = field(default_factory=dict)

    def items(self, items: Sequence[Item], section: str, halts: tuple[Flag, ...] = ()) -> None:
        """Make these true, in order; stop between two of them once the walk, or one of `halts`, is stopped."""
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
        """Walk the branches in threads. One that fails lets the others finish the step they are at, and no more."""
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
        """Make one step true."""
        began = time.monotonic()

        def tell(what: Phase, **details: object) -> None:
            event = Event(what, section, step, seconds=time.monotonic() - began)
            self.watch(replace(event, **details))  # type: ignore[arg-type]

        try:
            tell(Phase.OBSERVING)
            found = self.checked.get(id(step)) or step.observe()
            if found.state is State.CONFLICT or (found.state is not State.DONE and not step.act):
                raise refusal(step, found)
            if found.state is not State.DONE:
                tell(Phase.FOUND, found=found)
                found = self.act(step, section, tell)
            tell(Phase.DONE, found=found)
        except ReleaseError as error:
            tell(Phase.FAILED, error=error)
            raise

    def act(self, step: Step, section: str, tell: Callable[..., None]) -> Found:
        """Act, and observe that the act worked; if the act failed, another observation decides."""
        running = replace(self.running, log=log_of(self.running.log, section, step))
        for attempt in range(1, ATTEMPTS + 1):
            try:
                for action in step.act:
                    tell(Phase.ACTING, action=action, log=running.log)
                    action.run(running)
                break
            except (Interrupted, Unwritable):
                # A line that cannot be written down is not made good by what the world shows.
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
        tell(Phase.SETTLING)
        found = self.looked_for(step, lambda found: _settles(step, found))
        if found.state is not State.DONE:
            raise Unsettled(
                f"{step.title}: done without an error, and still {found.detail}",
                expected=f"to be seen within {step.patience:g} s",
                type_next="invoke release",
            )
        return found

    def looked_for(self, step: Step, is_there: Callable[[Found], bool]) -> Found:
        """Observe until it is there or the step's patience ends; places with lag are asked less and less often."""
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

    def undo(self, section: str, step: Step) -> Seen | None:
        """
        Make one step false again, and observe that it is.

        Returns:
            What is left: something that is not ours, or that cannot be found or removed; None if nothing is.
        """
        assert step.undo is not None
        if self.running.stop.is_set():
            raise Interrupted("the walk back was stopped")
        is_changed = False
        try:
            found, is_changed = _there(step)
            if found.state in (State.ABSENT, State.CONFLICT):
                return Seen(section, step, found) if found.remains or found.state is State.CONFLICT else None
            running = replace(self.running, log=log_of(self.running.log, section, step))
            for action in step.undo:
                self.watch(Event(Phase.ACTING, section, step, found, action, log=running.log))
                action.run(running)
            found = self.looked_for(step, lambda found: found.state is State.ABSENT)
            if found.state is not State.ABSENT:
                raise Unsettled(
                    f"{step.title}: undone without an error, and still {found.detail}",
                    expected="nothing left of it",
                    type_next="invoke abort",
                )
            self.watch(Event(Phase.UNDONE, section, step, found))
        except ReleaseError as error:
            if is_changed and isinstance(error, Conflict):
                return Seen(section, step, None, error)
            self.watch(Event(Phase.FAILED, section, step, error=error))
            raise
        return Seen(section, step, found) if found.remains else None


def _there(step: Step) -> tuple[Found, bool]:
    """The state before the undo, and whether it is ours with other bytes, as a tampered artifact."""
    try:
        return step.observe(), False
    except Conflict as error:
        return Found(State.PARTIAL, error.what_is), True


def log_of(log: Path, section: str, step: Step) -> Path:
    """
    The log file of a step below the folder `log`: its section and title in plain letters.

    Titles that are equal in plain letters differ in the six digits of a hash.
    """
    words = re.sub(r"[^a-z0-9.]+", "-", f"{section} {step.title}".lower())[:80].strip("-.")
    mark = hashlib.sha256(f"{section}\0{step.title}".encode(errors="surrogateescape")).hexdigest()[:6]
    return log / f"{words or 'step'}-{mark}.log"


def refusal(step: Step, found: Found) -> ReleaseError:
    """The error for a step that cannot be walked: something else is there, or only a person can make it true."""
    kind = Conflict if found.state is State.CONFLICT else NotReady
    return kind(found.detail, expected=found.expected or step.title, type_next=found.type_next)


def _hope(step: Step) -> Found | None:
    try:
        return step.observe()
    except ReleaseError:
        return None


def _settles(step: Step, found: Found) -> bool:
    """Whether the claim holds now; something else with our name is refused."""
    if found.state is State.CONFLICT:
        raise refusal(step, found)
    return found.state is State.DONE
