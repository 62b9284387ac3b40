"""How often a part is released, in words: `weekly`, `every 2 weeks`, `monthly`, `quarterly`, `yearly`, `as needed`."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contd_release.errors import Usage

AS_NEEDED: Final = "as needed"
EXPECTED: Final = (
    "as needed, daily, weekly, fortnightly, monthly, quarterly, half-yearly, yearly, "
    "or every N days, weeks, months, quarters or years"
)
_WORDS: Final = {
    AS_NEEDED: (0, 0),
    "daily": (0, 1),
    "weekly": (0, 7),
    "fortnightly": (0, 14),
    "monthly": (1, 0),
    "quarterly": (3, 0),
    "half-yearly": (6, 0),
    "yearly": (12, 0),
}
_UNITS: Final = {"day": (0, 1), "week": (0, 7), "month": (1, 0), "quarter": (3, 0), "year": (12, 0)}
_EVERY = re.compile(r"every (?:(?P<one>day|week|month|quarter|year)|(?P<n>[1-9]\d?) (?P<many>\w+)s)")


@dataclass(frozen=True)
class Frequency:
    """A distance between two releases, in months and days; none of either where releases are made as needed."""

    words: str
    months: int = 0
    days: int = 0

    @property
    def is_timed(self) -> bool:
        """Whether the calendar says when the next one is due."""
        return bool(self.months or self.days)

    def after(self, day: date, times: int = 1) -> date:
        """
        The day that is this far, so many times, after another.

        Counting from one anchor keeps month ends: the 31st, `monthly`, gives 28 February and then 31 March.
        """
        return _months_after(day, self.months * times) + timedelta(days=self.days * times)

    @property
    def grace(self) -> timedelta:
        """How long a release may be due before it is late: a quarter of the distance, at most a week."""
        return timedelta(days=min(7, (self.months * 30 + self.days) // 4))


def parse(words: str, key: str) -> Frequency:
    """
    The frequency that the words mean.

    Args:
        key: the configuration key that has them, for the error.

    Raises:
        Usage: they mean none.
    """
    if words in _WORDS:
        return Frequency(words, *_WORDS[words])
    if match := _EVERY.fullmatch(words):
        unit = _UNITS.get(match["one"] or match["many"])
        if unit:
            count = int(match["n"] or 1)
            return Frequency(words, unit[0] * count, unit[1] * count)
    raise Usage(f"[tool.contd-release.schedule] {key} is {words!r}", EXPECTED, "$EDITOR pyproject.toml")


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
