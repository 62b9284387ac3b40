"""`invoke status`: every step, and what the world says of it now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from contd_release.engine.checklist import Seen
from contd_release.engine.step import Found, State, Step
from contd_release.procedures.status import last_lines
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Settings

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


@pytest.mark.parametrize(
    ("found", "next_step", "advice"),
    [
        (Found(State.ABSENT, "nothing yet"), "main has the fix", "invoke release"),
        (Found(State.PARTIAL, "PAGE is open"), "main has the fix: PAGE is open", "invoke release"),
        (Found(State.CONFLICT, "closed", "gh pr reopen 1"), "main has the fix: closed", "gh pr reopen 1"),
    ],
)
def test_the_last_lines(tmp_path: Path, found: Found, next_step: str, advice: str) -> None:
    """What is begun or in the way is named, and a conflict has its own advice."""
    project = Project(tmp_path, tmp_path, "contd", Settings(), News())
    release = Release(project, Version("1.2.1"), Version("1.2.0"), "", 1)
    seen = Seen("after", Step("main has the fix", lambda: found), found)
    first, *_, last = last_lines(release, [seen], is_in_progress=True)
    assert (first, last.split("   ")[0]) == (
        f"\ncontd 1.2.1: 0 of 1 steps are done; next: {next_step}",
        f"type: {advice}",
    )


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
