"""A release known by its tag alone, walked section by section as a workflow does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from contd_release.project import artifacts
from contd_release.sandbox.world import World

# Each releases from a tag.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.fixture
def pushed(release: Place) -> Place:
    """0.2.0, built here, tagged and pushed, and nothing of it published."""
    said = release.say("build", "--part", "minor")
    assert said.code == 0, said.text
    (tree,) = release.cache.glob("contd-release/contd-*/v0.2.0")
    release.git("tag", "-a", "-m", "Release v0.2.0", "v0.2.0", where=tree)
    release.git("push", "-q", "origin", "v0.2.0", where=tree)
    return release


@pytest.fixture
def elsewhere(pushed: Place, other: Callable[[], Place]) -> Place:
    """A fresh clone on another machine, at the tag: no journal, nothing built."""
    found = other()
    found.git("checkout", "-q", "v0.2.0")
    return found


def sealed(place: Place) -> str:
    """The digest of what a clone has sealed."""
    found = artifacts.read(place.state / "v0.2.0" / "dist")
    assert found is not None
    return found.digest()


def test_a_tag_is_enough(pushed: Place, elsewhere: Place, world: World) -> None:
    """Built from its tag on another machine a release has the same seal; it is published and verified from a folder."""
    said = elsewhere.say("build", "--proof", "--to", "sealed")
    assert said.code == 0, said.text
    assert "the released tree passes python -c pass" in said.out
    assert f"2 artifacts are in sealed, seal {sealed(pushed)[:12]}" in said.out
    assert sealed(pushed) == sealed(elsewhere)
    assert dict(world.ledger.effects()) == {}

    third = elsewhere.directory.with_name("third")
    third.mkdir()
    elsewhere.git("clone", "-q", str(pushed.remote), str(third / "clone"))
    place = type(elsewhere)(third, third / "clone", pushed.remote, elsewhere.env)
    place.git("checkout", "-q", "v0.2.0")
    folder = str(elsewhere.clone / "sealed")
    said = place.say("publish", "--only", "pypi,image", "--artifacts", folder)
    assert said.code == 0, said.text
    assert dict(world.ledger.effects()) == {"file contd-0.2.0-py3-none-any.whl": 1, "file contd-0.2.0.tar.gz": 1}
    said = place.say("publish", "--artifacts", folder)
    assert said.code == 0, said.text
    assert sum(world.ledger.effects().values()) == 2
    assert "contd has no image: nothing to do" in place.say("publish", "--only", "image", "--artifacts", folder).out
    assert place.say("promote", "--artifacts", folder).code == 0
    said = place.say("verify", "--artifacts", folder)
    assert said.code == 0, said.text
    assert "contd 0.2.0: what was built is what users get from pypi" in said.out
    told = [json.loads(line) for line in place.say("verify", "--json").out.splitlines()]
    rows = [(one["name"], one["verdict"], one["built"] == one["found"]) for one in told if one["event"] == "reading"]
    assert rows == [("contd-0.2.0-py3-none-any.whl", "as built", True), ("contd-0.2.0.tar.gz", "as built", True)]


def test_a_moved_tag_publishes_nothing(elsewhere: Place, world: World) -> None:
    """The commit that is checked out is not what the tag names any more: exit 3, and nothing is sent."""
    assert elsewhere.say("build", "--to", "sealed").code == 0
    elsewhere.git("tag", "-f", "-a", "-m", "moved", "v0.2.0", "origin/main")
    elsewhere.git("push", "-q", "-f", "origin", "v0.2.0")
    elsewhere.git("tag", "-f", "v0.2.0", "HEAD")
    said = elsewhere.say("publish", "--artifacts", "sealed")
    assert said.code == 3, said.text
    assert "v0.2.0 is on " in said.err
    assert dict(world.ledger.effects()) == {}


def test_what_is_not_there_is_told(elsewhere: Place, place: Place) -> None:
    """Nothing built, nothing that says what was built, no tag, or a tag that its own files contradict: each says so."""
    said = elsewhere.say("publish", "--only", "pypi")
    assert (said.code, "nothing of v0.2.0 is sealed here" in said.err) == (2, True), said.text
    said = elsewhere.say("verify", "--version", "0.2.0")
    assert (said.code, "nothing says what was built as 0.2.0" in said.err) == (2, True), said.text
    said = elsewhere.say("verify", "--artifacts", "nowhere")
    assert (said.code, "nowhere has no artifacts.json" in said.err) == (2, True), said.text
    elsewhere.git("checkout", "-q", "main")
    elsewhere.git("tag", "-d", "v0.2.0")
    said = elsewhere.say("verify", "--version", "v0.2.0")
    assert (said.code, "nothing says what was built as 0.2.0" in said.err) == (2, True), said.text
    said = elsewhere.say("build", "--to", "sealed")
    assert (said.code, "HEAD is not at the tag of a release" in said.err) == (2, True), said.text
    elsewhere.git("tag", "v9.0.0")
    said = elsewhere.say("build", "--to", "sealed")
    expected = "HEAD is tagged v9.0.0, and its version files say 0.1.5"
    assert (said.code, expected in said.err) == (3, True), said.text
