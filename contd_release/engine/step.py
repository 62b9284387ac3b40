"""A step is a claim about the world, how to observe it, what makes it true, and what makes it false again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from contd_release.errors import ReleaseError
from contd_release.process.action import Action


class State(Enum):
    """What an observation found. "Cannot know" is not a state: it raises `Unanswered`."""

    ABSENT = "absent"
    PARTIAL = "partial"
    DONE = "done"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Found:
    """
    A state, and the detail a person wants to see: what is there now.

    Args:
        type_next: for a state only a person can change, the one command to type.
        remains: whether the place keeps something of what is absent, which does no harm and cannot be removed.
        expected: what has to be there instead, where the step's own claim does not say it.
    """

    state: State
    detail: str
    type_next: str = ""
    remains: bool = False
    expected: str = ""


@dataclass(frozen=True)
class Step:
    """
    One claim of the checklist.

    Args:
        title: the claim, as a person says it: "v1.2.0 is on origin".
        observe: finds out whether it holds; changes nothing.
        act: what makes the claim true. Empty: only a person can.
        undo: what makes it false again. Empty: there is nothing to undo. `None`: it cannot be undone, so the step lies
            behind the point of no return.
        patience: seconds in which the world may take to show what was done.
        needs_person: whether `act` waits for a person; a rollback walks such a step after everything else.
        retry: whether a failure of `act` is worth another try; every `act` is safe to repeat.
    """

    title: str
    observe: Callable[[], Found]
    act: tuple[Action, ...] = ()
    undo: tuple[Action, ...] | None = ()
    patience: float = 0
    retry: Callable[[ReleaseError], bool] | None = None
    needs_person: bool = False

    @property
    def is_irreversible(self) -> bool:
        """Whether this step cannot be undone."""
        return self.undo is None
