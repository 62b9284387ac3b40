"""The correction that users get when a release is withdrawn, sent by the rollback or by `invoke announce`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from withdrawals import BECAUSE, released

from contd_release.sandbox.chat import Chat
from contd_release.sandbox.world import World

# Each releases.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from tests.conftest import Place

CORRECTION = ("announce", "--version", "0.2.0", "--kind", "correction")
TEXT = "it loses lines\n\nDo not use 0.2.0. 0.2.1 will mend it."


def stopped_at_the_correction(place: Place, world: World) -> None:
    """A rollback that lost the answer of the chat, so that a person has to say whether the message arrived."""
    released(place)
    world.faults.order("POST /chat/room 1 drop")
    said = place.run("rollback", "--version", "0.2.0", "--yes", "--wait", "1", *BECAUSE)
    assert said.code == 8, said.text
    assert f"invoke {' '.join(CORRECTION)} --again room" in said.err


def texts(world: World) -> list[str]:
    """The texts of the corrections in the chat, without their link."""
    return [
        one.text.split("\n\nDetails: ")[0] for one in world.part(Chat).messages(room="room") if "withdrawn" in one.title
    ]


def test_the_preview_and_the_message_have_the_reason_and_the_advice(everywhere: Place, world: World) -> None:
    """`--kind correction` shows and sends the text of the rollback, not the release notes."""
    stopped_at_the_correction(everywhere, world)
    said = everywhere.run(*CORRECTION, "--preview")
    assert said.code == 0, said.text
    assert TEXT in said.out
    assert "Added" not in said.out
    everywhere.run(*CORRECTION, "--again", "room")
    said = everywhere.run(*CORRECTION)
    assert said.code == 0, said.text
    assert texts(world) == [TEXT]


def test_what_again_says_to_type_sends_the_correction(everywhere: Place, world: World) -> None:
    """After `--again`, the printed command sends the correction: the rollback, which waits for it."""
    stopped_at_the_correction(everywhere, world)
    said = everywhere.run(*CORRECTION, "--again", "room")
    assert said.out == "the message to room will be sent again; type: invoke rollback\n"
    everywhere.run("rollback", "--wait", "1")
    assert texts(world) == [TEXT]


def test_nothing_is_corrected_before_it_is_withdrawn(everywhere: Place, world: World) -> None:
    """Without a reason there is no correction, neither to send nor to show."""
    released(everywhere)
    for words in (CORRECTION, (*CORRECTION, "--preview")):
        said = everywhere.run(*words)
        assert said.code == 2
        assert "0.2.0 is not withdrawn, so there is nothing to correct\n" in said.err
        assert '  type:     invoke rollback --version 0.2.0 --reason "…"\n' in said.err
    assert texts(world) == []
