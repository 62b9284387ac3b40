"""PyPI, or another package index: the wheels and the sdist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contd_release.channels.base import Sandbox, nothing
from contd_release.channels.pypi import access as pypi_access
from contd_release.channels.pypi import build as pypi_build
from contd_release.channels.pypi import offers as pypi_offers
from contd_release.channels.pypi import publish as pypi_publish
from contd_release.channels.pypi import signatures
from contd_release.channels.pypi import verify as pypi_verify
from contd_release.channels.pypi import withdraw as pypi_withdraw
from contd_release.channels.pypi.names import CHANNEL
from contd_release.channels.readings import Reading
from contd_release.channels.source import checked_out
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.checklist import Item, Together
from contd_release.engine.step import Step
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release

AFTER: Final = ""
PLACE: Final = "the package index"
WISHES: Final = ()
stage = promote = nothing
offers, containment = pypi_offers.offers, pypi_offers.containment


def is_on(project: Project) -> bool:
    """Whether the project ships a Python package."""
    return project.settings.pypi is not None


def access(release: Release) -> tuple[Item, ...]:
    """The index allows us to upload, the metadata says what it wants, and the package can be installed here."""
    return (*_accepted(release), *((signatures.can_be_signed(release),) if _is_signed(release) else ()))


def access_by_tag(release: Release) -> tuple[Item, ...]:
    """The same for a tag; what these tasks upload in a workflow is not signed either."""
    return (*_accepted(release), *((signatures.can_be_signed_here(release),) if _is_signed(release) else ()))


def build(release: Release) -> tuple[Item, ...]:
    """The wheels and the sdist, from a clean checkout."""
    return (checked_out(release, CHANNEL), pypi_build.distributed(release))


def built(release: Release) -> tuple[Artifact, ...]:
    """The wheels and the sdist as they are in the dist folder."""
    wheels = (artifacts.measured(release.dist / name, "wheel") for name in release.wheels)
    return (*wheels, artifacts.measured(release.dist / release.sdist, "sdist"))


def takes(artifact: Artifact) -> bool:
    """Whether it is a wheel or the sdist."""
    return artifact.kind in ("wheel", "sdist")


def publish(release: Release) -> tuple[Item, ...]:
    """One step per file, wheels first: an sdist seen before its wheels makes users compile."""
    wheels = tuple(pypi_publish.uploaded(release, name) for name in release.wheels)
    first: Item = wheels[0] if len(wheels) == 1 else Together(tuple((wheel,) for wheel in wheels))
    return (first, pypi_publish.uploaded(release, release.sdist))


def verify(release: Release) -> tuple[Item, ...]:
    """pip installs what was built, and it can be imported; the signatures hold, where there have to be some."""
    signed = (signatures.signed(release),) if _is_signed(release) else ()
    return (*signed, pypi_verify.installable(release))


def readings(release: Release) -> tuple[Reading, ...]:
    """Every wheel and the sdist, as the index lists them for installers, and their signatures where configured."""
    return (*pypi_verify.listed(release), *(signatures.readings(release) if _is_signed(release) else ()))


def withdraw(rollback: Rollback) -> tuple[Step, ...]:
    """The wait for a person who yanks the version."""
    return pypi_withdraw.steps(rollback)


def remains(rollback: Rollback) -> tuple[Remaining, ...]:
    """What the index has, and what becomes of it."""
    return (pypi_withdraw.row(rollback),)


def is_public(release: Release) -> bool:
    """Whether the index has this version."""
    return bool(pypi_withdraw.files(release))


def rehearsed(sandbox: Sandbox) -> Mapping[str, object]:
    """The sandbox's package index."""
    return {"repository": f"{sandbox.url}/legacy/", "index": f"{sandbox.url}/simple/"}


def left_out(_: Project) -> None:
    """Never: the build and the upload need no more than the release itself."""


def _accepted(release: Release) -> tuple[Item, ...]:
    return (pypi_access.accepted(release), pypi_access.described(release), pypi_access.installable_here(release))


def _is_signed(release: Release) -> bool:
    return release.project.settings.signatures is not None
