"""`invoke release --wait-ci`: a release begins when the checks of its commit have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Check
from contd_release.sandbox.github.store import now
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

NAME = "contd/contd"
MINOR = ("release", "--part", "minor")


def put(place: Place, world: World, status: str, conclusion: str | None = None) -> None:
    """Let the world's GitHub have one check of the commit that a release would start from."""
    sha = place.git("rev-parse", "HEAD")
    check = Check(id=1, created_at=now(), sha=sha, name="tests", status=status, conclusion=conclusion)
    world.part(Forge).place(NAME).shelf(Check).put(check)


def test_the_first_advice_is_to_wait(everywhere: Place, world: World) -> None:
    """While a check runs, what is printed to type next waits for it, with the options of the call."""
    put(everywhere, world, "in_progress")
    said = everywhere.say(*MINOR, "--yes", "--because", "it is a fix")
    assert said.code == 2
    assert "type:     invoke release --part minor --because 'it is a fix' --wait-ci --yes   (it waits" in said.err


@pytest.mark.slow
def test_the_release_begins_when_they_have_ended(everywhere: Place, world: World) -> None:
    """What runs is named while it is waited for; nothing is begun before."""
    put(everywhere, world, "in_progress")
    process = everywhere.start(*MINOR, "--yes", "--wait-ci")
    assert process.stdout is not None
    said = ""
    with process.stdout as lines:
        for line in lines:
            said += line
            if "still running: tests" in line:
                assert not (everywhere.state / "journal.jsonl").exists()
                put(everywhere, world, "completed", "success")
    assert process.wait() == 0, said
    assert "have ended: 1 have ended" in said
    assert "contd 0.2.0 is out." in said


def test_checks_that_failed_stop_it(everywhere: Place, world: World) -> None:
    """That they have ended does not mean that they passed."""
    put(everywhere, world, "completed", "failure")
    said = everywhere.say(*MINOR, "--yes", "--wait-ci")
    assert said.code == 2
    assert "failed on" in said.err
    assert 'type:     invoke release --part minor --without-ci "' in said.err


def test_without_github_there_is_nothing_to_wait_for(place: Place) -> None:
    """A repository that has no GitHub has no checks that could end."""
    with place.untouched():
        said = place.say(*MINOR, "--wait-ci")
    assert said.code == 2
    assert "contd has no GitHub repository" in said.err
    assert "type:     invoke release --part minor\n" in said.err
