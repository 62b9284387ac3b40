"""R1 and R2: a release that is killed at each moment, and continued again and again, ends as if it was not."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import Cases
from disturbed import KILLED, Disturbance, Light, Walk, every_channel, fork_server

from contd_release.sandbox.world import World

WHOLE = os.environ.get("CONTD_RELEASE_REFEREES") == "all"
# More kills than a release has moments: one that never ends is a failure.
ENOUGH = 1000


def killed(walk: Walk, what: str, skipped: Iterator[int], most: int = ENOUGH) -> Iterator[str]:
    """Kill a release again and again, let it end, and look at what it has published; the moments of the kills."""
    while not walk.is_over and len(walk.known) < most:
        run = walk.run(Disturbance(what, next(skipped)))
        if run.moment:
            assert run.code == KILLED, f"exit code {run.code} at {run.moment}: {run.text[-3000:]}"
            yield run.moment
        else:
            assert run.code == 0, f"exit code {run.code}: {run.text[-3000:]}"
    assert walk.is_over or walk.run().code == 0
    walk.assert_whole()


@pytest.mark.slow(minutes=4)
@pytest.mark.parametrize("what", ["kill", "kill-all"] if WHOLE else ["kill"])
def test_killed_at_each_moment(tmp_path: Path, cases: Cases, what: str) -> None:
    """
    SIGKILL as each file is written, each program started and each request sent, in a release with every channel.

    `kill` leaves the programs that the release has started running beside the continued one; `kill-all` does not.
    Every kill after the first one hits a release that is being continued.
    """
    dice = random.Random(5)  # noqa: S311
    skipped = iter(lambda: 0 if WHOLE else dice.randint(20, 120), -1)
    with World(tmp_path / "world") as world, fork_server() as server:
        lab = every_channel(tmp_path, world) if WHOLE else Light(tmp_path, world)
        lab.prepare()
        cases.add("kills-every-channel", 0)
        moments = 0
        for _ in killed(Walk(lab, server), what, skipped, ENOUGH if WHOLE else 3):
            cases.add("kills-every-channel")
            cases.add("double-kills", bool(moments))
            moments += 1
    assert moments >= 3


@pytest.mark.slow(minutes=4)
@pytest.mark.parametrize("seed", range(30 if WHOLE else 1))
def test_killed_again_at_any_distance(tmp_path: Path, cases: Cases, seed: int) -> None:
    """The next kill comes a few or many moments earlier or later, in a release to PyPI and GitHub."""
    dice, pairs, last = random.Random(seed), set[tuple[str, str]](), ""  # noqa: S311
    skipped = iter(lambda: dice.choice((0, 1, 2, 5, 10)), -1)
    with World(tmp_path / "world") as world, fork_server() as server:
        lab = Light(tmp_path, world)
        lab.prepare()
        cases.add("double-kills", 0)
        for moment in killed(Walk(lab, server), ("kill", "kill-all")[seed % 2], skipped, ENOUGH if WHOLE else 2):
            pairs |= {(last, moment)} if last else set()
            last = moment
        cases.add("double-kills", len(pairs))
    assert pairs
    print(f"\n{seed}: {len(pairs)} different pairs")  # noqa: T201
