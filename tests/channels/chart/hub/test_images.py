"""The images of a version, written into a Chart.yaml for Artifact Hub."""

from __future__ import annotations

import pytest

from contd_release.channels.chart.hub import annotations as hub
from contd_release.channels.chart.hub import images
from contd_release.errors import Usage

HEAD = "apiVersion: v2 # kept\nname: demo\n"
OURS = "ghcr.io/ada/demo"
IMAGES = "  artifacthub.io/images: |\n"
FLAG = '  artifacthub.io/prerelease: "false"\n'
WRITTEN = f"{IMAGES}    - name: demo\n      image: {OURS}:1.2.0\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEAD, f"{HEAD}annotations:\n{WRITTEN}{FLAG}"),
        (f"{HEAD}annotations:\n{FLAG}{WRITTEN}", f"{HEAD}annotations:\n{WRITTEN}{FLAG}"),
        (
            f"{HEAD}annotations:\n{IMAGES}    - image: {OURS}:1.1.0@sha256:abc # ours\n    - image: {OURS}-ui:1.1.0\n",
            f"{HEAD}annotations:\n{IMAGES}    - image: {OURS}:1.2.0 # ours\n    - image: {OURS}-ui:1.1.0\n{FLAG}",
        ),
        (
            f"{HEAD}annotations:\n{IMAGES}    - image: busybox:1\n  a/b: image {OURS}:1\n",
            f"{HEAD}annotations:\n{IMAGES}    - image: busybox:1\n  a/b: image {OURS}:1\n{FLAG}",
        ),
        (
            f'# {images.IMAGES}\nannotations:\n  {images.IMAGES}: \'[{{"image": "{OURS}"}}]\'\n',
            f'# {images.IMAGES}\nannotations:\n  {images.IMAGES}: \'[{{"image": "{OURS}:1.2.0"}}]\'\n{FLAG}',
        ),
    ],
)
def test_only_our_image_is_updated(before: str, after: str) -> None:
    """A missing annotation is written; one that is there keeps every other image, order and comment."""
    flag = hub.wanted((), is_prerelease=False)

    assert hub.with_image(before, "Chart.yaml", flag, OURS, "1.2.0") == after
    assert hub.with_image(after, "Chart.yaml", flag, OURS, "1.2.0") == after


def test_a_project_without_an_image_has_no_annotation() -> None:
    """Only the other annotations are written."""
    flag = hub.wanted((), is_prerelease=False)

    assert hub.with_image(HEAD, "Chart.yaml", flag, "", "1.2.0") == f"{HEAD}annotations:\n{FLAG}"


def test_an_annotation_that_cannot_be_edited_is_named() -> None:
    """The value is behind a YAML alias, so the lines of the entry do not hold it."""
    text = f"home: &kept 'image: {OURS}:1.1.0'\nannotations:\n  artifacthub.io/images: *kept\n"

    with pytest.raises(Usage) as error:
        hub.with_image(text, "helm/demo/Chart.yaml", hub.wanted((), is_prerelease=False), OURS, "1.2.0")

    assert "the annotation artifacthub.io/images in helm/demo/Chart.yaml cannot be written" in str(error.value)
