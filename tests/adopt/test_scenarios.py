"""Repositories as other people have them: each is adopted, and its release rehearsed to the end."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.process.hints import PACKAGE
from contd_release.rehearse.rehearsal import rehearsal_of
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools import bumpversion, git
from contd_release.tools.markup import headings
from tests.adopt.scenario import FOLDER, Scenario, scenarios, shown
from tests.conftest import Place, contents

ALL = pytest.mark.parametrize("scenario", scenarios(), ids=str)


def adopted(scenario: Scenario, directory: Path) -> Place:
    """The scenario, adopted and committed."""
    place = scenario.begun(directory)
    said = place.say(*scenario.adopting)
    assert said.code == 0, said.text
    place.git("add", "--all")
    place.git("commit", "--quiet", "-m", "Release with contd-release")
    return place


@ALL
def test_adoption_writes_what_is_expected(scenario: Scenario, tmp_path: Path) -> None:
    """And adopting once more changes nothing."""
    place = adopted(scenario, tmp_path)
    scenario.compare("expected.diff", shown(place, "HEAD^", "HEAD"))

    before = contents(place.clone)
    said = place.say(*scenario.adopting)
    assert said.code == 0, said.text
    assert before == contents(place.clone)
    assert place.say(*scenario.adopting[:1], "--check", *scenario.adopting[2:]).code == 0


@pytest.mark.slow(minutes=1)
@ALL
def test_an_adopted_repository_is_ready_and_rehearses(
    scenario: Scenario, tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The doctor finds nothing in the way, and the rehearsed release changes every place, and the changelog."""
    place = adopted(scenario, tmp_path / "place")
    if package := scenario.toml.get("package"):
        monkeypatch.setenv(PACKAGE, package)
        place.env[PACKAGE] = package
    main = place.git("symbolic-ref", "--short", "HEAD")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place.cache))

    rehearsal = rehearsal_of(git.clone(place.clone))
    rehearsal.directory.mkdir(parents=True)
    rehearsal.be_green(world)
    github = remotes.make(world.directory / "git", rehearsal.pointers.repository)
    place.git("push", "--quiet", "--tags", str(github), f"HEAD:{main}")
    env = {key: value for key, value in rehearsal.environment(world).items() if key not in os.environ}
    origin = place.git("remote", "get-url", "origin")
    env |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{github}.insteadOf", "GIT_CONFIG_VALUE_0": origin}
    said = place.run("doctor", env=env)
    assert said.code == 0, said.text

    done = place.run("rehearse", "--without-proof", timeout=300)
    assert done.code == 0, done.text
    assert "nothing was proved" in done.out
    remote = rehearsal.remote
    tag = place.git("describe", "--tags", "--abbrev=0", main, where=remote)
    assert scenario.toml.get("released", tag) == tag
    scenario.compare("released.diff", shown(place, f"{tag}^", tag, where=remote))
    if says := scenario.toml.get("main-says"):
        assert bumpversion.configuration(partial(git.text, remote, main)).current == Version(says)
    news = rehearsal.project.news
    assert headings.unreleased(place.git("show", f"{tag}:{news.changelog}", where=remote)) == ()


@pytest.mark.slow(minutes=1)
@pytest.mark.parametrize("wanted", ["hotfix", "rollback"])
@pytest.mark.parametrize("scenario", [one for one in scenarios() if one.toml.get("rehearses-all")], ids=str)
def test_what_follows_a_release_follows_there_too(scenario: Scenario, wanted: str, tmp_path: Path) -> None:
    """A hotfix is released and merged back, and a release withdrawn, under the names that the repository gives."""
    place = adopted(scenario, tmp_path / "place")

    done = place.run("rehearse", "--without-proof", "--scenario", wanted, timeout=300)

    assert done.code == 0, done.text


@pytest.mark.slow(minutes=1)
def test_a_module_that_the_build_writes_is_there_in_the_proof(tmp_path: Path) -> None:
    """The tests import a package of a flat layout from the tree, where git does not have the module of its version."""
    place = adopted(Scenario(FOLDER / "tag-setuptools-scm"), tmp_path)
    done = place.run("rehearse", timeout=300)
    assert done.code == 0, done.text
    assert "the released tree passes python -m pytest" in done.out
