"""
Random sequences of releases, hotfixes and rollbacks with every command run, in the sandbox, against the same model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version
from release_model import Model

from contd_release.project.version import next_version
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools.github import releases
from contd_release.tools.github.api import GitHubRepository

if TYPE_CHECKING:
    from rollback_bench import Yanking

    from tests.conftest import Place

CI = ("--without-ci", "a test", "--because", "a test")


def released(place: Place, part: str, number: int) -> None:
    """main goes on and is released."""
    place.git("pull", "-q", "--tags", "origin", "main")
    place.write(f"contd/change{number}.py", f"NUMBER = {number}\n")
    place.write(f"newsfragments/+change{number}.bugfix.md", f"Change {number}.\n")
    place.publish(f"Change {number}")
    said = place.run("release", "--part", part, "--yes", *CI)
    assert said.code == 0, said.text


def mended(place: Place, of: Version, number: int) -> None:
    """A hotfix of a version is released and merged back."""
    place.git("pull", "-q", "--tags", "origin", "main")
    said = place.run("hotfix.start", "--of", str(of))
    assert said.code == 0, said.text
    tree = place.clone.with_name(f"{place.clone.name}-hotfix-v{next_version(of, 'patch')}")
    (tree / f"contd/fix{number}.py").write_text("FIX = 1\n", encoding="utf-8")
    (tree / f"newsfragments/+fix{number}.bugfix.md").write_text(f"Fix {number}.\n", encoding="utf-8")
    place.git("add", "--all", where=tree)
    place.git("commit", "-qm", "Mend", where=tree)
    place.git("push", "-q", "origin", "HEAD", where=tree)
    said = place.run("hotfix.finish", "--version", str(next_version(of, "patch")), "--yes", *CI)
    assert said.code == 0, said.text


def withdrawn(place: Place, yanking: Yanking, version: Version) -> None:
    """A version is rolled back, and yanked."""
    with yanking(str(version)):
        said = place.run("rollback", "--version", str(version), "--reason", "bad", "--yes", "--wait", "60")
    assert said.code == 0, said.text


def versions(refs: Mapping[str, str]) -> set[str]:
    """The versions that are tagged as released."""
    return {ref.removeprefix("refs/tags/v") for ref in refs if re.fullmatch(r"refs/tags/v[^^]*", ref)}


def agrees(place: Place, world: World, model: Model, tags: dict[str, str]) -> None:
    """Tags have not moved, GitHub's latest is the highest good version, main is the highest and has every change."""
    refs = remotes.refs(place.remote)
    assert tags == {ref: refs[ref] for ref in tags}
    github = GitHubRepository("contd/contd", world.api_url, world.uploads_url, world.accounts.publisher.password)
    best, latest = model.best(lambda _: True), releases.latest(github)
    assert (f"v{best}" if best else None) == (latest.tag if latest else None)
    assert f'version = "{max(model.out)}"' in place.git("show", "main:pyproject.toml", where=place.remote)
    text = place.git("show", "main:CHANGELOG.md", where=place.remote)
    told = [line.split("]")[0].removeprefix("## [") for line in text.splitlines() if line.startswith("## [")]
    assert [*map(str, sorted(model.out, reverse=True)), "0.1.5"] == told
    yanked = {effect.rpartition(" ")[2] for effect in world.ledger.effects() if effect.startswith("yank ")}
    assert {str(one) for one in model.bad} == yanked
    assert {1} == set(world.ledger.effects().values())


@pytest.mark.slow(minutes=1)
@pytest.mark.parametrize("number", range(4))
def test_a_sequence(everywhere: Place, world: World, yanking: Yanking, number: int) -> None:
    """Five moves, with the world looked at after each."""
    dice, model, tags = random.Random(number), Model(), dict[str, str]()  # noqa: S311
    before = versions(remotes.refs(everywhere.remote))
    current = Version("0.1.5")
    for move in range(5):
        mendable = [one for one in model.out if next_version(one, "patch") not in model.out]
        left = [one for one in model.out if one not in model.bad]
        kinds = ["minor", "patch", *(["hotfix"] * 2 if mendable else []), *(["rollback"] * 2 if left else [])]
        kind = dice.choice(kinds)
        if kind == "rollback":
            version = dice.choice(left)
            withdrawn(everywhere, yanking, version)
            model.bad.add(version)
        elif kind == "hotfix":
            of = dice.choice(mendable)
            mended(everywhere, of, move)
            model.out.append(next_version(of, "patch"))
        else:
            released(everywhere, kind, move)
            model.out.append(next_version(current, kind))  # type: ignore[arg-type]
        current = max([current, *model.out])
        refs = remotes.refs(everywhere.remote)
        tags |= {ref: name for ref, name in refs.items() if ref.startswith("refs/tags/") and ref not in tags}
        agrees(everywhere, world, model, tags)
    assert before | {*map(str, model.out)} == versions(tags)
