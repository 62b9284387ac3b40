"""`invoke announce` where there is nobody to tell, or nothing to tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Beginning, Place

PLACE = '[tool.contd-release.announce]\ndiscord = "env:CONTD_DISCORD"\n'


def with_a_place(place: Place) -> None:
    """Name a place to tell of releases."""
    place.write("pyproject.toml", (place.clone / "pyproject.toml").read_text(encoding="utf-8") + PLACE)
    place.publish("Tell users")


@pytest.mark.parametrize("preview", [(), ("--preview",)], ids=["send", "preview"])
def test_no_place(here: Place, beginning: Beginning, preview: tuple[str, ...]) -> None:
    """Without places a preview says that there are none, and shows no empty page."""
    beginning()
    said = here.say("announce", *preview)
    assert said.code == 2
    assert "no place is named\n  expected: [tool.contd-release.announce]\n" in said.err


@pytest.mark.parametrize("preview", [(), ("--preview",)], ids=["send", "preview"])
def test_no_place_for_pre_releases(here: Place, beginning: Beginning, preview: tuple[str, ...]) -> None:
    """A pre-release is told where the configuration says, and nowhere else."""
    with_a_place(here)
    beginning(pre="rc")
    said = here.say("announce", *preview)
    assert said.code == 2
    assert "no place gets messages about a pre-release such as 0.2.0rc1\n" in said.err
    assert "  expected: names of places in announce-pre-releases\n" in said.err


def test_nothing_to_correct(here: Place, beginning: Beginning) -> None:
    """Who was told nothing needs no correction."""
    with_a_place(here)
    beginning()
    said = here.say("announce", "--kind", "correction")
    assert said.code == 2
    assert "0.2.0 was not announced anywhere\n" in said.err


def test_nothing_under_way(place: Place) -> None:
    """What is to be typed next sends nothing by accident."""
    said = place.say("announce", "--preview")
    assert "  type:     invoke announce --preview --version 1.2.0   (without --preview it is sent)\n" in said.err


def test_a_place_that_does_not_exist(here: Place, beginning: Beginning) -> None:
    """The error names the places that exist, and a command about the nearest one."""
    with_a_place(here)
    beginning()
    said = here.say("announce", "--version", "0.2.0", "--again", "discrod")
    assert said.code == 2
    assert "there is no place 'discrod'; did you mean discord?\n  expected: discord\n" in said.err
    assert "  type:     invoke announce --version 0.2.0 --again discord" in said.err


@pytest.mark.parametrize("words", [(), ("--version", "9.9.9")], ids=["none", "unknown"])
def test_a_place_is_checked_before_the_version(here: Place, words: tuple[str, ...]) -> None:
    """A place that does not exist is named where no release is known either."""
    with_a_place(here)
    said = here.say("announce", *words, "--done", "discrod")
    assert said.code == 2
    assert said.err.startswith("\nthere is no place 'discrod'; did you mean discord?\n")
    assert f"  type:     {' '.join(('invoke announce', *words))} --done discord" in said.err


def test_a_kind_that_does_not_exist(place: Place) -> None:
    """The error names the kind that was meant, with the version of the call."""
    said = place.say("announce", "--version", "0.2.0", "--kind", "corection")
    assert said.code == 2
    assert "there is no kind of message 'corection'; did you mean correction?\n" in said.err
    assert "  type:     invoke announce --preview --version 0.2.0 --kind correction\n" in said.err


def test_a_version_that_was_not_released_here(here: Place, beginning: Beginning) -> None:
    """The error names the version of this clone that is like it."""
    beginning()
    said = here.say("announce", "--version", "0.2.1")
    assert said.code == 2
    assert "this clone knows nothing of 0.2.1; did you mean 0.2.0?\n" in said.err
