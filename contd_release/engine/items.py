"""What a checklist is made of: steps, sections, branches side by side, and the events of a walk of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from contd_release.engine.step import Found, State, Step
from contd_release.errors import ReleaseError
from contd_release.process.action import Action


@dataclass(frozen=True)
class Section:
    """A named part of the checklist, such as "publish"."""

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


class Phase(StrEnum):
    """What happens to a step."""

    OBSERVING = "observing"
    FOUND = "found"
    ACTING = "acting"
    SETTLING = "settling"
    DONE = "done"
    UNDONE = "undone"
    FAILED = "failed"


@dataclass(frozen=True)
class Event:
    """
    Something a watcher may want to show.

    Args:
        section: the name of the section the step is in.
        found: what the last observation saw.
        action: what is being done.
        seconds: how long the step took, when it is over.
        log: the file that the action writes to.
    """

    what: Phase
    section: str
    step: Step
    found: Found | None = None
    action: Action | None = None
    error: ReleaseError | None = None
    seconds: float = 0
    log: Path | None = None


@dataclass
class PointOfNoReturn:
    """The line before the first step that cannot be undone, found while the steps are listed in order."""

    is_passed: bool = False

    def is_before(self, step: Step) -> bool:
        """Whether the line is right before this step."""
        is_first = step.is_irreversible and not self.is_passed
        self.is_passed |= is_first
        return is_first


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

    @property
    def detail(self) -> str:
        """What is there, or why that is not known."""
        return self.error.what_is if self.error else self.found.detail if self.found else ""


Watcher: TypeAlias = Callable[[Event], None]


def flat(items: Sequence[Item], section: str) -> Iterator[tuple[str, Step]]:
    """Every step with the name of its section, in the order of the checklist."""
    for item in items:
        if isinstance(item, Section):
            yield from flat(item.items, item.name)
        elif isinstance(item, Together):
            for branch in item.branches:
                yield from flat(branch, section)
        else:
            yield section, item
