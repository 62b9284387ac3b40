"""
The most that one question to a server may take: bytes, pages and time, all of its tries and pages together.

What a server sends becomes up to forty times as large in memory, so the bytes limit the memory, too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from contd_release.errors import Unanswered

MEBIBYTE: Final = 1 << 20


@dataclass(frozen=True)
class Limits:
    """
    What one question may take.

    Args:
        size: bytes of one reply.
        total: bytes of all replies.
        seconds: from the first try to the last byte.
        pages: replies that are answers.
    """

    size: int = 8 * MEBIBYTE
    total: int = 16 * MEBIBYTE
    seconds: float = 300
    pages: int = 1000


class Budget:
    """The rest of the limits of one question."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.deadline = time.monotonic() + limits.seconds
        self._total, self._pages = limits.total, limits.pages

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return max(self.deadline - time.monotonic(), 0)

    def within(self, size: int, who: str) -> None:
        """
        Refuse a reply that is too large or too slow.

        Args:
            size: the bytes that have come so far.

        Raises:
            Unanswered: it is.
        """
        if size > (most := min(self.limits.size, self._total)):
            allowed = self.limits.size if most == self.limits.size else self.limits.total
            raise Unanswered(f"{who} sent more than {allowed} bytes", expected=f"at most {allowed} bytes")
        if not self.left:
            raise Unanswered(f"{who} was not done after {self.limits.seconds:g} s", expected="the whole answer")

    def page(self, size: int, who: str) -> None:
        """
        Take a whole reply of so many bytes.

        Raises:
            Unanswered: it is one page too many.
        """
        self._total -= size
        self._pages -= 1
        if self._pages < 0:
            raise Unanswered(f"{who} sent more than {self.limits.pages} pages", expected="a list with an end")


QUESTION: Final = Limits()
# An upload counts until it is answered, and the largest files take an hour on a slow line.
TRANSFER: Final = Limits(seconds=7200)
