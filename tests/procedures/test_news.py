"""`invoke news`: a fragment for a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Place


def test_a_fragment_and_what_it_will_say(place: Place) -> None:
    """`news` writes a file that `changelog` shows; a second text of the same words gets a name of its own."""
    texts = {
        "+a-list-may-be-empty.bugfix.md": "A list may be empty!",
        "+a-list-may-be-empty.bugfix.1.md": "A list may be empty?",
        "7.feature.md": "A list may be empty.",
    }
    for name, text in texts.items():
        words = ("--issue", "7") if name.startswith("7") else ("--type", "bugfix")
        said = place.say("news", text, *words)
        kind = "feature" if name.startswith("7") else "bugfix"
        assert said.code == 0, said.text
        assert said.out == (
            f"{place.clone}/newsfragments/{name} is written, of type {kind}; commit it with the change\n"
        )
    before = place.everything()
    said = place.say("changelog")
    assert said.code == 0, said.err
    assert said.out.startswith("## [0.2.0] - unreleased\n")
    assert "### Added\n\n- A list may be empty. (#7)\n" in said.out
    assert before == place.everything()
