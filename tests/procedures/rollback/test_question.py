"""The one question of a rollback, on a real terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from terminal import on_terminal
from withdrawals import BECAUSE, released

from contd_release.records.entries import Withdrawing, Withdrawn
from contd_release.records.journal import Journal
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

# Each releases.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from rollback_bench import Yanking

    from tests.conftest import Place

QUESTION = "Withdraw contd 0.2.0? [y/N] "


def answered(place: Place, answer: str, *words: str, ahead: str = "") -> tuple[int, str]:
    """`invoke rollback` on a terminal, with this answer."""
    argv = place.argv("rollback", "--version", "0.2.0", *words, *BECAUSE)
    return on_terminal(argv, place.clone, place.environment(), asked=QUESTION, answer=answer, ahead=ahead)


@pytest.mark.parametrize("answer", ["n", "", "yess", "Y E S"])
def test_everything_but_yes_is_no(release: Place, world: World, answer: str) -> None:
    """The table is shown first; then nothing is done, nothing is noted, and it is said what to type."""
    released(release)
    before, asked = remotes.refs(release.remote), len(world.ledger.mutating())
    code, seen = answered(release, answer, "--delete-tag")
    assert code == 8, seen
    assert seen.index("cannot be undone: the files stay") < seen.index(QUESTION)
    assert seen.count(QUESTION) == 1
    assert "contd 0.2.0 was not withdrawn" in seen
    assert "type:     invoke rollback --version 0.2.0 --delete-tag --reason 'it loses lines'\n" in seen
    assert (before, asked) == (remotes.refs(release.remote), len(world.ledger.mutating()))
    assert Journal(release.state / "journal.jsonl").last(Withdrawing) is None


def test_yes(release: Place, yanking: Yanking) -> None:
    """Asked once, it is walked to its end on that terminal; continued, it is not asked again."""
    released(release)
    with yanking("0.2.0"):
        code, seen = answered(release, "y", "--wait", "60")
    assert code == 0, seen
    assert seen.count(QUESTION) == 1
    assert "contd 0.2.0 is withdrawn, as far as it can be." in seen
    assert "refs/tags/withdrawn/v0.2.0" in remotes.refs(release.remote)
    assert Journal(release.state / "journal.jsonl").last(Withdrawn) is not None
    said = release.run("rollback", "--version", "0.2.0")
    assert said.code == 0, said.text


def test_what_was_typed_before_the_question_is_no_answer(release: Place, world: World) -> None:
    """A `y` that was typed before the table was shown withdraws nothing."""
    released(release)
    before, requests = remotes.refs(release.remote), len(world.ledger.mutating())
    code, seen = answered(release, "n", ahead="y\n\ny\n")
    assert code == 8, seen
    assert "contd 0.2.0 was not withdrawn" in seen
    assert (before, requests) == (remotes.refs(release.remote), len(world.ledger.mutating()))
