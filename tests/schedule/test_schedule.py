"""The table of what is due: a case per date that calendars get wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from packaging.version import Version

from contd_release.errors import NeedsPerson, Several, Usage
from contd_release.project.settings import Schedule
from contd_release.project.version import Part
from contd_release.schedule import due as schedule
from contd_release.schedule import freeze, frequency
from contd_release.schedule.due import DueRow, DueVerdict, Pending, Shipped
from contd_release.schedule.plan import read

FIX = Pending("1.bugfix.md", "bugfix", "patch")
NEWS = Pending("2.feature.md", "feature", "minor")
BREAK = Pending("3.breaking.md", "breaking", "major")
HOLE = Pending("4.security.md", "security", "patch")


def moment(text: str) -> datetime:
    """A moment in UTC where the text names no zone; a day alone is its noon."""
    found = datetime.fromisoformat(text if len(text) > 10 else f"{text}T12:00")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def row(
    part: Part, now: str, *shipped: tuple[str, str], settings: Schedule | None = None, pending: tuple[Pending, ...] = ()
) -> DueRow:
    """The row of one part."""
    out = [Shipped(Version(version), moment(at)) for version, at in shipped]
    rows = schedule.table(read(settings or Schedule()), out, pending, moment(now))
    return next(one for one in rows if one.part == part)


AFTER = [
    # monthly, at the ends of months
    ("monthly", "2026-01-15", 1, "2026-02-15"),
    ("monthly", "2026-01-31", 1, "2026-02-28"),
    ("monthly", "2028-01-31", 1, "2028-02-29"),
    ("monthly", "2026-01-31", 2, "2026-03-31"),
    ("monthly", "2026-01-31", 3, "2026-04-30"),
    ("monthly", "2026-02-28", 1, "2026-03-28"),
    ("monthly", "2026-03-31", 1, "2026-04-30"),
    ("monthly", "2026-12-31", 1, "2027-01-31"),
    ("monthly", "2026-12-01", 1, "2027-01-01"),
    ("monthly", "2027-12-31", 2, "2028-02-29"),
    # quarters and halves
    ("quarterly", "2026-11-30", 1, "2027-02-28"),
    ("quarterly", "2027-11-30", 1, "2028-02-29"),
    ("quarterly", "2026-10-01", 1, "2027-01-01"),
    ("half-yearly", "2026-08-31", 1, "2027-02-28"),
    ("every 2 quarters", "2026-08-31", 1, "2027-02-28"),
    # years, leap and not; 2100 is none
    ("yearly", "2028-02-29", 1, "2029-02-28"),
    ("yearly", "2028-02-29", 4, "2032-02-29"),
    ("yearly", "2096-02-29", 4, "2100-02-28"),
    ("every 2 years", "2027-03-01", 1, "2029-03-01"),
    ("every 18 months", "2026-08-31", 1, "2028-02-29"),
    ("every month", "2026-05-31", 1, "2026-06-30"),
    # days and weeks
    ("daily", "2028-02-28", 1, "2028-02-29"),
    ("daily", "2027-02-28", 1, "2027-03-01"),
    ("weekly", "2028-02-26", 1, "2028-03-04"),
    ("weekly", "2026-12-28", 1, "2027-01-04"),
    ("fortnightly", "2026-12-20", 1, "2027-01-03"),
    ("every 2 weeks", "2026-02-20", 1, "2026-03-06"),
    ("every 3 weeks", "2026-02-20", 2, "2026-04-03"),
    ("every 10 days", "2028-02-20", 1, "2028-03-01"),
    ("every week", "2026-02-22", 1, "2026-03-01"),
    ("every day", "2026-12-31", 1, "2027-01-01"),
    ("every quarter", "2026-01-31", 1, "2026-04-30"),
]


@pytest.mark.parametrize(("words", "day", "times", "expected"), AFTER)
def test_calendar_arithmetic_is_right(words: str, day: str, times: int, expected: str) -> None:
    """Month ends, leap years and year ends: the next day is the one a person would name."""
    actual = frequency.parse(words, "minor").after(date.fromisoformat(day), times)

    assert date.fromisoformat(expected) == actual


BERLIN = Schedule(timezone="Europe/Berlin")
NEW_YORK = Schedule(timezone="America/New_York", minor="weekly")
HOLIDAYS = Schedule(freeze=("12-20..01-03",))
ONE = (("1.2.0", "2026-10-31"),)

VERDICTS = [
    # part, now, shipped, settings, pending, due, verdict
    ("minor", "2026-11-29", ONE, Schedule(), (NEWS,), "2026-11-30", DueVerdict.NOT_YET),
    ("minor", "2026-11-30", ONE, Schedule(), (NEWS,), "2026-11-30", DueVerdict.DUE),
    ("minor", "2026-12-07", ONE, Schedule(), (NEWS,), "2026-11-30", DueVerdict.DUE),
    ("minor", "2026-12-08", ONE, Schedule(), (NEWS,), "2026-11-30", DueVerdict.LATE),
    ("minor", "2026-12-08", ONE, Schedule(), (), "2026-11-30", DueVerdict.NOTHING),
    ("minor", "2026-11-01", ONE, Schedule(), (), "2026-11-30", DueVerdict.NOT_YET),
    # a patch does not move the minor's day, a major does, a pre-release does not
    ("minor", "2026-11-30", (*ONE, ("1.2.1", "2026-11-20")), Schedule(), (NEWS,), "2026-11-30", DueVerdict.DUE),
    ("minor", "2026-11-30", (*ONE, ("2.0.0", "2026-11-20")), Schedule(), (NEWS,), "2026-12-20", DueVerdict.NOT_YET),
    ("minor", "2026-11-30", (*ONE, ("1.3.0rc1", "2026-11-20")), Schedule(), (NEWS,), "2026-11-30", DueVerdict.DUE),
    # the day begins where the project says
    ("minor", "2026-11-29T22:59+00:00", (("1.2.0", "2026-10-30T23:30+00:00"),), BERLIN, (NEWS,), "2026-11-30",
     DueVerdict.NOT_YET),
    ("minor", "2026-11-29T23:00+00:00", (("1.2.0", "2026-10-30T23:30+00:00"),), BERLIN, (NEWS,), "2026-11-30",
     DueVerdict.DUE),
    ("minor", "2026-11-08T04:59+00:00", (("1.2.0", "2026-11-01T05:30+00:00"),), NEW_YORK, (NEWS,), "2026-11-08",
     DueVerdict.NOT_YET),
    ("minor", "2026-11-08T05:00+00:00", (("1.2.0", "2026-11-01T05:30+00:00"),), NEW_YORK, (NEWS,), "2026-11-08",
     DueVerdict.DUE),
    # freezes: over the end of the year, once, and both ends included
    ("minor", "2026-12-19", (("1.2.0", "2026-11-20"),), HOLIDAYS, (NEWS,), "2027-01-04", DueVerdict.NOT_YET),
    ("minor", "2026-12-20", (("1.2.0", "2026-11-20"),), HOLIDAYS, (NEWS,), "2027-01-04", DueVerdict.FROZEN),
    ("minor", "2027-01-03", (("1.2.0", "2026-11-20"),), HOLIDAYS, (NEWS,), "2027-01-04", DueVerdict.FROZEN),
    ("minor", "2027-01-03", (("1.2.0", "2026-11-20"),), HOLIDAYS, (), "2027-01-04", DueVerdict.NOTHING),
    ("minor", "2027-01-04", (("1.2.0", "2026-11-20"),), HOLIDAYS, (NEWS,), "2027-01-04", DueVerdict.DUE),
    ("minor", "2027-01-12", (("1.2.0", "2026-11-20"),), HOLIDAYS, (NEWS,), "2027-01-04", DueVerdict.LATE),
    ("minor", "2026-12-25", (("1.2.0", "2026-10-20"),), HOLIDAYS, (NEWS,), "2027-01-04", DueVerdict.FROZEN),
    ("minor", "2026-11-20", (("1.2.0", "2026-10-20"),), Schedule(freeze=("2026-11-18..2026-11-21",)), (NEWS,),
     "2026-11-22", DueVerdict.FROZEN),
    ("minor", "2027-11-20", (("1.2.0", "2027-10-20"),), Schedule(freeze=("2026-11-18..2026-11-21",)), (NEWS,),
     "2027-11-20", DueVerdict.DUE),
    # overlapping windows are one, and 29 February is in a window that spans it
    ("minor", "2026-12-20", (("1.2.0", "2026-11-20"),), Schedule(freeze=("12-20..12-31", "12-30..01-10")), (NEWS,),
     "2027-01-11", DueVerdict.FROZEN),
    ("minor", "2028-02-29", (("1.2.0", "2028-01-29"),), Schedule(freeze=("02-28..03-01",)), (NEWS,), "2028-03-02",
     DueVerdict.FROZEN),
    ("minor", "2027-02-28", (("1.2.0", "2027-01-29"),), Schedule(freeze=("02-29..02-29",)), (NEWS,), "2027-02-28",
     DueVerdict.DUE),
    # nothing was ever released; a part that never was counts from the first release
    ("minor", "2026-11-22", (), Schedule(), (NEWS,), "2026-11-22", DueVerdict.DUE),
    ("minor", "2026-11-22", (), Schedule(), (), "2026-11-22", DueVerdict.NOTHING),
    # a first release is what its changes ask for, not a major because none was ever made
    ("major", "2026-11-22", (), Schedule(), (NEWS,), None, DueVerdict.NOT_YET),
    ("major", "2026-11-22", (("0.1.0", "2025-11-22"), ("0.2.0", "2026-06-01")), Schedule(), (NEWS,), "2026-11-22",
     DueVerdict.DUE),
    ("major", "2028-02-28", (("1.0.0", "2027-02-28"),), Schedule(), (BREAK,), "2028-02-28", DueVerdict.DUE),
    ("major", "2029-02-28", (("1.0.0", "2028-02-29"),), Schedule(), (BREAK,), "2029-02-28", DueVerdict.DUE),
    # as needed: a person decides, but for a security fix
    ("patch", "2026-11-22", ONE, Schedule(), (), None, DueVerdict.NOTHING),
    ("patch", "2026-11-22", ONE, Schedule(), (NEWS,), None, DueVerdict.NOTHING),
    ("patch", "2026-11-22", ONE, Schedule(), (FIX,), None, DueVerdict.AS_NEEDED),
    ("patch", "2026-11-22", ONE, Schedule(), (FIX, HOLE), None, DueVerdict.DUE),
    ("patch", "2026-12-24", ONE, HOLIDAYS, (HOLE,), None, DueVerdict.FROZEN),
    # a shorter distance has a shorter grace
    ("patch", "2026-11-08", (("1.2.1", "2026-11-01"),), Schedule(patch="weekly"), (FIX,), "2026-11-08", DueVerdict.DUE),
    ("patch", "2026-11-10", (("1.2.1", "2026-11-01"),), Schedule(patch="weekly"), (FIX,), "2026-11-08",
     DueVerdict.LATE),
]  # fmt: skip


@pytest.mark.parametrize(("part", "now", "shipped", "settings", "pending", "due", "verdict"), VERDICTS)
def test_verdict_is_right(
    part: Part,
    now: str,
    shipped: tuple[tuple[str, str], ...],
    settings: Schedule,
    pending: tuple[Pending, ...],
    due: str | None,
    verdict: DueVerdict,
) -> None:
    """What is due, late, frozen or has nothing to ship, on that day in that place."""
    actual = row(part, now, *shipped, settings=settings, pending=pending)

    assert (due and date.fromisoformat(due), verdict) == (actual.due, actual.verdict)


def test_newest_release_is_the_latest_in_time() -> None:
    """A hotfix of an old line is the newest patch, and does not hide the newest minor release."""
    shipped = (("1.2.0", "2026-10-01"), ("1.3.0", "2026-11-01"), ("1.2.1", "2026-11-10"))

    assert str(getattr(row("patch", "2026-11-22", *shipped).last, "version", None)) == "1.2.1"
    assert str(getattr(row("minor", "2026-11-22", *shipped).last, "version", None)) == "1.3.0"


def test_larger_changes_are_told() -> None:
    """A minor release cannot ship a breaking change: the row says so, and the command names the part that can."""
    found = row("minor", "2026-12-01", *ONE, pending=(NEWS, BREAK))

    assert (
        schedule.sentence(found)
    ) == "minor (monthly): due, 2026-11-30, 1 change waiting; 1 more asks for more than a minor release, up to major"
    rows = schedule.table(read(Schedule()), [Shipped(Version("1.2.0"), moment("2026-10-31"))], (NEWS, BREAK),
                          moment("2026-12-01"))  # fmt: skip
    assert schedule.command(rows) == "invoke release --part major"


def test_check_tells_cron() -> None:
    """Exit code 8 and the command when a release is due; silence when none is."""
    shipped = [Shipped(Version("1.2.0"), moment("2026-10-31"))]
    plan = read(Schedule())

    schedule.check(schedule.table(plan, shipped, (NEWS,), moment("2026-11-29")))
    with pytest.raises(NeedsPerson) as caught:
        schedule.check(schedule.table(plan, shipped, (NEWS,), moment("2026-12-20")))

    assert caught.value.exit_code == 8
    assert str(caught.value) == (
        "minor (monthly): late, 2026-11-30, 1 change waiting\n"
        "  expected: a release\n"
        "  type:     invoke release --part minor"
    )


WRONG = [
    "", "Monthly", "monthly ", "every", "every 0 days", "every 2 week", "every 100 weeks", "every 1.5 months",
    "every other week", "bimonthly", "every -1 days", "every 2  weeks", "every 2 weekss", "every 2 fortnights",
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG)
def test_bad_frequency_is_refused(words: str) -> None:
    """Words that could mean two things, or nothing, are an error that names the key and the words."""
    with pytest.raises(Usage) as caught:
        read(Schedule(minor=words))

    assert f"[tool.contd-release.schedule] minor is {words!r}" == caught.value.what_is
    assert "as needed, daily, weekly" in caught.value.expected
    assert caught.value.type_next == "$EDITOR pyproject.toml"


FREEZES = [
    ("christmas", "those are not two days of one kind"),
    ("12-20", "those are not two days of one kind"),
    ("12-20...01-03", "those are not two days of one kind"),
    ("2026-12-20..01-03", "those are not two days of one kind"),
    ("12-20..2027-01-03", "those are not two days of one kind"),
    ("2026-02-29..2026-03-02", "those are not two days of one kind"),
    ("13-01..13-02", "those are not two days of one kind"),
    ("04-31..05-01", "those are not two days of one kind"),
    ("2027-01-03..2026-12-20", "2026-12-20 comes before 2027-01-03"),
    ("01-01..12-31", "together they leave no day for a release"),
]


@pytest.mark.parametrize(("words", "why"), FREEZES)
def test_bad_freeze_is_refused(words: str, why: str) -> None:
    """A window that is none is an error at load that quotes it."""
    with pytest.raises(Usage) as caught:
        read(Schedule(freeze=(words,)))

    assert f"[tool.contd-release.schedule] freeze has {words!r}: {why}" == caught.value.what_is
    assert caught.value.expected == freeze.EXPECTED


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "", "Europe", "utc+1"])
def test_bad_time_zone_is_refused(name: str) -> None:
    """A time zone that is none is an error at load."""
    with pytest.raises(Usage, match=r"\[tool.contd-release.schedule\] timezone is") as caught:
        read(Schedule(timezone=name))

    assert "Europe/Berlin" in caught.value.expected


def test_all_mistakes_are_told_at_once() -> None:
    """Three wrong words give three errors in one."""
    with pytest.raises(Several) as caught:
        read(Schedule(minor="sometimes", freeze=("soon",), timezone="Nowhere"))

    assert len(caught.value.errors) == 3


def test_frozen_spells_are_whole() -> None:
    """Overlapping windows are one stretch, and one that is not over yet ends where the look ends."""
    windows = [freeze.parse("12-20..12-31"), freeze.parse("2026-12-30..2027-01-02")]
    first, last = date(2026, 12, 1), date(2027, 12, 22)

    assert [(date(2026, 12, 20), date(2027, 1, 2)), (date(2027, 12, 20), last)] == list(
        freeze.spells(windows, first, last)
    )
    assert timedelta(days=7) == frequency.parse("yearly", "major").grace
