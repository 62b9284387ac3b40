"""Releases that are there to be withdrawn, and a person who withdraws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contd_release.sandbox.world import World
from contd_release.tools.github.api import GitHubRepository

if TYPE_CHECKING:
    from rollback_bench import Yanking

    from tests.conftest import Place, Said

BECAUSE = ("--reason", "it loses lines")
CI = ("--without-ci", "a test")


def released(place: Place, *words: str) -> None:
    """A release is out, and the clone is where main is."""
    said = place.run("release", *(words or ("--part", "minor")), "--yes", *CI)
    assert said.code == 0, said.text
    place.git("pull", "-q", "origin", "main")
    place.git("fetch", "-q", "--tags", "origin")


def news(place: Place, name: str) -> None:
    """main has a change, and a fragment."""
    place.write(f"contd/{name}.py", f"NAME = {name!r}\n")
    place.write(f"newsfragments/+{name}.feature.md", f"There is {name}.\n")
    place.publish(f"Add {name}")


def rolled_back(place: Place, yanking: Yanking, version: str, *words: str) -> Said:
    """The release is withdrawn, with a person who yanks."""
    with yanking(version):
        said = place.run("rollback", "--version", version, "--yes", "--wait", "30", *BECAUSE, *words)
    assert said.code == 0, said.text
    return said


def github(world: World) -> GitHubRepository:
    """GitHub, as the publisher sees it."""
    return GitHubRepository("contd/contd", world.api_url, world.uploads_url, world.accounts.publisher.password)
