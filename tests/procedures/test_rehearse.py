"""`invoke rehearse`: words that it refuses before anything is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Place


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
