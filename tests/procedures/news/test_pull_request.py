"""`news --check`: what a pull request is asked for, and what its workflow shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.fixture
def branch(place: Place) -> Place:
    """A clone on a branch with a commit, as a workflow checks a pull request out."""
    summary, event = place.directory / "summary.md", place.directory / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 31, "title": "Don't lose  $(items)"}}), encoding="utf-8")
    place.env.update(GITHUB_STEP_SUMMARY=str(summary), GITHUB_EVENT_PATH=str(event))
    place.git("switch", "--quiet", "-c", "topic")
    place.write("contd/more.py", "")
    commit(place)
    return place


def commit(place: Place) -> None:
    """Commit everything."""
    place.git("add", "--all")
    place.git("commit", "--quiet", "-m", "Change something")


def summary(place: Place) -> str:
    """The summary of the job."""
    return Path(place.env["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")


def test_a_branch_with_a_fragment(branch: Place) -> None:
    """It is named, and the section of the changelog is shown, in the log and in the summary."""
    branch.write("newsfragments/31.bugfix.md", "Items are kept.\n")
    commit(branch)
    said = branch.say("news", "--check", "--since", "origin/main")
    assert said.code == 0, said.text
    assert said.out.startswith("this branch adds 31.bugfix.md\n\n## [0.2.0] - unreleased\n")
    assert "- Items are kept. (#31)\n" in said.out
    shown = summary(branch)
    assert shown.startswith("This branch adds `31.bugfix.md`. The changelog will say:\n\n## [0.2.0] - unreleased\n")
    assert "- Items are kept. (#31)\n" in shown


def test_a_branch_without_one(branch: Place) -> None:
    """The one line to type has the title and the number of the pull request, quoted; the summary has it as well."""
    said = branch.say("news", "--check")
    line = """invoke news 'Don'"'"'t lose $(items)' --type bugfix --issue 31"""
    assert said.code == 2
    assert said.err.splitlines() == [
        "",
        "this branch adds no fragment to newsfragments/",
        "  expected: one file that says what users will notice; or the label skip-changelog, where they notice nothing",
        f"  type:     {line}",
    ]
    assert summary(branch) == f"- `this branch adds no fragment to newsfragments/`\n\n  ```sh\n  {line}\n  ```\n"


def test_a_branch_that_needs_none(branch: Place) -> None:
    """With the label, the fragments that are there are checked all the same."""
    said = branch.say("news", "--check", "--optional")
    assert said.code == 0, said.text
    assert said.out.startswith("this branch adds no fragment, and none is needed\n")
    branch.write("newsfragments/31.bug.md", "Items are kept.\n")
    commit(branch)
    assert branch.say("news", "--check", "--optional").code == 2


def test_fragments_that_are_wrong(branch: Place) -> None:
    """Every one is named at once, each with what to type."""
    branch.write("newsfragments/31.bug.md", "Items are kept.\n")
    branch.write("newsfragments/31.feature.md", " \n")
    commit(branch)
    said = branch.say("news", "--check")
    assert said.code == 2
    assert "newsfragments/31.bug.md: there is no type 'bug'" in said.err
    assert "type:     git mv newsfragments/31.bug.md newsfragments/31.bugfix.md" in said.err
    assert "newsfragments/31.feature.md is empty" in said.err
    assert "type:     $EDITOR newsfragments/31.feature.md" in said.err


def test_a_fragment_that_the_branch_extends(branch: Place) -> None:
    """A change to a fragment that is there already says what users will notice, too."""
    branch.write("newsfragments/12.feature.md", "More.\n")
    commit(branch)
    said = branch.say("news", "--check")
    assert said.out.startswith("this branch adds 12.feature.md\n"), said.text


@pytest.mark.parametrize("event", ["", "[]", '{"pull_request": 3}', '{"pull_request": {"title": "a\\u001b[1mb"}}'])
def test_an_event_that_says_nothing(branch: Place, event: str) -> None:
    """Without a title, the line to type has a place for the words."""
    Path(branch.env["GITHUB_EVENT_PATH"]).write_text(event, encoding="utf-8")
    assert "type:     invoke news '…' --type bugfix\n" in branch.say("news", "--check").err


@pytest.mark.parametrize("since", ["origin/nowhere", "--output=x"])
def test_a_branch_that_is_not_here(branch: Place, since: str) -> None:
    """A shallow checkout, or a name that is no branch: what to fetch."""
    said = branch.say("news", "--check", f"--since={since}")
    assert said.code == 2
    name = "main" if since.startswith("-") else "nowhere"
    assert f"type:     git fetch origin {name}:refs/remotes/origin/{name}\n" in said.err
