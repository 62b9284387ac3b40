"""`invoke news`: a fragment for a change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.errors import Usage
from contd_release.procedures import news
from contd_release.project.project import Project
from contd_release.project.settings import News, Settings

if TYPE_CHECKING:
    from tests.conftest import Place


def test_a_fragment_and_what_it_will_say(place: Place) -> None:
    """`news` writes a file that `changelog` shows; a second text of the same words gets a name of its own."""
    texts = {
        "+a-list-may-be-empty.bugfix.md": "A list may be empty!",
        "+a-list-may-be-empty.bugfix.1.md": "A list may be empty?",
        "7.feature.md": "A list may be empty.",
    }
    for name, text in texts.items():
        words = ("--issue", "7") if name.startswith("7") else ("--type", "bugfix")
        said = place.say("news", text, *words)
        kind = "feature" if name.startswith("7") else "bugfix"
        assert said.code == 0, said.text
        assert said.out == (
            f"{place.clone}/newsfragments/{name} is written, of type {kind}; commit it with the change\n"
        )
    before = place.everything()
    said = place.say("changelog")
    assert said.code == 0, said.err
    assert said.out.startswith("## [0.2.0] - unreleased\n")
    assert "### Added\n\n- A list may be empty. (#7)\n" in said.out
    assert before == place.everything()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Größe und Maß zählen.", "+groesse-und-mass-zaehlen.feature.md"),
        ("Café à la carte", "+cafe-a-la-carte.feature.md"),
        ("数える", "+change.feature.md"),
    ],
)
def test_words_become_a_name_in_plain_letters(tmp_path: Path, text: str, name: str) -> None:
    """Letters that are not ASCII are spelled out, or left out where they cannot be."""
    assert name == news.add(project(tmp_path), text, "feature", "").name
    assert f"{text}\n" == (tmp_path / "newsfragments" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("issue", ["abc", "12 13", "../12", "-", "1.2"])
def test_an_issue_has_a_number(tmp_path: Path, issue: str) -> None:
    """A word, a space or a path is no issue, and nothing is written."""
    with pytest.raises(Usage, match="is no issue"):
        news.add(project(tmp_path), "Better", "feature", issue)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("issue", ["12", "gh-12"])
def test_an_issue_may_have_a_prefix(tmp_path: Path, issue: str) -> None:
    """The number of an issue, and the letters that a tracker puts before it, are the name."""
    assert f"{issue}.bugfix.md" == news.add(project(tmp_path), "Better", "bugfix", issue).name


def test_the_same_text_is_not_added_twice(tmp_path: Path) -> None:
    """A text that a fragment has already, of whatever type, is refused with the name of that file."""
    news.add(project(tmp_path), "A list may be empty.", "feature", "")
    with pytest.raises(Usage) as refused:
        news.add(project(tmp_path), " A list  may be empty.\n", "bugfix", "12")
    assert refused.value.what_is == "newsfragments/+a-list-may-be-empty.feature.md says this already"
    assert len(list((tmp_path / "newsfragments").iterdir())) == 1


def project(folder: Path) -> Project:
    """A project in this folder, with a fragments folder."""
    return Project(folder, folder / "state", "contd", Settings(), News(ignore=("README.md",)))
