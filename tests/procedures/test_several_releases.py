"""More than one release: a series of pre-releases, two people at once, and one that is put back from everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools import git
from tests.conftest import EPOCH

if TYPE_CHECKING:
    from tests.conftest import Place

BEFORE_THE_LINE = (
    "a worktree starts from",
    "version files say 0.2.0",
    "CHANGELOG.md has 0.2.0",
    '"Release 0.2.0" is committed',
    "the released tree passes python -c pass",
    "the commit is checked out to build for pypi",
    "contd-0.2.0.tar.gz and 1 wheel are built",
    "the artifacts are sealed",
    "release/v0.2.0 is on origin",
    "a person approves",
    "v0.2.0 is tagged",
)


@pytest.mark.slow
def test_two_candidates_and_the_final(release: Place, world: World) -> None:
    """`--pre rc`, `--pre rc` again, `--final`: each counts on, and the final tells everything once."""
    for words, version in (
        (("--part", "minor", "--pre", "rc"), "0.2.0rc1"),
        (("--pre", "rc"), "0.2.0rc2"),
        (("--final",), "0.2.0"),
    ):
        said = release.run("release", *words, "--yes")
        assert said.code == 0, said.text
        assert f"contd {version} is out." in said.out
        release.git("pull", "-q")
        release.git("fetch", "-q", "--tags")
    said = release.say("release")
    assert "contd is at 0.2.0, and nothing is under way; newsfragments/ has no fragments" in said.err
    assert sorted(release.git("tag").splitlines()) == ["v0.2.0", "v0.2.0rc1", "v0.2.0rc2"]
    assert "version: 0.2.0-rc.2\n" in (git.text(release.clone, "v0.2.0rc2", "helm/contd/Chart.yaml") or "")
    changelog = git.text(release.clone, "v0.2.0", "CHANGELOG.md") or ""
    assert changelog.count("## [0.2.0] - ") == 1
    assert "rc" not in changelog.partition("## [0.2.0]")[2].partition("## [0.1.5]")[0]
    assert len(world.ledger.effects()) == 6
    assert {1} == set(world.ledger.effects().values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "seconds"),
    [
        pytest.param("minor", 100, marks=pytest.mark.slow),
        pytest.param("minor", 0, marks=pytest.mark.slow),
        ("patch", 100),
    ],
)
def test_two_people_release_at_once(
    release: Place, other: Callable[[], Place], world: World, part: str, seconds: int
) -> None:
    """
    Exactly one wins; the loser has published nothing, says so, and can put their own clone back.

    Who releases in the same second builds the same bytes, and only the tag says whose they are.
    """
    places = (release, other())
    places[1].git("config", "user.name", "Bob")
    for name in ("AUTHOR", "COMMITTER"):
        places[1].env[f"GIT_{name}_NAME"] = "Bob"
    places[1].env["SOURCE_DATE_EPOCH"] = str(EPOCH + seconds)
    words = ("--part", part, *(("--because", "in a hurry") if part == "patch" else ()))
    built = [place.start("build", *words) for place in places]
    told = [process.communicate(timeout=120)[0] for process in built]
    assert [process.returncode for process in built] == [0, 0], told
    running = [place.start("release", "--yes") for place in places]
    said = [process.communicate(timeout=120)[0] for process in running]
    codes = [process.returncode for process in running]
    assert codes.count(0) == 1, said
    loser, text = places[codes.index(0) ^ 1], said[codes.index(0) ^ 1]
    assert max(codes) == 3, text
    assert "public already: nothing" in text
    version = "0.2.0" if part == "minor" else "0.1.6"
    winner = places[codes.index(0)]
    sealed = json.loads((winner.state / f"v{version}/dist/artifacts.json").read_text(encoding="utf-8"))
    tag = git.remote(release.clone, "origin").tag(f"v{version}")
    assert tag is not None
    assert sealed["commit"] == tag.commit
    effects = world.ledger.effects()
    assert {f"file {one['name']}": 1 for one in sealed["artifacts"]} == dict(effects)
    refs = remotes.refs(release.remote)
    assert loser.run("abort").code == 0
    assert refs == remotes.refs(release.remote)
    assert loser.git("tag", "--list") == ""


@pytest.mark.slow
@pytest.mark.parametrize("step", BEFORE_THE_LINE)
def test_put_back_from_everywhere(release: Place, world: World, step: str) -> None:
    """R9: stopped after any step before the line, `abort` leaves every remote and everything of mine as it was."""
    before, mine = remotes.refs(release.remote), release.mine()
    process = release.start("release", "--part", "minor", "--yes", "--json")
    assert process.stdout is not None
    for line in process.stdout:
        if (
            f'"step": "{step}'.replace('"Release', '\\"Release').replace('0" is', '0\\" is') in line
            and '"done"' in line
        ):
            process.kill()
            break
    else:
        pytest.fail(f"{step} did not come")
    process.communicate()
    said = release.run("abort")
    assert said.code == 0, said.text
    assert before == remotes.refs(release.remote)
    assert mine == release.mine()
    assert dict(world.ledger.effects()) == {}
    assert len(release.git("worktree", "list").splitlines()) == 1
    assert release.git("tag", "--list") == ""
    assert not (release.state / "v0.2.0").exists()
