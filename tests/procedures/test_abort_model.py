"""`invoke abort` at every point of a release, after every kind of interference, against what the world says."""

from __future__ import annotations

import os
from pathlib import Path
from zlib import crc32

import pytest
from abort_model import BENIGN, FOREIGN, Count, Interference, Room, killed_at_something_new, state
from programs import needed
from released import Lab

# Every kind at every point takes half an hour: ABORT_MODEL=whole.
WHOLE = os.environ.get("ABORT_MODEL") == "whole"
HALVES = 2

pytestmark = [pytest.mark.slow(minutes=5), pytest.mark.integration]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A project with every channel, in a world of its own."""
    needed("buildah")
    pytest.importorskip("helm_python", reason="pip install contd-release[helm]")
    return Room(tmp_path / "room", tmp_path / "kept")


@pytest.mark.parametrize("half", range(HALVES))
def test_an_abort_never_claims_more_than_the_world_shows(room: Room, half: int) -> None:
    """
    Killed anywhere, disturbed in any way: everything is put back and said to be, or what is left is said, or the abort
    refuses and nothing is changed. Each half of the points has a release of its own.
    """
    count, known = Count(), set[str]()
    with room.lab() as lab:
        lab.prepare()
        before = state(lab)
    while True:
        with room.lab() as lab:
            what = killed_at_something_new(lab, known, lambda point: crc32(point.encode()) % HALVES == half)
        if what is None:
            break
        known.add(what)
        count.points += 1
        room.keep()
        # Two of each sort at each point, in turn: every kind meets a few dozen points in minutes.
        turns = (2 * count.points, 2 * count.points + 1)
        turn = [kinds[at % len(kinds)] for kinds in (BENIGN, FOREIGN) for at in turns]
        if WHOLE:
            turn = [*BENIGN, *FOREIGN]
        for one in turn:
            with room.lab() as lab:
                abort(room, lab, one, before, count, what)
            room.bring_back()
    print(f"\n{count}")  # noqa: T201
    assert count.points
    assert count.wrong == []


def abort(room: Room, lab: Lab, one: Interference, before: dict[str, str], count: Count, what: str) -> None:
    """Abort after one interference, and compare what it says with what the world has."""
    was_public = state(lab).keys() & {"refs/tags/v0.2.0"} or any("index/records" in key for key in state(lab))
    one.happen(room, lab)
    disturbed = state(lab)
    said = room.say(lab, "abort")
    after = state(lab)
    count.aborts += 1
    wrong = []
    if said.code:
        count.refused += 1
        if after != disturbed:
            wrong.append("it refused, and changed something")
        if not was_public and not one.is_foreign:
            wrong.append("it refused although nothing is public")
    elif was_public:
        wrong.append("it did not refuse, and something is public")
    elif "everything is as it was" in said.out:
        count.as_it_was += 1
        if after != before:
            wrong.append("it says that everything is as it was")
    else:
        count.told += 1
        if not one.is_foreign:
            wrong.append("it says that something is left")
    if "Traceback" in said.text:
        wrong.append("a traceback")
    if wrong:
        changed = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        count.wrong.append(f"{what} / {one.name}: {'; '.join(wrong)}\n{changed}\n{said.text[-1500:]}")
