"""The changelog as towncrier is configured, in each of the places and forms that it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.errors import Usage
from contd_release.project import project
from contd_release.project.news import News, meaning_of

PROJECT = '[project]\nname = "lodestar"\nversion = "1.2.0"\n'


def news(**files: str) -> News:
    """The news of a repository with these files, whose names have `_` for the dot."""
    named = {name.replace("_", "."): text for name, text in files.items()}
    return project.read(Path(), Path(), named.get).news


def test_a_file_of_its_own_hides_the_table_in_pyproject() -> None:
    """As in towncrier."""
    found = news(
        towncrier_toml='[tool.towncrier]\ndirectory = "changes"\nfilename = "CHANGES.md"\n',
        pyproject_toml=f'{PROJECT}[tool.towncrier]\ndirectory = "other"\n',
    )
    assert (found.directory, found.changelog) == ("changes", "CHANGES.md")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('directory = "changes"\nfilename = "CHANGES.rst"', "changes"),
        ('package = "lode"\npackage_dir = "src"', "src/lode/newsfragments"),
        ('name = "Lodestar"', "lodestar/newsfragments"),
    ],
)
def test_the_folder_of_the_fragments(table: str, expected: str) -> None:
    """It is named, or below the package, or below the folder of the project's name."""
    assert news(pyproject_toml=f"{PROJECT}[tool.towncrier]\n{table}\n").directory == expected


def test_the_defaults_are_towncriers() -> None:
    """A table that says little means what towncrier means by it."""
    found = news(pyproject_toml=f'{PROJECT}[tool.towncrier]\ndirectory = "news"\n')
    assert found == News(
        directory="news",
        changelog="NEWS.rst",
        marker=".. towncrier release notes start\n",
        title_format="{name} {version} ({project_date})",
        types=("feature", "bugfix", "doc", "removal", "misc"),
    )
    assert (found.is_rst, found.suffix) == (True, ".rst")


def test_a_template_of_its_own_decides_on_the_heading() -> None:
    """No form is known then, and any heading with the version is one."""
    found = news(pyproject_toml=f'{PROJECT}[tool.towncrier]\ndirectory = "news"\ntemplate = "news/_t.rst"\n')
    assert found.title_format == ""
    assert "_t.rst" in found.ignore
    assert found.notes == "changelog.d"


def test_the_notes_stay_out_of_the_fragments() -> None:
    """A file of notes is no fragment."""
    table = '[tool.towncrier]\ndirectory = "changelog.d"\ntemplate = "changelog.d/t.jinja"\n'
    assert news(pyproject_toml=f"{PROJECT}{table}").notes == "release-notes"


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('[[tool.towncrier.type]]\ndirectory = "added"\nname = "Added"\n', ("added",)),
        ('[[tool.towncrier.type]]\nname = "Added"\n', ("added",)),
        ("[tool.towncrier.fragment.fix]\n[tool.towncrier.fragment.add]\n", ("add", "fix")),
    ],
)
def test_the_types_in_each_form(table: str, expected: tuple[str, ...]) -> None:
    """As an array, with and without a word for file names, and as tables."""
    assert news(pyproject_toml=f"{PROJECT}{table}").types == expected


def test_types_by_another_name() -> None:
    """A hint that says `--type feature` works where the type is called `added`."""
    found = news(pyproject_toml=f'{PROJECT}[tool.towncrier]\ntype = [{{ name = "Added" }}, {{ name = "Fix" }}]\n')
    assert [found.type_for(one) for one in ("feature", "bugfix", "fix", "doc")] == ["added", "fix", "fix", "doc"]
    assert meaning_of("Backwards") == "breaking"


def test_a_file_for_each_release_is_refused() -> None:
    """A release adds a section to one changelog; towncrier's other way is named, and what to change."""
    table = '[tool.towncrier]\nfilename = "notes/{version}.md"\nsingle_file = false\n'
    with pytest.raises(Usage, match="towncrier writes a file for each release: single_file = false"):
        news(pyproject_toml=f"{PROJECT}{table}")
