"""
R10: a hotfix and a rollback, rehearsed whole, killed and continued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import scenarios
from contd_release.sandbox.crashes import sweep
from contd_release.sandbox.rehearsal import rehearsal_of
from contd_release.tools import git

if TYPE_CHECKING:
    from tests.conftest import Place

FIRST = ("--part", "minor")


@pytest.mark.parametrize("name", scenarios.NAMES)
def test_rehearsed(place: Place, name: str) -> None:
    """
    One call rehearses all of it.
    """
    said = place.run("rehearse", "--scenario", name, timeout=400)
    assert 0 == said.code, said.text
    assert "things were published, 0 of them twice" in said.out
    assert f"$ invoke {name}" in said.out


def test_no_such_scenario(place: Place) -> None:
    """
    The names there are are told.
    """
    said = place.say("rehearse", "--scenario", "flood")
    assert 2 == said.code
    assert "there is no scenario 'flood'\n  expected: hotfix, rollback\n" in said.err


def killed(place: Place, name: str, every: int) -> None:
    """
    Sweep over a scenario, and tell how often it was killed.
    """
    told: list[str] = []
    result = sweep(rehearsal_of(git.clone(place.clone)), scenarios.named(name, FIRST), told.append, every=every)
    print(f"\n{result.kills} kills at {result.points} points, {len(result.missed)} never came")  # noqa: T201
    assert result.kills


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.NAMES)
def test_killed_at_some_points(here: Place, name: str) -> None:
    """
    A handful of the points of each.
    """
    killed(here, name, 17)


@pytest.mark.slow
@pytest.mark.parametrize("name", scenarios.NAMES)
def test_killed_everywhere(here: Place, name: str) -> None:
    """
    Every point, each continued, and in the end nothing is other than undisturbed.
    """
    killed(here, name, 1)
