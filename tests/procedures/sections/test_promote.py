"""`invoke promote`: what is made public last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.mark.slow
def test_promote_verifies_and_leaves_the_rest_to_release(release: Place, world: World) -> None:
    """It walks up to its own end; `invoke release` goes on from there."""
    assert release.say("build", "--part", "minor").code == 0
    said = release.say("promote", "--yes")
    assert said.code == 0, said.text
    assert "pip installs contd 0.2.0" in said.out
    assert "contd 0.2.0 is out." not in said.out
    said = release.say("release")
    assert said.code == 0, said.text
    assert "contd 0.2.0 is out." in said.out
