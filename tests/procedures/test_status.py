"""`invoke status`: every step, and what the world says of it now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Place


def test_status_before_anything(release: Place) -> None:
    """Nothing is under way, and what to type."""
    said = release.say("status")
    assert (said.code, said.out) == (0, "nothing is under way\ntype: invoke release --part auto\n")


def test_status_of_a_release_in_progress(release: Place) -> None:
    """Steps that are done and steps that are not, each with its state; nothing changes."""
    assert release.say("bump", "--part", "minor").code == 0
    with release.untouched():
        said = release.say("status")
    assert said.code == 0, said.text
    assert said.out.startswith("contd 0.2.0\n")
    assert '✓ "Release 0.2.0" is committed' in said.out
    assert "· v0.2.0 is tagged" in said.out
    end = said.out.splitlines()[-3:]
    assert re.fullmatch(r"contd 0.2.0: \d\d of \d\d steps are done; next: .+", end[0])
    assert end[1:] == [
        "public already: nothing",
        "type: invoke release   (or invoke abort, which takes everything back)",
    ]


@pytest.mark.slow
def test_status_past_the_line(release: Place) -> None:
    """What is public is named, and to abort is no advice any more."""
    for words in (("build", "--part", "minor"), ("publish", "--yes")):
        assert release.say(*words).code == 0
    end = release.say("status").out.splitlines()[-2:]
    assert end[0].startswith("public already: v0.2.0 and release/v0.2.0 are on origin; ")
    assert end[1] == "type: invoke release"


def test_status_of_a_version_that_was_not_released_here(release: Place) -> None:
    """The version is named, with what to type."""
    said = release.say("status", "--version", "9.9.9")
    assert said.code == 2
    assert "9.9.9" in said.err
    assert "  type:     " in said.err
