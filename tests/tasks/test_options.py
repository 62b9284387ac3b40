"""The options of all tasks together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.tasks import namespace

if TYPE_CHECKING:
    from tests.conftest import Place

NAMES = sorted(namespace.task_names)


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_a_word(name: str) -> None:
    """No letter stands for one option here and for another one there."""
    flags = [flag for argument in namespace[name].get_arguments() for flag in argument.names]
    assert [flag for flag in flags if len(flag) == 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_h_is_help(place: Place, name: str) -> None:
    """`-h` shows the options of a task, and runs nothing."""
    with place.untouched():
        said = place.say(name, "-h")
    assert said.code == 0, said.text
    assert "Options:\n  --" in said.out


def test_a_dry_run_is_an_option_of_everything_that_cannot_be_undone() -> None:
    """`--dry-run` shows and changes nothing, for a release and for a rollback."""
    for name in ("release", "rollback"):
        assert "dry_run" in [argument.name for argument in namespace[name].get_arguments()]


def test_a_hotfix_of_nothing(place: Place) -> None:
    """The version to mend is asked for by name."""
    with place.untouched():
        said = place.say("hotfix.start")
    assert said.code == 2
    assert "no release is named\n  expected: a version that is out: there is none\n" in said.err
