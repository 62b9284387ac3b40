"""The project of a clone, as a commit and the remote describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.errors import NotReady, Several, Usage
from contd_release.prepare import committed

if TYPE_CHECKING:
    from tests.conftest import Place

IMAGE = '\n[tool.contd-release.image]\ndockerfile = "Dockerfile"\n'


@pytest.fixture
def imaged(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A clone whose configuration has an image and no name for it."""
    with open(place.clone / "pyproject.toml", "a", encoding="utf-8") as stream:
        stream.write(IMAGE)
    place.git("commit", "--quiet", "--all", "--message", "An image")
    monkeypatch.chdir(place.clone)
    return place


def test_the_remote_says_where_images_go(imaged: Place) -> None:
    """Of a clone from GitHub, the owner and the name of the repository; nothing has to be configured."""
    imaged.git("remote", "set-url", "origin", "git@github.com:Own/Er.git")
    found = committed.current_project()

    assert found.settings.image is not None
    assert found.settings.github is not None
    assert (found.settings.image.name, found.settings.github.repository) == ("ghcr.io/own/er", "Own/Er")


def test_another_remote_is_no_place_for_images(imaged: Place) -> None:
    """A guess would push to a stranger."""
    with pytest.raises(Usage, match=r"image\.name is missing, and no GitHub remote says what it is"):
        committed.current_project()


def test_a_clone_without_a_remote_says_so(imaged: Place) -> None:
    """Before anything is said about what the remote would have told."""
    imaged.git("remote", "remove", "origin")

    with pytest.raises(NotReady, match="this clone has no remote 'origin'"):
        committed.current_project()


def test_a_setting_that_is_mended_and_not_committed(imaged: Place) -> None:
    """A release is of commits: it says so to whoever has just edited the file."""
    imaged.replace("pyproject.toml", 'dockerfile = "Dockerfile"', 'name = "ghcr.io/own/er"')

    with pytest.raises(Several) as told:
        committed.current_project()

    assert "pyproject.toml has changes that are not committed, and those do not count" in str(told.value)
    assert "type:     git commit pyproject.toml" in str(told.value)
