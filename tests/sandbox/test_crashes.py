"""
R1 and R2: killed anywhere and continued, again and again, a release ends as if nobody had disturbed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox.crashes import sweep
from contd_release.sandbox.rehearsal import rehearsal_of
from contd_release.tools import git

if TYPE_CHECKING:
    from tests.conftest import Place


def killed(place: Place, every: int) -> list[str]:
    """
    Sweep over the small project, tell how often it was killed, and return where.
    """
    told: list[str] = []
    result = sweep(rehearsal_of(git.clone(place.clone)), ("--part", "minor"), told.append, every=every)
    print(f"\n{result.kills} kills at {result.points} points")  # noqa: T201
    assert result.kills >= result.points - len(result.missed)
    assert () == result.missed
    return told


@pytest.mark.parametrize("every", [19])
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
    for action in ("git worktree add", "git commit", "git push --atomic", "git tag -a"):
        assert f"killed as it begins: {action}" in told.replace("GIT_AUTHOR_DATE='1799996400 +0000' ", "").replace(
            "GIT_COMMITTER_DATE='1799996400 +0000' ", ""
        )
    cut = [line for line in told.splitlines() if line.startswith("killed in the middle of: ")]
    for program in ("bumpversion bump", "towncrier build --yes", "-m build", "twine", "-m pip"):
        assert [line for line in cut if program in line], program
    for name in ("contd-0.2.0.tar.gz is on WORLD", "main has the release commit", "v0.2.0 is tagged"):
        assert f"killed after: {name}" in told
