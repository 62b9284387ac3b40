"""The wait for a person who yanks: often at first, then less and less often."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from contd_release.channels.pypi.withdraw import Waited, YankPace
from contd_release.channels.withdrawal import Rollback
from contd_release.errors import Interrupted
from contd_release.process.action import Running

if TYPE_CHECKING:
    from collections.abc import Callable

    from rollback_bench import Yanking

    from tests.conftest import Beginning

UPLOADED = "contd-0.2.0-py3-none-any.whl"


@dataclass
class Impatient(Event):
    """
    Remembers how long it was waited for, and lets nobody wait so long.

    Args:
        until: it is set by the wait of this number.
    """

    until: int = 0
    pauses: list[float | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def wait(self, timeout: float | None = None) -> bool:
        """A hundredth of a second."""
        self.pauses.append(timeout)
        if len(self.pauses) == self.until:
            self.set()
        return super().wait(0.01)


def test_each_pause_is_twice_the_one_before(
    beginning: Beginning, upload: Callable[[str], None], yanking: Yanking, tmp_path: Path
) -> None:
    """Who yanks soon does not wait long, and an index is not pestered."""
    upload(UPLOADED)
    stop, waited = Impatient(), Waited(Rollback(beginning(), "it loses lines"), YankPace(pause=3))
    with yanking("0.2.0"):
        waited.run(Running(tmp_path / "log", stop=stop))
    assert stop.pauses[:4] == [0.5, 1, 2, 3]
    assert {3} == {*stop.pauses[3:]}


def test_no_pause_is_longer_than_the_longest(
    beginning: Beginning, upload: Callable[[str], None], yanking: Yanking, tmp_path: Path
) -> None:
    """Not even the first."""
    upload(UPLOADED)
    stop, waited = Impatient(), Waited(Rollback(beginning(), "it loses lines"), YankPace(pause=0.1))
    with yanking("0.2.0"):
        waited.run(Running(tmp_path / "log", stop=stop))
    assert {0.1} == {*stop.pauses}


def test_it_can_be_stopped(beginning: Beginning, upload: Callable[[str], None], tmp_path: Path) -> None:
    """While it waits."""
    upload(UPLOADED)
    stop, waited = Impatient(until=2), Waited(Rollback(beginning(), "it loses lines"), YankPace())
    with pytest.raises(Interrupted, match="the wait for the yank was stopped"):
        waited.run(Running(tmp_path / "log", stop=stop))
    assert len(stop.pauses) == 2
