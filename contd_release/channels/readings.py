"""A reading: one thing that was built, and what users get of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What is found, compared with what was built. "Cannot know" is none of these."""

    SAME = "as built"
    ABSENT = "absent"
    STALE = "stale"
    WRONG = "wrong"
    UNANSWERED = "unanswered"


@dataclass(frozen=True)
class Glance:
    """
    One look: the verdict, and what is there in a few words, a digest where there is one.

    Args:
        warning: what users will notice although the bytes are right, such as that they cannot pull it.
    """

    verdict: Verdict
    what: str
    warning: str = ""


@dataclass(frozen=True)
class Reading:
    """
    One name under which users get something.

    Args:
        built: the digest that was sealed.
        look: asks the world; raises `Unanswered` where it cannot know.
        is_promoted: whether it comes true only when the release is promoted.
    """

    name: str
    built: str
    look: Callable[[], Glance]
    is_promoted: bool = False


@dataclass(frozen=True)
class ComparedRow:
    """One line of the table: channel, name, what was built, what is found."""

    channel: str
    name: str
    built: str
    seen: Glance


def compared(built: str, theirs: str | None, *, stale: str = "") -> Glance:
    """
    What a digest says, or its absence.

    Args:
        stale: why absence means only that this place lags: what was published is known elsewhere.
    """
    if theirs is None:
        return Glance(Verdict.STALE, stale) if stale else Glance(Verdict.ABSENT, "not there")
    return Glance(Verdict.SAME if theirs == built else Verdict.WRONG, theirs)
