"""`invoke doctor`: one tree, every problem once, and what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.scenario import FOLDER, Scenario
from tests.conftest import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A repository that is not adopted."""
    return Scenario(FOLDER / "hatch-dynamic-crlf").begun(tmp_path)


def test_what_adoption_writes_is_missing_before(place: Place) -> None:
    """Nothing is changed by looking."""
    before = place.everything()
    said = place.say("doctor")
    assert said.code == 2
    assert before == place.everything()
    assert "tasks.py is not there" in said.err
    assert "nothing configures towncrier" in said.err


def test_what_is_written_and_not_committed_is_to_be_committed(place: Place) -> None:
    """It is one line that names the files."""
    assert place.say("adopt", "--yes").code == 0
    said = place.say("doctor")
    assert said.code == 2
    assert " are not committed\n" in said.err
    assert 'git commit -m "Release with contd-release"' in said.err
    assert said.err.count("expected:") == 1, said.err


def test_fragments_that_are_not_committed_are_counted(place: Place) -> None:
    """Each is not named: `invoke news` wrote them, and one commit has them all."""
    assert place.say("adopt", "--yes").code == 0
    place.git("add", "--all")
    place.git("commit", "--quiet", "-m", "Adopt")
    place.write("newsfragments/+one.feature.md", "One.\n")
    assert "1 fragment in newsfragments/ is not committed\n" in place.say("doctor").err
    place.write("newsfragments/+two.feature.md", "Two.\n")
    said = place.say("doctor").err
    assert "2 fragments in newsfragments/ are not committed\n" in said
    assert '  type:     git add newsfragments; git commit -m "Add fragments"\n' in said


def test_a_wrong_setting_is_one_line(place: Place) -> None:
    """Everything that follows from the settings cannot be said, and is not."""
    assert place.say("adopt", "--yes").code == 0
    place.replace("pyproject.toml", "[tool.contd-release]", "[tool.contd-release]\nprove = true")
    said = place.say("doctor")
    assert said.code == 2
    assert said.text.count("unknown key prove") == 1
    assert said.err.count("expected:") == 1


def test_two_publishers_of_one_tag_are_a_conflict(place: Place) -> None:
    """The doctor names the line of the other one, and what to type."""
    text = 'on:\n  push:\n    tags: ["v*"]\njobs:\n  a:\n    steps:\n      - run: twine upload dist/*\n'
    place.write(".github/workflows/publish.yml", text)
    assert place.say("adopt", "--yes", "--answer", "publisher=keep").code == 0
    said = place.say("doctor")
    assert said.code == 2
    assert ".github/workflows/publish.yml:7 publishes to pypi what is tagged: twine upload" in said.err
    assert "git rm .github/workflows/publish.yml" in said.err


@pytest.mark.parametrize("task", [("doctor",), ("plan", "--part", "minor")])
def test_a_remote_that_does_not_answer(place: Place, task: tuple[str, ...]) -> None:
    """What is known without it is said; the exit code, and one message at the end, say that it was not asked."""
    assert place.say("adopt", "--yes").code == 0
    place.git("add", "--all")
    place.git("commit", "--quiet", "-m", "Release with contd-release")
    place.git("remote", "set-url", "origin", "http://127.0.0.1:9/acme/tideline.git")
    said = place.say(*task)
    assert said.code == 4
    assert "origin does not answer: this is what is known without it" in said.out
    assert "✓ the version files agree on 0.9.1" in said.out
    assert "✓ CHANGELOG.md can take" in said.out
    assert said.err.count("git ls-remote origin ended with 128") == 1
