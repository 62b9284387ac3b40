"""What is said of a release before a person says yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Place

NOTHING = "nothing but the tag v0.2.0 will be made: no package index, image or chart is configured"


def without_channels(place: Place) -> None:
    """Switch off all that the small project releases."""
    place.replace("pyproject.toml", '[tool.contd-release.pypi]\nrepository = "pypi"\nisolated = false\n', "")
    place.replace("pyproject.toml", "[tool.contd-release]\n", "[tool.contd-release]\npypi = false\n")
    place.publish()


def test_a_release_without_a_channel(place: Place) -> None:
    """Nothing but a tag will be made: the plan says so, the review says so, and so does the end."""
    without_channels(place)
    assert f"it is known where 0.2.0 will be public: {NOTHING}" in place.say("plan", "--part", "minor").out
    said = place.say("release", "--part", "minor")
    assert said.code == 8, said.text
    assert f"public  {NOTHING}" in said.out
    said = place.say("release", "--yes")
    assert said.code == 0, said.text
    assert "contd 0.2.0 is tagged, and nothing that can be installed was released." in said.out


def test_a_rehearsal_without_a_channel(place: Place) -> None:
    """It does not claim that anything was installed."""
    without_channels(place)
    said = place.run("rehearse")
    assert said.code == 0, said.text
    assert (
        "contd 0.2.0 is tagged, and nothing that can be installed was released; nothing left this machine" in said.out
    )


def test_a_release_with_a_channel(release: Place) -> None:
    """The channels are named."""
    assert "it is known where 0.2.0 will be public: pypi" in release.say("plan", "--part", "minor").out
