"""What builds images on this machine: the builder of docker, or buildah."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from contd_release.errors import NotReady
from contd_release.process.command import Command
from contd_release.project.settings import Image
from contd_release.tools.builders import buildah, buildx, emulation
from contd_release.tools.builders.dockerfile import Build

# https://github.com/containers/image/blob/main/docs/containers-transports.5.md
_FILES: Final = ("oci-archive:", "oci:", "docker-archive:", "dir:")


@dataclass(frozen=True)
class Builder:
    """
    What builds images here, and what is done before the first build.

    Args:
        runs: whether programs of a platform run in a build, by themselves or emulated.
    """

    name: str
    version: str
    build: Callable[[Build], Command]
    runs: Callable[[str], bool]
    before: tuple[Command, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def builder(image: Image, storage: Path) -> Builder:
    """
    The builder of docker where there is one, buildah otherwise; only buildah starts from a file on this machine.

    Raises:
        NotReady: neither is here.
    """
    if not image.base.startswith(_FILES) and (version := buildx.version()):
        return Builder("docker buildx", version, buildx.build, buildx.runs)
    if version := buildah.version():
        return by_buildah(storage, version)
    if image.base.startswith(_FILES):
        raise NotReady(
            f"buildah is not here, and nothing else builds on {image.base}",
            expected="buildah",
            type_next="apt install buildah",
        )
    raise NotReady(
        "nothing that builds images is here",
        expected="buildah, or docker buildx with a running builder that can write OCI archives",
        type_next="apt install buildah   (or docker buildx create --use)",
    )


def by_buildah(storage: Path, version: str = "") -> Builder:
    """buildah in this version; a plan shows it without one if nothing that builds images is here."""
    before = buildah.tidy(storage) if version else ()
    return Builder("buildah", version, partial(buildah.build, storage=storage), emulation.runs, before)
