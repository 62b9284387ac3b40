"""The timeline: what several walks did to each step, with the hours between them cut out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from contd_release.records.events import Happened
from contd_release.report.story import Bar, Walk
from contd_release.report.timeline import kills, timeline
from contd_release.report.timeline_picture import LEFT, RIGHT, picture

BEGAN = datetime(2027, 1, 15, 8, tzinfo=UTC)
CUT = "the process was ended in the middle of it"


def event(second: float, what: str, step: str = "", seconds: float = 0, section: str = "build") -> Happened:
    """What happened so many seconds after the beginning."""
    at = (BEGAN + timedelta(seconds=second)).isoformat(timespec="milliseconds")
    return Happened(at=at, what=what, section=section if step else "", step=step, seconds=seconds)


def test_a_step_is_a_bar() -> None:
    """It ends when it is told, and began so many seconds before."""
    found = timeline((event(0, "walk"), event(1, "acting", "it is built"), event(5, "done", "it is built", 5)))

    assert (Walk("2027-01-15T08:00:00+00:00", 0, 5, 0),) == found.walks
    assert [("build", "it is built", (Bar(0, 5, "done"),))] == [
        (one.section, one.step, one.bars) for one in found.lines
    ]


def test_a_failure_and_its_retry_are_two_bars() -> None:
    """The pause between two walks is told, and takes no room."""
    found = timeline(
        (event(0, "walk"), event(4, "failed", "tests", 4), event(904, "walk"), event(908, "done", "tests", 4))
    )

    assert (Bar(0, 4, "failed"), Bar(4, 4, "done")) == found.lines[0].bars
    assert [(one.start, one.pause) for one in found.walks] == [(0, 0), (4, 900)]
    assert found.seconds == 8


def test_what_was_cut_off_is_told() -> None:
    """A step that acted, and of which nothing more was heard, was ended with its process."""
    found = timeline((event(0, "walk"), event(1, "acting", "a"), event(2, "acting", "b"), event(9, "walk"),
                      event(10, "done", "a", 1)))  # fmt: skip

    assert {"a": (Bar(0, 1, "cut", CUT), Bar(1, 1, "done")), "b": (Bar(1, 0, "cut", CUT),)} == {
        one.step: one.bars for one in found.lines
    }


def test_a_kill_is_named() -> None:
    """When the process was killed, in the middle of which steps, and when the release was continued."""
    events = (event(0, "walk"), event(1, "acting", "a"), event(2, "acting", "b"), event(3, "done", "b", 1),
              event(9, "walk"), event(10, "done", "a", 1), event(11, "acting", "c"))  # fmt: skip

    assert [one.what for one in kills(events)] == [
        "killed at 2027-01-15T08:00:03, continued at 2027-01-15T08:00:10; in the middle of: a",
        "killed at 2027-01-15T08:00:11, not continued yet; in the middle of: c",
    ]
    assert (
        list(kills((event(1, "acting", "a"), event(2, "failed", "a"), event(3, "walk"), event(4, "done", "a")))) == []
    )


def test_what_is_only_seen_again_is_no_bar() -> None:
    """A continued walk looks at everything; it did nothing to what was done."""
    found = timeline((event(1, "done", "a", 1), event(50, "walk"), event(51, "done", "a", 1)))

    assert (Bar(0, 1, "done"),) == found.lines[0].bars


def test_what_is_undone_and_done_again_is_told() -> None:
    """Each as a bar of its own."""
    found = timeline((event(1, "done", "a", 1), event(2, "undone", "a", 0), event(5, "done", "a", 1)))

    assert [one.how for one in found.lines[0].bars] == ["done", "undone", "done"]


def test_nothing_happened() -> None:
    """No events, no timeline, no picture; a walk that only began is none."""
    assert (timeline(()).walks, timeline((event(0, "walk"),)).lines, timeline(()).seconds) == ((), (), 0)
    assert picture(timeline(())) is None


def test_the_picture_holds_every_bar() -> None:
    """However long or short a step was, its bar is inside and can be seen."""
    found = picture(
        timeline(
            (
                event(0.001, "done", "short", 0.001),
                event(90000, "done", "long", 89999),
                event(90000, "done", "last", 0, "publish"),
            )
        )
    )
    assert found is not None
    for row in found.rows:
        for bar in row.bars:
            assert bar.x >= LEFT
            assert bar.x + bar.width <= RIGHT + 0.1
            assert bar.width >= 2
    assert found.line is not None
    assert [one.text for one in found.heads] == ["build", "publish"]
    assert found.rows[1].y < found.line < found.rows[2].y < found.height
