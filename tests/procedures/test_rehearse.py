"""`invoke rehearse`: words that it refuses before anything is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Place


def test_what_to_type_next_is_a_rehearsal_again(place: Place) -> None:
    """A rehearsed release that stops never sends the person to a real one; the part that it asks for is kept."""
    said = place.run("rehearse", "--without-proof", "--part", "patch")
    assert said.code == 2
    hints = [line.strip() for line in said.text.splitlines() if "type: " in line]
    assert hints[0] == "type:     invoke rehearse --without-proof --part minor"
    assert [one for one in hints if "invoke release" in one] == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--scenario", "hotfixx"), "hotfixx"),
        (("--fault", "nothing at all"), "nothing at all"),
    ],
)
def test_a_word_that_is_off(place: Place, words: tuple[str, str], named: str) -> None:
    """The word is named, with what was expected and what to type, and no release is begun in the clone."""
    with place.untouched():
        said = place.say("rehearse", *words)
    assert said.code != 0
    assert named in said.text
    assert "Traceback" not in said.text


def test_a_release_that_stops(place: Place) -> None:
    """The rehearsal ends with the exit code of the release in it, and says how to continue the rehearsal."""
    place.write("newsfragments/12.feat.md", "Better.\n")
    place.publish()
    said = place.run("rehearse", "--without-proof")
    assert said.code == 2, said.text
    assert "the rehearsed release stopped with exit code 2, for the reason above\n" in said.err
    assert "  type:     invoke rehearse --without-proof   (it continues; --fresh begins again)" in said.err
