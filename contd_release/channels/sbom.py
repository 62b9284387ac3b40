"""
The bill of materials: what `pip install` of this version brings along. It goes out with the other files of a release.

It is made from an environment into which the package was installed as a user would, at the time of the release.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Final

from contd_release.channels import offer
from contd_release.channels.base import LeftOut, Sandbox, nothing
from contd_release.channels.source import checked_out, emptied, removed
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Sbom
from contd_release.tools import build as build_tool
from contd_release.tools import cyclonedx, pip
from contd_release.tools.python.environment import Environment

NAME: Final = "sbom"
AFTER: Final = ""
PLACE: Final = "the bill of materials"
WISHES: Final = ()
# It goes out with the other files of a release.
stage = publish = verify = readings = promote = withdraw = remains = offers = nothing
containment = offer.containment


def is_on(project: Project) -> bool:
    """Whether the project describes what it brings along."""
    return project.settings.sbom is not None


def access(_: Release) -> tuple[Step, ...]:
    """The tool that writes it is here."""
    return (described_here(),)


access_by_tag = access


def build(release: Release) -> tuple[Step, ...]:
    """The bill of materials, from a clean checkout."""
    return (checked_out(release, NAME), described(release))


def built(release: Release) -> tuple[Artifact, ...]:
    """The bill of materials as it is in the dist folder."""
    return (artifacts.measured(release.dist / file_name(release), NAME),)


def takes(artifact: Artifact) -> bool:
    """Whether it is a bill of materials."""
    return artifact.kind == NAME


def is_public(_: Release) -> bool:
    """Never: the file is public with the release that holds it."""
    return False


def left_out(_: Project) -> LeftOut | None:
    """A rehearsal needs the tool that writes it."""
    return None if cyclonedx.is_here() else LeftOut("CycloneDX is not here", "pip install 'contd-release[sbom]'")


def rehearsed(_: Sandbox) -> dict[str, object]:
    """Nothing: it has no place of its own."""
    return {}


def file_name(release: Release) -> str:
    """
    `contd-1.2.0.cdx.json`, as CycloneDX recommends.

    https://cyclonedx.org/guides/
    """
    return f"{release.project.file_name}-{release.version}.cdx.json"


def described_here() -> Step:
    """The extra `sbom` is installed."""

    def observe() -> Found:
        if cyclonedx.is_here():
            return Found(State.DONE, "CycloneDX is here")
        return Found(State.ABSENT, "CycloneDX is not here", "pip install 'contd-release[sbom]'")

    return Step("a bill of materials can be made", observe)


def described(release: Release) -> Step:
    """The bill of materials of the built package and all that pip installs with it."""
    path, made = release.dist / file_name(release), release.home / "building-sbom"
    source, environment = release.source(NAME) / release.project.package.folder, made / "environment"
    isolated = release.project.settings.pypi is None or release.project.settings.pypi.isolated

    def observe() -> Found:
        if sealed := release.artifact(path.name):
            artifacts.check_one(release.dist, sealed)
            return Found(State.DONE, "sealed")
        if not path.is_file():
            return Found(State.ABSENT, f"{path.name} is not made")
        return Found(State.DONE, f"sha256 {artifacts.sha256_of(path)[0][:12]}")

    return Step(
        f"{path.name} is made",
        observe,
        act=(
            emptied(made),
            build_tool.build(source, made / "dist", release.building, isolated=isolated),
            Environment(environment, lambda: (made / "dist").glob("*.whl")),
            pip.install_built(environment, requirement(release), made / "dist"),
            cyclonedx.describe(environment, source / "pyproject.toml", made / path.name, release.epoch),
            Call(f"hand over {path.name}", partial(_handed_over, made, path)),
        ),
        undo=(removed(release, path.name, (path.name,)),),
    )


def requirement(release: Release) -> str:
    """`contd[extra]==1.2.0`: what the described environment is installed with."""
    settings = release.project.settings.sbom or Sbom()
    extras = f"[{','.join(settings.extras)}]" if settings.extras else ""
    return f"{release.project.index_name}{extras}=={release.version}"


def _handed_over(made: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    (made / to.name).replace(to)
    shutil.rmtree(made)
