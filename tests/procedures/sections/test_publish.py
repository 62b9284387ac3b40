"""`invoke publish`: everything that is built goes public, after the review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place


def test_publish_stops_for_a_review_and_then_publishes(release: Place, world: World) -> None:
    """Without a person or `--yes` nothing is public; with it the tag and the files are, and the release is not over."""
    assert release.say("build", "--part", "minor").code == 0
    said = release.say("publish")
    assert said.code == 8, said.text
    assert "refs/tags/v0.2.0" not in remotes.refs(release.remote)
    said = release.say("publish", "--yes")
    assert said.code == 0, said.text
    assert "refs/tags/v0.2.0" in remotes.refs(release.remote)
    assert "contd-0.2.0.tar.gz" in requests.get(f"{world.index_url}contd/", timeout=5).text
    assert "contd 0.2.0 is under way" in release.say("release", "--part", "major", "--yes").err


@pytest.mark.parametrize("task", ["publish", "promote"])
def test_a_channel_that_does_not_exist(release: Place, task: str) -> None:
    """The error names the channel and the one that was meant, before it asks for a tag."""
    said = release.say(task, "--only", "pypy")
    assert said.code == 2
    assert said.err.startswith("\nthere is no channel pypy; did you mean pypi?\n")
    assert f"  type:     invoke {task} --only pypi" in said.err


@pytest.mark.parametrize("task", ["publish", "promote", "verify"])
@pytest.mark.parametrize("only", ["", " , "])
def test_no_channel_is_not_every_channel(release: Place, task: str, only: str) -> None:
    """An empty shell variable publishes nothing."""
    said = release.say(task, "--only", only)
    assert said.code == 2
    assert "names no channel" in said.err
    assert f"  type:     invoke {task} --only pypi" in said.err
