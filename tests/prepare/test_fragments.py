"""Fragments by their names, and what they ask of the next version."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.errors import Usage
from contd_release.prepare import fragments
from contd_release.prepare.fragments import Fragment
from contd_release.project.project import Project
from contd_release.project.settings import News, Settings
from contd_release.tools.changelog import has_section

NEWS = News(ignore=("README.md",))


@pytest.mark.parametrize(
    ("name", "issue", "kind"),
    [
        ("12.feature.md", "12", "feature"),
        ("12.feature.1.md", "12", "feature"),
        ("+short-name.bugfix.md", "+short-name", "bugfix"),
        ("gh-7.breaking.rst", "gh-7", "breaking"),
        ("12.misc", "12", "misc"),
    ],
)
def test_good_names(name: str, issue: str, kind: str) -> None:
    """An issue or an orphan's name, a type, perhaps a counter."""
    assert Fragment(name, issue, kind) == fragments.fragment(name, NEWS)


@pytest.mark.parametrize(
    "name", ["notes.md", "feature.md", ".feature.md", "12.Feature.md", "12.feat.md", "größe.misc.md"]
)
def test_bad_names(name: str) -> None:
    """Each is told with what was expected; towncrier would drop it without a word."""
    found = fragments.fragment(name, NEWS)
    assert isinstance(found, str)
    assert found.startswith(f"newsfragments/{name}: ")


@pytest.mark.parametrize(
    ("kinds", "current", "least"),
    [
        ("breaking feature", "1.2.3", "major"),
        ("breaking feature", "0.2.3", "minor"),
        ("feature bugfix", "1.2.3", "minor"),
        ("bugfix doc misc security", "1.2.3", "patch"),
        ("", "1.2.3", "patch"),
    ],
)
def test_the_least_part(kinds: str, current: str, least: str) -> None:
    """Breaking asks for a major, under 1.0 for a minor; a feature for a minor; everything else for a patch."""
    found = fragments.read([f"{number}.{kind}.md" for number, kind in enumerate(kinds.split())], NEWS)
    assert least == found.least_part(Version(current))
    assert ("breaking" in kinds) is found.is_breaking


def test_what_is_no_fragment() -> None:
    """The README, the template and git's own files are left alone."""
    found = fragments.read(["README.md", "_template.md", ".gitignore", "newsfragments/1.doc.md"], NEWS)
    assert [one.name for one in found.fragments] == ["1.doc.md"]
    assert found.problems == ()
    assert found.counted() == "1 doc"


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("## [1.2.0] - 2020-01-01", True),
        ("## [1.2.0] - someday", True),
        ("## [1.2.0rc1] - 2020-01-01", False),
        ("## [11.2.0] - 2020-01-01", False),
        ("see ## [1.2.0] - 2020-01-01", False),
        ("## [1x2.0] - 2020-01-01", False),
    ],
)
def test_a_section_of_this_version(text: str, is_there: bool) -> None:
    """Whatever its date, so that the same version on another day gives no second section."""
    assert is_there is has_section(f"# Changelog\n\n{text}\n\n- Something.\n", NEWS, "1.2.0")


def project(folder: Path) -> Project:
    """A project in this folder, with a fragments folder."""
    return Project(folder, folder / "state", "contd", Settings(), NEWS)


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
    assert name == fragments.add(project(tmp_path), text, "feature", "").name
    assert f"{text}\n" == (tmp_path / "newsfragments" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("issue", ["abc", "12 13", "../12", "-", "1.2"])
def test_an_issue_has_a_number(tmp_path: Path, issue: str) -> None:
    """A word, a space or a path is no issue, and nothing is written."""
    with pytest.raises(Usage, match="is no issue"):
        fragments.add(project(tmp_path), "Better", "feature", issue)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("issue", ["12", "gh-12"])
def test_an_issue_may_have_a_prefix(tmp_path: Path, issue: str) -> None:
    """The number of an issue, and the letters that a tracker puts before it, are the name."""
    assert f"{issue}.bugfix.md" == fragments.add(project(tmp_path), "Better", "bugfix", issue).name


def test_the_same_text_is_not_added_twice(tmp_path: Path) -> None:
    """A text that a fragment has already, of whatever type, is refused with the name of that file."""
    fragments.add(project(tmp_path), "A list may be empty.", "feature", "")
    with pytest.raises(Usage) as refused:
        fragments.add(project(tmp_path), " A list  may be empty.\n", "bugfix", "12")
    assert refused.value.what_is == "newsfragments/+a-list-may-be-empty.feature.md says this already"
    assert len(list((tmp_path / "newsfragments").iterdir())) == 1
