"""
When nothing is released: from a first to a last day, once (`2026-12-20..2027-01-03`) or every year (`12-20..01-03`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

from contd_release.errors import Usage

EXPECTED: Final = "FIRST..LAST, each YYYY-MM-DD for once or MM-DD for every year: 12-20..01-03"
_DAY = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")
_LEAP_YEAR: Final = 2024
# Every yearly window has come by within this many days, a leap year's included.
_LONGEST: Final = 9 * 366

MonthDay: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Once:
    """A window with years; both ends belong to it."""

    words: str
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Yearly:
    """A window that comes every year and may run over its end. 29 February is a day only where the year has it."""

    words: str
    first: MonthDay
    last: MonthDay

    def __contains__(self, day: date) -> bool:
        this = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= this <= self.last
        return this >= self.first or this <= self.last


Window: TypeAlias = Once | Yearly


def parse(words: str) -> Window:
    """
    The window that the words mean.

    Raises:
        Usage: not two days, a day that no calendar has, or a last day before the first.
    """
    first, dots, last = words.partition("..")
    ends = (_day(first), _day(last)) if dots else (None, None)
    match ends:
        case (date() as begin, date() as end):
            if begin > end:
                raise _wrong(words, f"{last} comes before {first}")
            return Once(words, begin, end)
        case ((_, _) as begin, (_, _) as end):
            return Yearly(words, begin, end)
        case _:
            raise _wrong(words, "those are not two days of one kind")


def is_frozen(day: date, windows: Iterable[Window]) -> bool:
    """Whether this day lies in a window."""
    return any(day in window for window in windows)


def thaw(day: date, windows: Iterable[Window]) -> date:
    """
    The first day from this one on that lies in no window.

    Raises:
        Usage: there is none within nine years.
    """
    every = tuple(windows)
    for ahead in range(_LONGEST):
        if not is_frozen(later := day + timedelta(days=ahead), every):
            return later
    raise _wrong(" and ".join(window.words for window in every), "together they leave no day for a release")


def spells(windows: Iterable[Window], first: date, last: date) -> Iterable[tuple[date, date]]:
    """The stretches of frozen days between two days, overlapping windows as one."""
    every = tuple(windows)
    begin: date | None = None
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if is_frozen(day, every):
            begin = begin or day
        elif begin:
            yield begin, day - timedelta(days=1)
            begin = None
    if begin:
        yield begin, last


def _day(text: str) -> date | MonthDay | None:
    if not (match := _DAY.fullmatch(text)):
        return None
    year, month, day = match.groups()
    try:
        found = date(int(year or _LEAP_YEAR), int(month), int(day))
    except ValueError:
        return None
    return found if year else (found.month, found.day)


def _wrong(words: str, why: str) -> Usage:
    return Usage(f"[tool.contd-release.schedule] freeze has {words!r}: {why}", EXPECTED, "$EDITOR pyproject.toml")
