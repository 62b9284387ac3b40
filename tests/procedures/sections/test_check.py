"""`invoke check`: everything that can stop a release, and no change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Place


def test_a_release_that_nothing_stops(release: Place) -> None:
    """One sentence, exit code 0, and nothing has changed."""
    with release.untouched():
        said = release.say("check", "--part", "minor")
    assert said.code == 0, said.text
    assert said.out == "contd 0.2.0 can be released: nothing that can be checked beforehand is in its way\n"


def test_everything_that_stops_it_is_named_at_once(release: Place) -> None:
    """A part that is too small and a fragment without a type are both reported."""
    release.write("newsfragments/12.md", "A list may be empty.\n")
    release.publish()
    said = release.say("check", "--part", "patch")
    assert said.code == 2
    assert "12.md" in said.err
    assert "ask for minor" in said.err
