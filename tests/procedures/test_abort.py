"""`invoke abort`: everything before the point of no return is put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place


def test_an_aborted_release_leaves_nothing(release: Place, world: World) -> None:
    """After a build the remote, the clone and the cache are as they were, and another release can begin."""
    before = remotes.refs(release.remote)
    with release.untouched():
        assert release.say("build", "--part", "minor").code == 0
        said = release.say("abort")
    assert said.code == 0, said.text
    assert remotes.refs(release.remote) == before
    assert not list(release.cache.glob("contd-release/contd-*/v0.2.0*"))
    assert release.say("check", "--part", "minor").code == 0


def test_nothing_to_abort(release: Place) -> None:
    """No release is in progress, and the message says what to type."""
    said = release.say("abort")
    assert said.code == 2
    assert "type:     invoke status" in said.err
