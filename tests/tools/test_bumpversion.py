"""Which places state the version, and whether each does."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.errors import NotReady, Usage
from contd_release.tools import bumpversion

EXAMPLE = Path(__file__).parents[2] / "examples" / "contd"


def text_of(path: str) -> str | None:
    """A file of the example."""
    file = EXAMPLE / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


def test_the_example_agrees() -> None:
    """Every place says the current version, the chart in its own spelling."""
    found = bumpversion.configuration(text_of)
    assert found.problems(text_of, found.current) == ()
    assert found.paths == (".bumpversion.toml", "pyproject.toml", "contd/__init__.py", "helm/contd/Chart.yaml")


def test_every_place_that_does_not() -> None:
    """All of them are told, the configuration's own version first."""
    found = bumpversion.configuration(text_of)
    problems = found.problems(text_of, Version("0.2.0rc1"))
    assert problems[0] == ".bumpversion.toml says current_version = 0.1.5"
    assert len(problems) == 5
    assert "helm/contd/Chart.yaml does not say 'version: 0.2.0-rc.1'" in problems
    assert """helm/contd/Chart.yaml does not say 'appVersion: "0.2.0-rc.1"'""" in problems


def test_no_configuration() -> None:
    """Neither file has the table."""
    with pytest.raises(NotReady, match="no file says which files state the version"):
        bumpversion.configuration(lambda path: "[tool.other]" if path == "pyproject.toml" else None)


def test_a_version_that_cannot_be_released() -> None:
    """The file that says it is named."""
    text = '[tool.bumpversion]\ncurrent_version = "1.0"\n'
    with pytest.raises(Usage) as caught:
        bumpversion.configuration(lambda path: text if path == "pyproject.toml" else None)
    assert caught.value.what_is == "pyproject.toml: '1.0' is not a version we can release"
    assert caught.value.type_next == "$EDITOR pyproject.toml"


@pytest.mark.parametrize(("above", "is_inside"), [("../..", True), ("../../..", False)])
def test_a_version_file_outside_of_the_folder(above: str, is_inside: bool) -> None:
    """A package may state its version in another folder of the repository, and in no file outside of it."""
    text = (
        f'[tool.bumpversion]\ncurrent_version = "1.0.0"\n[[tool.bumpversion.files]]\nfilename = "{above}/helm/x.yaml"\n'
    )
    texts = {"libs/core/.bumpversion.toml": text}
    if is_inside:
        found = bumpversion.configuration(texts.get, "libs/core/")
        assert found.paths == ("libs/core/.bumpversion.toml", "helm/x.yaml")
        return
    with pytest.raises(Usage, match=r"libs/core/\.bumpversion\.toml: .* is outside of the repository"):
        bumpversion.configuration(texts.get, "libs/core/")
