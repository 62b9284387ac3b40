"""Ask GitHub again and again, until what is waited for is there; an answer that fails to come may come later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from contd_release.errors import Interrupted, Unanswered
from contd_release.process.action import Running
from contd_release.process.edge import interruption
from contd_release.tools.http import Refused

Reply = TypeVar("Reply")


@dataclass(frozen=True)
class Pace:
    """
    How often GitHub is asked, and how long is waited, in seconds.

    Args:
        first: the pause after the first question; each is half as long again as the one before.
        longest: the longest pause.
        silence: without any answer.
        whole: until what is waited for is there. People may have to approve it.
    """

    first: float = 10
    longest: float = 10
    silence: float = 300
    whole: float = 6 * 3600


def replies(ask: Callable[[], Reply], pace: Pace, running: Running, *, stopped: str) -> Iterator[Reply]:
    """
    Every reply until the time is over; the caller ends the loop at the one that it waits for.

    Args:
        stopped: what is said where the wait is interrupted.

    Raises:
        Interrupted: a person has stopped the wait.
        Unanswered: GitHub has answered nothing for too long, or refuses the question.
    """
    begun = heard = time.monotonic()
    pause = pace.first
    while time.monotonic() - begun < pace.whole:
        try:
            reply = ask()
        except Refused:
            raise
        except Unanswered:
            if time.monotonic() - heard > pace.silence:
                raise
        else:
            heard = time.monotonic()
            yield reply
        try:
            if running.stop.wait(pause):
                raise Interrupted(stopped)
        except KeyboardInterrupt as error:
            raise Interrupted(f"{interruption(error).what_is}: {stopped}") from error
        pause = min(pause * 1.5, pace.longest)
