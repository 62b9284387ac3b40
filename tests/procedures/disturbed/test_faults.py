"""R3: each request of a release with every channel meets each fault once; the release goes on, or names a cause."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cases import Cases
from disturbed import Light, Walk, every_channel, fork_server
from every_request import FAULTS, EveryRequest

from contd_release.sandbox.world import World

WHOLE = os.environ.get("CONTD_RELEASE_REFEREES") == "all"
# More runs than there are requests: a release that never ends is a failure.
ENOUGH = 200


@pytest.mark.slow(minutes=2)
@pytest.mark.parametrize("fault", FAULTS if WHOLE else ("accept-then-drop",))
def test_each_request_meets_a_fault_once(tmp_path: Path, cases: Cases, fault: str) -> None:
    """Refused, cut, reset, truncated, slow, answered with a lie or an error, or carried out and not answered."""
    world = World(tmp_path / "world")
    world.faults = EveryRequest(world, fault, every=1 if WHOLE else 5)
    with world, fork_server() as server:
        lab = every_channel(tmp_path, world) if WHOLE else Light(tmp_path, world)
        lab.prepare()
        walk, stops = Walk(lab, server), list[str]()
        cases.add("faults", 0)
        while not walk.is_over and len(stops) < ENOUGH:
            run = walk.run()
            walk.assert_named(run)
            stops += [run.text.splitlines()[-1]] if run.code else []
        met = [one for one in world.ledger.requests() if one.fault]
        cases.add("faults", len(met))
        print(f"\n{fault}: {len(met)} requests, {len(stops)} stops")  # noqa: T201
        walk.assert_whole()
