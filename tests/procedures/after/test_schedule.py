"""`invoke schedule`: what is due when, in a clone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Place


def test_the_table_and_the_calendar(place: Place) -> None:
    """One row for each part, and a calendar file with an event for each date; nothing else changes."""
    said = place.say("schedule")
    assert said.code == 0, said.text
    assert [line.split()[0] for line in said.out.splitlines() if line.startswith(("patch", "minor", "major"))] == [
        "patch",
        "minor",
        "major",
    ]
    said = place.say("schedule", "--ics", "releases.ics")
    assert said.code == 0, said.text
    assert (place.clone / "releases.ics").read_text(encoding="utf-8").startswith("BEGIN:VCALENDAR")
