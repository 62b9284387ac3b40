"""Rehearse an image: with no network but package and container registries, on this machine."""

from __future__ import annotations

import os
from typing import Final

from contd_release.channels.base import LeftOut
from contd_release.channels.image.access import foreign_run, own_package, where
from contd_release.channels.image.builder import builder
from contd_release.errors import ReleaseError
from contd_release.project.project import Project
from contd_release.project.settings import Image
from contd_release.tools import git
from contd_release.tools.builders import buildah, buildx, commands, dockerfile
from contd_release.tools.http import Http

# What a stand-in is named by, for machines that cannot pull the real base.
BASE: Final = "CONTD_RELEASE_BASE"


def left_out_of(project: Project) -> LeftOut | None:
    """Why this machine cannot rehearse the image of a project; None if it can."""
    image = project.settings.image
    assert image is not None
    if not (buildx.version() or buildah.version()):
        return LeftOut("neither docker buildx nor buildah is here", "apt install buildah")
    text = dockerfile_of(project, image)
    if found := left_out(image, text, project.index_name):
        return found
    if not stand_in(image, text) and (host := _unreachable(text)):
        return LeftOut(f"{host} cannot be reached to pull its base", f"export {BASE}=…   (a stand-in)")
    return None


def dockerfile_of(project: Project, image: Image) -> str:
    """The text of the Dockerfile at the project's commit."""
    return git.text(project.root, project.commit, image.dockerfile) or ""


def stand_in(image: Image, text: str) -> str:
    """
    What the image starts from instead of its base; empty where that is pulled.

    Where nothing runs, neither in the build nor when the image is verified, and no file comes from another image, the
    base can be empty.
    """
    if given := os.environ.get(BASE):
        return given
    return "" if image.run or lines(text) or _other_images(text) else "scratch"


def lines(text: str) -> tuple[dockerfile.Instruction, ...]:
    """The RUN lines that the image needs."""
    return tuple(run for _, run in commands.runs(dockerfile.needed(dockerfile.stages(text, {}))))


def left_out(image: Image, text: str, name: str) -> LeftOut | None:
    """
    Why the image cannot be rehearsed, by the first line of its Dockerfile that is in the way.

    Args:
        text: of the Dockerfile.
        name: of the project, as an index spells it.
    """
    if run := own_package(text, name):
        return LeftOut(f"{where(image, run)} installs {name} from the package index", f"$EDITOR {image.dockerfile}")
    for stage in dockerfile.needed(dockerfile.stages(text, {})):
        if line := commands.fetching(stage):
            return LeftOut(f"{where(image, line)} needs a network that a rehearsal does not have")
    if stand_in(image, text) and (found := _beyond(image, text)):
        return found
    return _foreign(image, text)


def _unreachable(text: str) -> str:
    """A registry of a base image that does not answer; empty when all do."""
    hosts = {dockerfile.registry(base) for base in dockerfile.bases(text, {})}
    return next((host for host in sorted(hosts) if not _answers(host)), "")


def _beyond(image: Image, text: str) -> LeftOut | None:
    """What a stand-in for the base does not have: a program that not every image has, or files of another image."""
    for line in lines(text):
        if program := commands.beyond_plain(line):
            return LeftOut(f"{where(image, line)} needs {program}, which a stand-in for the base may not have", _UNSET)
    if others := _other_images(text):
        return LeftOut(f"{image.dockerfile} takes files from {others[0]}, which no stand-in has", _UNSET)
    return None


def _other_images(text: str) -> list[str]:
    """The images that files are taken from, other than those that stages start from."""
    starts = {one.base for one in dockerfile.stages(text, {})}
    return [one for one in dockerfile.bases(text, {}) if one not in starts]


def _foreign(image: Image, text: str) -> LeftOut | None:
    from platformdirs import user_cache_path

    runs_here = builder(image, user_cache_path("contd-release")).runs
    for platform in image.platforms:
        if (run := foreign_run(text, platform)) and not runs_here(platform):
            return LeftOut(
                f"{where(image, run)} has to run for {platform}, which this machine does not",
                "apt install qemu-user-static",
            )
    return None


def _answers(host: str) -> bool:
    """Whether a registry says anything at all."""
    try:
        Http(f"https://{host}", attempts=1, timeout=(5, 10)).ask("/v2/")
    except ReleaseError:
        return False
    return True


_UNSET: Final = f"unset {BASE}   (where the base can be pulled)"
