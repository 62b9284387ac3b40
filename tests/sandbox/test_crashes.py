"""
R1 and R2: killed anywhere and continued, again and again, a release ends as if nobody had disturbed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox.crashes import sweep
from contd_release.sandbox.rehearsal import rehearsal_of

if TYPE_CHECKING:
    from tests.conftest import Place


def killed(place: Place, every: int) -> list[str]:
    """
    Sweep over the small project, tell how often it was killed, and return where.
    """
    told: list[str] = []
    result = sweep(rehearsal_of(place.clone), ("--part", "minor"), told.append, every=every)
    print(f"\n{result.kills} kills at {result.points} points")  # noqa: T201
    assert result.kills >= result.points - len(result.missed)
    assert () == result.missed
    return told


@pytest.mark.parametrize("every", [13])
def test_killed_at_some_points(here: Place, every: int) -> None:
    """
    A handful of the points, so that this is known in seconds.
    """
    assert killed(here, every)


@pytest.mark.slow
def test_killed_everywhere(here: Place) -> None:
    """
    As each act begins, in the middle of each command, and after each step; each continued walk is killed again.
    """
    told = "\n".join(killed(here, 1))
    for step in ("git push --atomic", "twine", "bumpversion bump", "towncrier build --yes", "git commit", "pip"):
        assert f"{step}" in told
    for name in ("contd-0.2.0.tar.gz is on WORLD", "main has the release commit", "v0.2.0 is tagged"):
        assert f"killed after: {name}" in told
