"""
When the next release is due: patch as needed, minor monthly, major yearly, or as the configuration says.

Days are days of the configured time zone. A larger release counts for the smaller ones: after 2.0.0 the next minor one
is due a month later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Final

from packaging.version import Version

from contd_release.errors import NeedsPerson
from contd_release.project.version import Part
from contd_release.schedule import freeze
from contd_release.schedule.frequency import Frequency
from contd_release.schedule.plan import SMALLEST_FIRST, Plan

URGENT: Final = "security"


class DueVerdict(Enum):
    """What the calendar and the fragments say of one part."""

    NOT_YET = "not yet"
    AS_NEEDED = "as needed"
    NOTHING = "nothing to ship"
    FROZEN = "frozen"
    DUE = "due"
    LATE = "late"


@dataclass(frozen=True)
class Shipped:
    """A version that is out, and the moment of its release (with a time zone)."""

    version: Version
    at: datetime


@dataclass(frozen=True)
class Pending:
    """A fragment that waits to be released: its type, and the part it asks for at least."""

    name: str
    kind: str
    part: Part


@dataclass(frozen=True)
class DueRow:
    """
    One line of the table.

    Args:
        last: the newest release that counts for this part.
        due: the day of the next one, moved behind the freeze it would fall in; None if it is made as needed.
        pending: the fragments that this part may ship.
    """

    part: Part
    frequency: Frequency
    last: Shipped | None
    due: date | None
    pending: tuple[Pending, ...]
    verdict: DueVerdict
    note: str = ""

    @property
    def is_due(self) -> bool:
        """Whether someone should release now."""
        return self.verdict in (DueVerdict.DUE, DueVerdict.LATE)


def table(plan: Plan, shipped: Sequence[Shipped], pending: Sequence[Pending], now: datetime) -> tuple[DueRow, ...]:
    """A row for each part: patch, minor, major."""
    finals = [one for one in shipped if not one.version.is_prerelease]
    return tuple(_row(plan, one, finals, pending, plan.day(now)) for one in plan.frequencies)


def check(rows: Sequence[DueRow]) -> None:
    """
    Print nothing if nothing is due, for cron: the exit code is 0.

    Raises:
        NeedsPerson: a release is due or late; the exit code is 8.
    """
    due = [row for row in rows if row.is_due]
    if due:
        raise NeedsPerson("\n".join(map(sentence, due)), "a release", command(rows))


def sentence(row: DueRow) -> str:
    """A row in words."""
    count = len(row.pending)
    waiting = f"{count} change{'' if count == 1 else 's'} waiting" if count else "no changes waiting"
    since = f", {row.due.isoformat()}" if row.due else ""
    note = f"; {row.note}" if row.note else ""
    return f"{row.part} ({row.frequency.words}): {row.verdict.value}{since}, {waiting}{note}"


def command(rows: Sequence[DueRow]) -> str:
    """The release to type when something is due: the largest part that is due or that a waiting change asks for."""
    asked = {row.part for row in rows if row.is_due} | {one.part for row in rows for one in row.pending}
    return f"invoke release --part {max(asked, key=SMALLEST_FIRST.index, default='patch')}"


def counts_for(version: Version, part: Part) -> bool:
    """Whether a release starts the clock of this part anew: 1.2.0 does for minor and patch, 2.0.0 for all three."""
    return {"patch": True, "minor": version.micro == 0, "major": version.micro == version.minor == 0}[part]


def _row(
    plan: Plan, one: tuple[Part, Frequency], finals: Sequence[Shipped], fragments: Sequence[Pending], today: date
) -> DueRow:
    part, often = one
    size = SMALLEST_FIRST.index(part)
    pending = tuple(each for each in fragments if SMALLEST_FIRST.index(each.part) <= size)
    last = max((each for each in finals if counts_for(each.version, part)), key=lambda each: each.at, default=None)
    # A part that was never released counts from the first release of all.
    anchor = last or min(finals, key=lambda each: each.at, default=None)
    frozen = freeze.is_frozen(today, plan.windows)
    note = _note(fragments, part, pending, frozen=frozen)
    if not often.is_timed:
        verdict = _as_needed(pending, frozen=frozen)
        return DueRow(part, often, last, None, pending, verdict, note)
    if anchor is None and pending and all(each.part != part for each in pending):
        return DueRow(
            part, often, None, None, pending, DueVerdict.NOT_YET, "nothing was released yet, and nothing asks for it"
        )
    planned = often.after(plan.day(anchor.at)) if anchor else today
    due = freeze.thaw(planned, plan.windows)
    if today < planned:
        verdict = DueVerdict.NOT_YET
    elif not pending:
        verdict = DueVerdict.NOTHING
    elif frozen:
        verdict, due = DueVerdict.FROZEN, freeze.thaw(today, plan.windows)
    else:
        verdict = DueVerdict.LATE if today > due + often.grace else DueVerdict.DUE
    return DueRow(part, often, last, due, pending, verdict, note)


def _as_needed(pending: Sequence[Pending], *, frozen: bool) -> DueVerdict:
    """The verdict without a calendar: only a security fix does not wait for a person's decision."""
    if not pending:
        return DueVerdict.NOTHING
    if frozen:
        return DueVerdict.FROZEN
    return DueVerdict.DUE if any(one.kind == URGENT for one in pending) else DueVerdict.AS_NEEDED


def _note(fragments: Sequence[Pending], part: Part, pending: Sequence[Pending], *, frozen: bool) -> str:
    size = SMALLEST_FIRST.index(part)
    larger = [one for one in fragments if SMALLEST_FIRST.index(one.part) > size]
    if frozen and any(one.kind == URGENT for one in pending):
        return "a security fix waits for the end of the freeze, or for you"
    if larger:
        asked = max((one.part for one in larger), key=SMALLEST_FIRST.index)
        return f"{len(larger)} more ask{'s' if len(larger) == 1 else ''} for more than a {part} release, up to {asked}"
    return ""
