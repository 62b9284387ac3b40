"""`invoke schedule`: what is due when, in a clone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

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


def waiting(place: Place) -> dict[str, str]:
    """How many fragments wait for each part, as the table says."""
    rows = [re.split(r"  +", line) for line in place.say("schedule").out.splitlines()]
    return {row[0]: row[4] for row in rows if row[0] in ("patch", "minor", "major")}


@pytest.mark.slow
def test_right_after_a_release(release: Place) -> None:
    """What was just released waits no more, although the clone has not pulled; the release says to type `git pull`."""
    assert waiting(release) == {"patch": "2", "minor": "3", "major": "3"}
    said = release.say("release", "--part", "minor", "--yes")
    assert said.code == 0, said.text
    assert said.out.endswith("\ntype: git pull\n")
    assert waiting(release) == {"patch": "0", "minor": "0", "major": "0"}
