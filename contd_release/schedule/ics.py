"""The schedule as a calendar file that every calendar program can subscribe to or import (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from contd_release.errors import NotReady
from contd_release.schedule import freeze
from contd_release.schedule.due import DueRow
from contd_release.schedule.plan import Plan

AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Day:
    """
    An event of whole days.

    Args:
        uid: the same for the same event at every writing, so that a calendar moves it instead of showing it twice.
        last: the last day that belongs to it.
    """

    uid: str
    first: date
    last: date
    summary: str
    description: str = ""


def days(project: str, plan: Plan, rows: Sequence[DueRow], now: datetime) -> Iterator[Day]:
    """The releases that are due within a year, the next one even when it is late, and the freezes."""
    today = plan.day(now)
    for row in rows:
        yield from _releases(project, plan, row, today)
    for first, last in freeze.spells(plan.windows, today, today + AHEAD):
        words = f"{project}: no releases"
        yield Day(f"freeze-{last.isoformat()}@{_host(project)}", first, last, words, "A freeze window of the schedule.")


def text(project: str, events: Sequence[Day], now: datetime) -> bytes:
    """
    The calendar file; equal events and an equal moment give equal bytes.

    Raises:
        NotReady: the extra `schedule` is not installed.
    """
    try:
        import icalendar
    except ImportError as error:
        raise NotReady(
            "a calendar file needs icalendar, which is not installed",
            expected="the extra `schedule`",
            type_next="pip install 'contd-release[schedule]'",
        ) from error

    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//contd-release//{_plain(project)}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{_plain(project)} releases")
    for one in events:
        event = icalendar.Event()
        event.add("uid", one.uid)
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", one.first)
        # The end of an all-day event is the day after it: RFC 5545, 3.6.1.
        event.add("dtend", one.last + timedelta(days=1))
        event.add("summary", one.summary)
        event.add("description", one.description)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    found: bytes = calendar.to_ical()
    return found


def _releases(project: str, plan: Plan, row: DueRow, today: date) -> Iterator[Day]:
    if row.due is None:
        return
    after = str(row.last.version) if row.last else "the-beginning"
    begins = f"After {after}" if row.last else "The first one"
    anchor = plan.day(row.last.at) if row.last else None
    summary = f"{project}: {row.part} release"
    yield Day(_uid(project, row, after, 1), row.due, row.due, summary, f"{begins}; {row.frequency.words}.")
    times = 1
    while True:
        times += 1
        planned = row.frequency.after(anchor or row.due, times if anchor else times - 1)
        if planned > today + AHEAD:
            return
        if (day := freeze.thaw(planned, plan.windows)) > max(row.due, today):
            yield Day(_uid(project, row, after, times), day, day, summary, f"Planned; {row.frequency.words}.")


def _uid(project: str, row: DueRow, after: str, times: int) -> str:
    return f"{row.part}-{times}-after-{after}@{_host(project)}"


def _host(project: str) -> str:
    return f"{_plain(project)}.contd-release"


def _plain(name: str) -> str:
    """A name without what would begin another line of the file."""
    return re.sub(r"[^\w. -]+", "-", name)
