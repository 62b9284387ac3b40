"""What a checklist is made of: steps, sections, branches side by side, and the events that a walk of them tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from contd_release.engine.step import Found, Step
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


def flat(items: Sequence[Item], section: str) -> Iterator[tuple[str, Step]]:
    """Every step with the name of its section, in the order in which they are told."""
    for item in items:
        if isinstance(item, Section):
            yield from flat(item.items, item.name)
        elif isinstance(item, Together):
            for branch in item.branches:
                yield from flat(branch, section)
        else:
            yield section, item
