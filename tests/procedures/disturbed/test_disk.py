"""R11: a disk that is full or read-only from any moment on stops a release with its cause, and it can be continued."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from cases import Cases
from disturbed import Disturbance, OnDisk, Walk, fork_server
from small_disk import repair, small_disk

from contd_release.sandbox.world import World

WHOLE = os.environ.get("CONTD_RELEASE_REFEREES") == "all"
MOMENTS = 260 if WHOLE else 3


@pytest.mark.slow(minutes=4)
@pytest.mark.parametrize("what", ["full", "read-only"] if WHOLE else ["full"])
def test_the_disk_fails_at_each_moment(tmp_path: Path, cases: Cases, what: str) -> None:
    """
    Clone, home and temporary files are on a small disk; it is well again before the release is continued.

    A release comes past many moments before it needs the disk, so one is made after the other: none of them is
    disturbed at a moment that an earlier one was disturbed at.
    """
    dice, known, releases = random.Random(7), set[str](), 0  # noqa: S311
    with fork_server() as server:
        cases.add("disk", 0)
        while len(known) < MOMENTS:
            releases, before = releases + 1, len(known)
            folder = tmp_path / str(releases)
            with small_disk(folder / "disk") as disk, World(folder / "world") as world:
                lab = OnDisk(folder, world)
                lab.prepare()
                walk = Walk(lab, server, known, disk)
                while not walk.is_over:
                    wanted = Disturbance(what, dice.randint(0, 3) if WHOLE else dice.randint(20, 60))
                    run = walk.run(wanted if len(known) < MOMENTS else Disturbance())
                    repair(disk)
                    walk.assert_named(run)
                    assert run.moment or run.code == 0, run.text[-3000:]
                    cases.add("disk", bool(run.moment))
                walk.assert_whole()
            if len(known) == before:
                break
    print(f"\n{what}: {len(known)} moments of {releases} releases")  # noqa: T201
