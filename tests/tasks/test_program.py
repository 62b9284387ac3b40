"""The tasks as a program of their own: its first page, and words that it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Place


def test_the_first_page_says_what_it_is(place: Place) -> None:
    """Without a task it begins with what it is, and the five tasks to know; its lines fit 80 columns."""
    said = place.say()
    first = said.out.partition("Usage:")[0]
    assert max(map(len, first.splitlines())) <= 80
    assert first.startswith("contd-release walks a release checklist: ")
    tasks = [line.split()[1] for line in first.splitlines() if line.startswith("  contd-release ")]
    assert tasks == ["doctor", "rehearse", "release", "status", "rollback"]
    assert "contd-release adopt" in first


@pytest.mark.parametrize(
    ("words", "what", "meant"),
    [
        ("relase --part minor", "there is no task relase; did you mean release?", "release --part minor"),
        (
            "hotfix.strat --of 1.2.0",
            "there is no task hotfix.strat; did you mean hotfix.start?",
            "hotfix.start --of 1.2.0",
        ),
        ("release --parts minor", "release has no option --parts; did you mean --part?", "release --part minor"),
        ("rollback --xyzzy x", "rollback has no option --xyzzy", "--help rollback"),
        ("xyzzy", "there is no task xyzzy", "--help"),
        ("status --version", "Flag", "--help status"),
        ("release --part mino", "there is no part 'mino'; did you mean minor?", "invoke release --part minor"),
        (
            "rehearse --scenario hotfx",
            "there is no scenario 'hotfx'; did you mean hotfix?",
            "rehearse --scenario hotfix",
        ),
        ("status --version 0.1.6", "this clone knows nothing of 0.1.6; did you mean 0.1.5?", "git ls-remote --tags"),
    ],
)
def test_which_one_was_meant(place: Place, words: str, what: str, meant: str) -> None:
    """A word that nothing has is named with the one that is like it, and the command line as it was meant."""
    place.git("tag", "v0.1.5")
    place.git("push", "-q", "origin", "v0.1.5")
    said = place.say(*words.split())
    assert said.code == 2, said.text
    assert what in said.err
    assert meant in said.err.partition("type:")[2]
