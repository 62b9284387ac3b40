"""
The wait for a person who yanks: often at first, then less and less often.
"""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event, Timer
from typing import TYPE_CHECKING

import pytest

from contd_release.action import Running
from contd_release.errors import Interrupted
from contd_release.recover.index import Pace, Waited
from contd_release.recover.subject import Rollback

if TYPE_CHECKING:
    from collections.abc import Callable

    from contd_release.sandbox.world import World
    from tests.conftest import Beginning
    from tests.recover.conftest import Yanking


def asked(world: World) -> int:
    """
    How often the index was asked for its files.
    """
    return sum(one.path.startswith("/simple/contd/") for one in world.ledger.requests())


def test_who_yanks_soon_does_not_wait_long(
    beginning: Beginning, upload: Callable[[str], None], yanking: Yanking, tmp_path: Path
) -> None:
    """
    Five questions come within the first seconds, although there may be a minute between two.
    """
    upload("contd-0.2.0-py3-none-any.whl")
    waited = Waited(Rollback(beginning(), "it loses lines"), Pace(pause=60, whole=60))
    began = time.monotonic()
    with yanking("0.2.0"):
        waited.run(Running(tmp_path / "log"))
    assert time.monotonic() - began < 30


def test_an_index_is_not_pestered(
    beginning: Beginning, upload: Callable[[str], None], world: World, tmp_path: Path
) -> None:
    """
    Each pause is twice the one before.
    """
    upload("contd-0.2.0-py3-none-any.whl")
    waited, stop, before = Waited(Rollback(beginning(), "it loses lines"), Pace()), Event(), asked(world)
    timer = Timer(4, stop.set)
    timer.start()
    with pytest.raises(Interrupted, match="the wait for the yank was stopped"):
        waited.run(Running(tmp_path / "log", stop=stop))
    timer.join()
    assert 3 <= asked(world) - before <= 4
