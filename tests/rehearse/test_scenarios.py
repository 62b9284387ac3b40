"""R10: a hotfix and a rollback, rehearsed whole, killed and continued."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from programs import needed

from contd_release.channels.image.rehearsal import BASE
from contd_release.rehearse import scenarios
from contd_release.rehearse.crashes import Sweep, sweep
from contd_release.rehearse.rehearsal import rehearsal_of
from contd_release.sandbox import remotes
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Pull
from contd_release.sandbox.world import World
from contd_release.tools import git
from contd_release.tools.github import releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.helm.copy import read
from contd_release.tools.oci.repository import OciRepository

if TYPE_CHECKING:
    from tests.conftest import Place

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "contd"
FIRST = ("--part", "minor")
# How many releases a scenario makes before what it is about.
RELEASES = {"hotfix": 1, "rollback": 2}
# What a protected main adds to the checklist.
STEPS = (
    "release-request/v0.2.0 is on origin",
    'a pull request "Release 0.2.0" asks for it',
    "main has the release commit, merged with the tree that was proved",
    "the pull request lists what was built",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hotfix", "rollback"])
def test_rehearsed(place: Place, name: str) -> None:
    """One call rehearses all of it."""
    said = place.run("rehearse", "--scenario", name, timeout=400)
    assert said.code == 0, said.text
    assert "things were published, 0 of them twice" in said.out
    assert f"$ invoke {name}" in said.out
    became = (
        "0.2.1 is withdrawn, as far as it can be" if name == "rollback" else "0.2.1 is released, installed and verified"
    )
    assert f"contd {became}; nothing left this machine" in said.out


@pytest.fixture
def protected(place: Place) -> Place:
    """The place with a repository on GitHub, whose main a rehearsal can protect."""
    with (place.clone / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('[tool.contd-release.github]\nrepository = "contd/contd"\n')
    place.publish("Go to GitHub")
    return place


@pytest.mark.slow
def test_a_patch_to_a_protected_main(protected: Place) -> None:
    """A patch has no release branch: main and the tag are at the commit that GitHub made of the pull request."""
    protected.write("newsfragments/60.bugfix.md", "Mended.\n")
    protected.git("rm", "-q", "--", *protected.git("ls-files", "newsfragments/*.feature.md").split())
    protected.publish("Mend only")
    said = protected.run("rehearse", "--scenario", "protected-main", "--part", "patch", "--without-proof", timeout=400)
    assert said.code == 0, said.text
    assert "contd 0.1.6 is released, installed and verified; nothing left this machine" in said.out
    (found,) = protected.cache.glob("contd-release/rehearsals/*/world")
    remote = found / "git" / "contd" / "contd.git"
    refs, tagged = remotes.refs(remote), protected.git("rev-parse", "v0.1.6^{commit}", where=remote)
    assert tagged == refs["refs/heads/main"]
    assert [one for one in refs if one.startswith("refs/heads/")] == ["refs/heads/main"]


@pytest.mark.slow
def test_a_protected_main(protected: Place) -> None:
    """The pull request is refused once, and merged by squash while the walk waits; the release goes on from that."""
    said = protected.run("rehearse", "--scenario", "protected-main", "--part", "minor", timeout=400)
    assert said.code == 0, said.text
    assert "✓ GitHub takes the release commit by a pull request, and v0.2.0: by a pull request to main" in said.out
    assert "things were published, 0 of them twice" in said.out
    assert "contd 0.2.0 is released, installed and verified; nothing left this machine" in said.out
    (found,) = protected.cache.glob("contd-release/rehearsals/*/world")
    with World(found) as world:
        merges = [one.status for one in world.ledger.requests() if one.path.endswith("/pulls/1/merge")]
        (pull,) = world.part(Forge).place("contd/contd").shelf(Pull)
    refs = remotes.refs(found / "git" / "contd" / "contd.git")
    assert merges == [405, 200]
    planned, _, built = (pull.body or "").partition("## What will be built")[2].partition("## What was built")
    listed = [re.findall(r"`contd-\S+`: sha256:\w+", one) for one in (planned, built)]
    assert len(listed[0]) == 2
    assert {*listed[0]} <= {*listed[1]}
    assert refs["refs/heads/main"] == refs["refs/heads/release/v0.2.0"]
    assert "refs/heads/release-request/v0.2.0" not in refs


@pytest.mark.slow(minutes=1)
def test_a_protected_main_killed_at_each_step_of_the_pull_request(
    protected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at each new step and continued, the end is as if it had not been."""
    protected.enter(monkeypatch)
    rehearsal = rehearsal_of(git.clone(protected.clone))
    scenario = scenarios.named("protected-main", FIRST)
    result = sweep(rehearsal, scenario, lambda _: None, steps=STEPS)
    print(f"\n{result.kills} kills at {result.points} points, {len(result.missed)} never came")  # noqa: T201
    assert result.missed == ()
    assert result.kills >= result.points >= 2 * len(STEPS)


@pytest.fixture
def whole(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The place with every channel of the example, on a stand-in for the image's base."""
    for program in ("buildah", *(() if BASE in os.environ else ("mmdebstrap",))):
        needed(program)
    base = os.environ.get(BASE)
    if not base:
        archive = tmp_path_factory.mktemp("base") / "base.tar"
        subprocess.run((sys.executable, str(ROOT / "tests" / "support" / "base_image.py"), str(archive)), check=True)
        base = f"oci-archive:{archive}"
    place.env[BASE] = base
    text = (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    with (place.clone / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(text[text.index("[tool.contd-release.github]") :])
    place.publish("Go everywhere")
    return place


def rehearsed(place: Place, name: str) -> Path:
    """Rehearse a scenario with nothing left out; the folder of its world."""
    said = place.run("rehearse", "--scenario", name, timeout=580)
    assert said.code == 0, said.text
    assert "was not rehearsed" not in said.out
    assert "0 of them twice" in said.out
    (found,) = place.cache.glob("contd-release/rehearsals/*/world")
    return found


def shown(world: World) -> tuple[set[str], str, str]:
    """What users get without naming a version: by the image's tags that move, on GitHub, on the website."""
    image = OciRepository.named(f"{world.registry}/contd/contd", anonymous=True)
    versions = {image.digest(tag): tag for tag in ("0.2.0", "0.2.1")}
    named = {versions[image.digest(tag)] for tag in ("0.2", "0", "latest")}
    github = GitHubRepository("contd/contd", world.api_url, world.uploads_url, world.accounts.publisher.password)
    latest = releases.latest(github)
    (site,) = (world.directory / "git").glob("**/website.git")
    told = json.loads(git.text(site, "gh-pages", "latest.json") or "{}")
    return named, latest.tag if latest else "", told["version"]


@pytest.mark.slow
@pytest.mark.integration
def test_a_rollback_in_every_channel(whole: Place) -> None:
    """
    Index, image, chart, GitHub, chat, website and metrics: nothing is left out, and each shows what was said of it.
    """
    with World(rehearsed(whole, "rollback")) as world:
        assert ({"0.2.0"}, "v0.2.0", "0.2.0") == shown(world)
        chart = OciRepository.named(f"{world.registry}/contd/charts/contd", anonymous=True)
        tags = ("0.2.0", "0.2.1", "withdrawn-0.2.1")
        assert [read(chart, chart.digest(tag) or "").is_deprecated for tag in tags] == [False, True, False]
        assert {"yank contd 0.2.1"} == {one for one in world.ledger.effects() if one.startswith("yank ")}
        assert {"discord", "social"} == {one.room for one in world.part(Chat).messages() if "withdrawn" in one.title}


@pytest.mark.slow
@pytest.mark.integration
def test_a_hotfix_in_every_channel(whole: Place) -> None:
    """The same places have the hotfix, which is the newest there is, and everybody is told of both."""
    with World(rehearsed(whole, "hotfix")) as world:
        assert ({"0.2.1"}, "v0.2.1", "0.2.1") == shown(world)
        chart = OciRepository.named(f"{world.registry}/contd/charts/contd", anonymous=True)
        assert chart.tags() == ("0.2.0", "0.2.1")
        told = sorted(one.room for one in world.part(Chat).messages())
        assert told == ["discord", "discord", "social", "social"]


def test_no_such_scenario(place: Place) -> None:
    """The names there are are told."""
    said = place.say("rehearse", "--scenario", "flood")
    assert said.code == 2
    assert (
        "there is no scenario 'flood'\n  expected: hotfix, rollback, protected-main, protected-hotfix, two-packages\n"
        in said.err
    )


def killed(place: Place, name: str, every: int = 1) -> Sweep:
    """
    Sweep over a scenario, and tell how often it was killed; another end than the undisturbed one is raised.

    A minor release is killed in `test_crashes`, a patch release as a hotfix: they are not killed again here.
    """
    told: list[str] = []
    rehearsal, scenario = rehearsal_of(git.clone(place.clone)), scenarios.named(name, FIRST)
    result = sweep(rehearsal, scenario, told.append, every=every, after=RELEASES[name])
    print(f"\n{result.kills} kills at {result.points} points, {len(result.missed)} never came")  # noqa: T201
    return result


@pytest.mark.slow(minutes=6)
@pytest.mark.parametrize("name", ["hotfix", "rollback"])
def test_killed_everywhere(here: Place, name: str) -> None:
    """Every point, each continued, and in the end nothing is other than undisturbed."""
    result = killed(here, name)
    assert result.points
    assert result.kills >= result.points - len(result.missed)


@pytest.mark.slow(minutes=2)
@pytest.mark.integration
def test_killed_in_every_channel(whole: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful of the points of a rollback, with image, chart, chat and website."""
    whole.enter(monkeypatch)
    result = killed(whole, "rollback", 14)
    assert result.points
    assert result.kills >= result.points - len(result.missed)
