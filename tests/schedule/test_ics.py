"""The calendar file, read back by the library that calendars use."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from packaging.version import Version

from contd_release.project.settings import Schedule
from contd_release.schedule import due as schedule
from contd_release.schedule import ics
from contd_release.schedule.due import Pending, Shipped
from contd_release.schedule.plan import read

icalendar = pytest.importorskip("icalendar", reason="the extra `schedule` is not installed")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def calendar(settings: Schedule, shipped: str, now: datetime = NOW) -> bytes:
    """The file of a project whose newest version came out on this day."""
    plan = read(settings)
    out = [Shipped(Version("1.2.0"), datetime.fromisoformat(f"{shipped}T12:00+00:00"))]
    rows = schedule.table(plan, out, [Pending("1.feature.md", "feature", "minor")], now)
    return ics.text("demo", list(ics.days("demo", plan, rows, now)), now)


def events(text: bytes) -> dict[str, tuple[date, date]]:
    """First day and the day after the last, by UID."""
    found = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return {str(one["uid"]): (one.decoded("dtstart"), one.decoded("dtend")) for one in found}


def test_events_are_whole_days() -> None:
    """A year of monthly releases keeps the 31st, the yearly one is there, and both are all-day events."""
    found = events(calendar(Schedule(), "2026-10-31"))

    minors = [first for uid, (first, _) in sorted(found.items()) if uid.startswith("minor")]
    assert len(minors) == 12
    assert {date(2026, 11, 30), date(2026, 12, 31), date(2027, 2, 28), date(2027, 10, 31)} <= set(minors)
    assert (date(2027, 10, 31), date(2027, 11, 1)) == found["major-1-after-the-beginning@demo.contd-release"]


def test_the_first_release_comes_after_nothing() -> None:
    """What a person reads in a calendar says so in words."""
    found = icalendar.Calendar.from_ical(calendar(Schedule(), "2026-10-31")).walk("VEVENT")
    (told,) = {str(one["description"]) for one in found if str(one["uid"]).startswith("major")}
    assert told == "The first one; yearly."


def test_uids_are_stable() -> None:
    """A freeze moves the event and does not make another one; equal input gives equal bytes."""
    free = events(calendar(Schedule(), "2026-11-20"))
    frozen = events(calendar(Schedule(freeze=("12-20..01-03",)), "2026-11-20"))

    uid = "minor-1-after-1.2.0@demo.contd-release"
    assert date(2026, 12, 20) == free[uid][0]
    assert date(2027, 1, 4) == frozen[uid][0]
    assert (date(2026, 12, 20), date(2027, 1, 4)) == frozen["freeze-2027-01-03@demo.contd-release"]
    assert calendar(Schedule(), "2026-11-20") == calendar(Schedule(), "2026-11-20")


def test_late_release_is_there_once() -> None:
    """A release long overdue is one event in the past; what follows lies ahead."""
    found = events(calendar(Schedule(), "2026-01-31"))

    assert date(2026, 2, 28) == found["minor-1-after-1.2.0@demo.contd-release"][0]
    assert [day for uid, (day, _) in found.items() if day < NOW.date() and "-1-after" not in uid] == []


def test_hostile_project_name_stays_in_its_line() -> None:
    """A name with line breaks and commas cannot begin another property."""
    plan = read(Schedule())
    rows = schedule.table(plan, [], [], NOW)
    text = ics.text("a\r\nATTACH:x,y;z", list(ics.days("demo", plan, rows, NOW)), NOW)

    assert b"\r\nATTACH" not in text
