"""`invoke build`: everything is built and sealed, and nothing has left the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.project import artifacts
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place


def test_what_is_built_is_sealed_and_stays_here(release: Place, world: World) -> None:
    """The wheel and the sdist have digests; the remote and the index are as they were."""
    before = remotes.refs(release.remote)
    said = release.say("build", "--part", "minor")
    assert said.code == 0, said.text
    sealed = artifacts.read(release.state / "v0.2.0" / "dist")
    assert sealed is not None
    assert [one.name for one in sealed.artifacts] == ["contd-0.2.0-py3-none-any.whl", "contd-0.2.0.tar.gz"]
    assert remotes.refs(release.remote) == before
    assert not [one for one in world.ledger.requests() if one.method == "POST" and "file_upload" in str(one)]


def test_a_folder_needs_a_tag(release: Place) -> None:
    """`--to` is for the job of a workflow: without a tag it is refused."""
    said = release.say("build", "--to", "sealed")
    assert said.code == 2
    assert "HEAD is not at the tag of a release" in said.err
    assert not (release.clone / "sealed").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--only", "chart", "--platform", "linux/arm64", "--to", "parts"),
        ("--only", "image", "--to", "parts"),
        ("--platform", "linux/arm64"),
    ],
)
def test_a_part_needs_a_platform_and_a_folder(release: Place, words: tuple[str, ...]) -> None:
    """Only an image is built for one platform; the error shows a call that works."""
    said = release.say("build", *words)
    assert said.code == 2
    assert f"{' '.join(words)} is not a part of a build" in said.err
    assert "type:     invoke build --only image --platform linux/arm64 --to parts" in said.err


def test_a_part_needs_a_tag(release: Place) -> None:
    """The image of one platform is built from the tag that is checked out."""
    said = release.say("build", "--platform", "linux/arm64", "--to", "parts")
    assert said.code == 2
    assert "HEAD is not at the tag of a release" in said.err
