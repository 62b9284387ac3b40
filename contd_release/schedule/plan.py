"""The schedule of the configuration, understood: how often each part is released, where days begin, when nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from contd_release.errors import ReleaseError, Usage, raise_all
from contd_release.project.settings import Schedule
from contd_release.project.version import Part
from contd_release.schedule import freeze, frequency
from contd_release.schedule.freeze import Window
from contd_release.schedule.frequency import Frequency

SMALLEST_FIRST: Final[tuple[Part, ...]] = ("patch", "minor", "major")


@dataclass(frozen=True)
class Plan:
    """How often, where days begin, and when not."""

    frequencies: tuple[tuple[Part, Frequency], ...]
    zone: tzinfo
    windows: tuple[Window, ...]

    def day(self, moment: datetime) -> date:
        """The day that this moment falls on in the plan's time zone."""
        return moment.astimezone(self.zone).date()


def read(settings: Schedule) -> Plan:
    """
    The plan that the configuration spells.

    Raises:
        Usage: words that mean nothing.
        Several: all of them at once.
    """
    errors: list[ReleaseError] = []
    frequencies: list[tuple[Part, Frequency]] = []
    windows: list[Window] = []
    zone: tzinfo = UTC
    for part, words in zip(SMALLEST_FIRST, (settings.patch, settings.minor, settings.major), strict=True):
        try:
            frequencies.append((part, frequency.parse(words, part)))
        except Usage as error:
            errors.append(error)
    for words in settings.freeze:
        try:
            windows.append(freeze.parse(words))
        except Usage as error:
            errors.append(error)
    try:
        zone = _zone(settings.timezone)
        freeze.thaw(date(2024, 1, 1), windows)
    except Usage as error:
        errors.append(error)
    raise_all(errors)
    return Plan(tuple(frequencies), zone, tuple(windows))


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Usage(
            f"[tool.contd-release.schedule] timezone is {name!r}",
            "a name of the IANA time zone database, such as UTC or Europe/Berlin",
            "$EDITOR pyproject.toml",
        ) from error
