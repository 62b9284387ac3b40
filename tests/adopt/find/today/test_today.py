"""Adoption shows a workflow that it removes, and keeps it if a person answers so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.scenario import FOLDER, Scenario
from tests.conftest import Place

WORKFLOW = ".github/workflows/publish.yml"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A repository whose workflow publishes what is tagged, and does nothing else."""
    return Scenario(FOLDER / "takeover-tbump-workflow").begun(tmp_path)


def test_a_workflow_that_is_removed_is_shown(place: Place) -> None:
    """In a finding that names the answer which keeps it, and in the diff."""
    said = place.say("adopt", "--yes")
    assert said.code == 0, said.text
    assert f"{WORKFLOW}:13 — superseded, and removed; keep it with --answer publisher=keep" in said.out
    assert f"--- a/{WORKFLOW}\n+++ /dev/null\n" in said.out
    assert not (place.clone / WORKFLOW).exists()


def test_an_answer_keeps_the_workflow(place: Place) -> None:
    """It is no part of the diff, and a conflict that the doctor finds, too."""
    said = place.say("adopt", "--yes", "--answer", "publisher=keep")
    assert said.code == 0, said.text
    assert f"a/{WORKFLOW}" not in said.out
    assert (place.clone / WORKFLOW).is_file()
    assert f"a conflict: git rm {WORKFLOW}" in said.out
