"""
R10: a hotfix and a rollback, rehearsed whole, killed and continued.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import scenarios
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.crashes import sweep
from contd_release.sandbox.pointers import BASE
from contd_release.sandbox.rehearsal import rehearsal_of
from contd_release.sandbox.world import World
from contd_release.tools import git, github_releases
from contd_release.tools.github import Repository as GitHub
from contd_release.tools.helm_copy import read
from contd_release.tools.oci import Repository

if TYPE_CHECKING:
    from tests.conftest import Place

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "contd"
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
    became = (
        "0.2.1 is withdrawn, as far as it can be" if name == "rollback" else "0.2.1 is released, installed and verified"
    )
    assert f"contd {became}; nothing left this machine" in said.out


@pytest.fixture
def whole(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """
    The place with every channel of the example, on a stand-in for the image's base.
    """
    for program in ("buildah", *(() if BASE in os.environ else ("mmdebstrap",))):
        if not shutil.which(program):
            message = f"{program} is not here: apt-get install {program}"
            (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    base = os.environ.get(BASE)
    if not base:
        archive = tmp_path_factory.mktemp("base") / "base.tar"
        subprocess.run((str(ROOT / ".ci" / "base-image"), str(archive)), check=True)
        base = f"oci-archive:{archive}"
    place.env[BASE] = base
    text = (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    with (place.clone / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(text[text.index("[tool.contd-release.github]") :])
    place.publish("Go everywhere")
    return place


@pytest.mark.slow
@pytest.mark.integration
def test_a_rollback_in_every_channel(whole: Place) -> None:
    """
    Index, image, chart, GitHub, chat, website and metrics: nothing is left out, and each shows what was said of it.
    """
    said = whole.run("rehearse", "--scenario", "rollback", timeout=580)
    assert 0 == said.code, said.text
    assert "was not rehearsed" not in said.out
    assert "0 of them twice" in said.out
    (world_folder,) = whole.cache.glob("contd-release/rehearsals/*/world")
    with World(world_folder) as world:
        image = Repository.named(f"{world.registry}/contd/contd", anonymous=True)
        good = {image.digest(tag) for tag in ("0.2.0", "0.2", "0", "latest")}
        assert (1, False) == (len(good), image.digest("0.2.1") in good)
        chart = Repository.named(f"{world.registry}/contd/charts/contd", anonymous=True)
        deprecated = [
            read(chart, chart.digest(tag) or "").is_deprecated for tag in ("0.2.0", "0.2.1", "withdrawn-0.2.1")
        ]
        assert [False, True, False] == deprecated
        github = GitHub("contd/contd", world.api_url, world.uploads_url, world.accounts.publisher.password)
        latest = github_releases.latest(github)
        assert "v0.2.0" == (latest.tag if latest else None)
        (site,) = (world_folder / "git").glob("**/website.git")
        assert "0.2.0" == json.loads(git.text(site, "gh-pages", "latest.json") or "")["version"]
        assert {"yank contd 0.2.1"} == {one for one in world.ledger.effects() if one.startswith("yank ")}
        assert {"discord", "social"} == {one.room for one in world.part(Chat).messages() if "withdrawn" in one.title}


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
