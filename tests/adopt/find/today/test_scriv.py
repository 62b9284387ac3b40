"""scriv: its fragments are found with its own defaults, in any of the files that configure it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.adopt.find.today import scriv
from tests.adopt.find.test_package import repository

FRAGMENT = "- One.\n"


@pytest.mark.parametrize(
    ("files", "changelog", "entries"),
    [
        ({"pyproject.toml": "[tool.scriv]\n", "changelog.d/a.rst": FRAGMENT}, "CHANGELOG.rst", ["One."]),
        ({"pyproject.toml": "[tool.scriv]\nformat = 'md'\n", "changelog.d/a.md": FRAGMENT}, "CHANGELOG.md", ["One."]),
        ({"setup.cfg": "[scriv]\nfragment_directory = news\n", "news/a.rst": FRAGMENT}, "CHANGELOG.rst", ["One."]),
        ({"news/scriv.ini": "[scriv]\nchangelog = NEWS.rst\n", "news/a.rst": FRAGMENT}, "NEWS.rst", ["One."]),
        ({"setup.cfg": "not an INI file", "tox.ini": "[tool.scriv]\n"}, "CHANGELOG.rst", []),
    ],
)
def test_what_is_found(tmp_path: Path, files: dict[str, str], changelog: str, entries: list[str]) -> None:
    """The changelog that it writes, and the entries of its fragments."""
    found = scriv.find(repository(tmp_path, files))
    assert found is not None
    assert (found.changelog, [one.text for one in found.entries]) == (changelog, entries)


def test_a_repository_without_it(tmp_path: Path) -> None:
    """Another tool's table and a file that cannot be read are not scriv's."""
    files = {"pyproject.toml": "[tool.other]\n", "tox.ini": "not an INI file"}
    assert scriv.find(repository(tmp_path, files)) is None
