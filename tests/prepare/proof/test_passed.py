"""What a proof passes on is what is built, tagged and published, whatever the proof does in its tree."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

PASSES = 'proof = ["python -c pass"]'


@pytest.mark.parametrize(
    "line",
    [
        "git commit --quiet --allow-empty --message Sneaked",
        "git checkout --quiet HEAD~1",
        "git reset --quiet --hard HEAD~1",
    ],
)
def test_a_proof_that_leaves_another_commit_is_refused(release: Place, world: World, line: str) -> None:
    """It committed, or checked something else out: both commits are named, and nothing is tagged or published."""
    release.replace("pyproject.toml", PASSES, f'proof = ["{line}"]')
    release.publish("Prove it in another way")
    said = release.say("release", "--part", "minor", "--yes")
    assert said.code == 7, said.text
    assert f"after {line}, the tree that it proves is at " in said.err
    assert "the release commit: a proof commits nothing, and checks nothing else out" in said.err
    assert "refs/tags/v0.2.0" not in remotes.refs(release.remote)
    assert [one for one in world.ledger.mutating() if one.effects] == []


@pytest.mark.slow
def test_a_file_that_a_proof_changes_is_not_built(release: Place) -> None:
    """Each build has a clean checkout of the release commit; the wheel holds what git has."""
    line = "python -c \\\"open('contd/__init__.py', 'a').write('import os')\\\""
    release.replace("pyproject.toml", PASSES, f'proof = ["{line}"]')
    release.publish("Prove it in another way")
    assert release.say("build", "--part", "minor").code == 0
    with zipfile.ZipFile(release.state / "v0.2.0/dist/contd-0.2.0-py3-none-any.whl") as wheel:
        built = wheel.read("contd/__init__.py").decode()
    assert built == release.git("show", "HEAD:contd/__init__.py").replace("0.1.5", "0.2.0") + "\n"
