"""The question before a release becomes public, on a real terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from terminal import on_terminal

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

QUESTION = "Release contd 0.2.0? Nothing after this can be undone. [y/N] "
END_OF_INPUT = "\x04"


def answered(place: Place, answer: str, *, ahead: str = "") -> tuple[int, str]:
    """`invoke release --part minor` on a terminal, with this answer to its question."""
    argv = place.argv("release", "--part", "minor")
    return on_terminal(argv, place.clone, place.environment(), asked=QUESTION, answer=answer, ahead=ahead)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "ahead"),
    [
        ("n", "y\n"),
        pytest.param("", "yes\n\ny\n", marks=pytest.mark.slow),
        pytest.param(END_OF_INPUT, "", marks=pytest.mark.slow),
    ],
)
def test_nothing_but_a_yes_to_the_question_approves(release: Place, world: World, answer: str, ahead: str) -> None:
    """The digests come first; what was typed before them, an empty line and the end of the input approve nothing."""
    before = remotes.refs(release.remote)["refs/heads/main"]
    code, seen = answered(release, answer, ahead=ahead)
    assert code == 8, seen
    assert seen.index("contd-0.2.0.tar.gz\n") < seen.index(QUESTION)
    assert "contd 0.2.0 was not approved" in seen
    assert (before, None) == (
        remotes.refs(release.remote)["refs/heads/main"],
        remotes.refs(release.remote).get("refs/tags/v0.2.0"),
    )
    assert not [one.effects for one in world.ledger.mutating() if one.effects]


def test_a_yes_to_the_question_approves(release: Place) -> None:
    """A `y` that is typed after the question was shown releases."""
    code, seen = answered(release, "y")
    assert code == 0, seen
    assert "contd 0.2.0 is out." in seen
