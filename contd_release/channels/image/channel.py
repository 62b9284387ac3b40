"""
The image registry: one image for every platform, under one index.

Built once into one OCI archive and sealed. What is pushed, named and promoted afterwards is that archive's digests;
what a registry says is only ever compared with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from contd_release.channels import signing
from contd_release.channels.attached import materials, signature
from contd_release.channels.attached.signature import Subject
from contd_release.channels.base import LeftOut, Sandbox
from contd_release.channels.image import access as image_access
from contd_release.channels.image import build as image_build
from contd_release.channels.image import offers as image_offers
from contd_release.channels.image import promote as image_promote
from contd_release.channels.image import publish as image_publish
from contd_release.channels.image import rehearsal as image_rehearsal
from contd_release.channels.image import stage as image_stage
from contd_release.channels.image import verify as image_verify
from contd_release.channels.image import withdraw as image_withdraw
from contd_release.channels.image.names import CHANNEL, repository, sealed, settings
from contd_release.channels.readings import Reading
from contd_release.channels.source import checked_out
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.checklist import Item, Together
from contd_release.engine.step import Step
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release

AFTER: Final = ""
PLACE: Final = "the image"
WISHES: Final = ()
offers, containment = image_offers.offers, image_offers.containment


def is_on(project: Project) -> bool:
    """The project has an image to release."""
    return project.settings.image is not None


def access(release: Release) -> tuple[Item, ...]:
    """The image of this Dockerfile can be built here, and pushed there."""
    return (*_access(release), *_if_signed(release, signature.can_be_signed))


def access_by_tag(release: Release) -> tuple[Item, ...]:
    """The same for a tag; this run signs."""
    return (*_access(release), *_if_signed(release, signature.can_be_signed_here))


def build(release: Release) -> tuple[Item, ...]:
    """The archive with all platforms, from a clean checkout."""
    return checked_out(release, CHANNEL), image_build.packed(release)


def built(release: Release) -> tuple[Artifact, ...]:
    """The archive as it is in the dist folder."""
    return image_build.measured(release)


def takes(artifact: Artifact) -> bool:
    """Whether it is an image."""
    return artifact.kind == "image"


def stage(release: Release) -> tuple[Item, ...]:
    """Every platform by its digest, side by side, and then the index of them: nothing has a name yet."""
    platforms = tuple((image_stage.platform(release, one),) for one in settings(release).platforms)
    return Together(platforms), image_stage.index(release)


def publish(release: Release) -> tuple[Item, ...]:
    """What was staged is described and signed, and then the version names it: no user pulls it unsigned."""
    subject = image_verify.subject(release)
    described = (materials.attached(release, subject),) if materials.is_on(release) else ()
    return (*described, *_if_signed(release, signature.signed), image_publish.named(release))


def verify(release: Release) -> tuple[Item, ...]:
    """The image, as who pulls it gets it, and its signature."""
    return (*_if_signed(release, signature.verified), image_verify.pulled(release))


def promote(release: Release) -> tuple[Item, ...]:
    """`1.2`, `1` and `latest`, each only where this is the highest version of its line."""
    return tuple(image_promote.moved(release, tag) for tag in image_promote.candidates(release))


def readings(release: Release) -> tuple[Reading, ...]:
    """What the version's tag names, and the moving tags."""
    ours = sealed(release)
    if ours is None:
        return ()
    moving = (image_promote.reading(release, tag, ours.digest) for tag in image_promote.candidates(release))
    subject = image_verify.subject(release)
    return (
        image_verify.reading(release, ours.digest),
        *((signature.reading(release, subject, ours.digest),) if signing.is_on(release) else ()),
        *(materials.readings(release, subject) if materials.is_on(release) else ()),
        *moving,
    )


def withdraw(rollback: Rollback) -> tuple[Step, ...]:
    """Each moving tag names a good release again, or is gone."""
    return image_withdraw.steps(rollback)


def remains(rollback: Rollback) -> tuple[Remaining, ...]:
    """What the registry has, and what becomes of it."""
    return (image_withdraw.row(rollback),)


def is_public(release: Release) -> bool:
    """Whether the registry has this version."""
    return repository(release).digest(release.semver) is not None


def rehearsed(sandbox: Sandbox) -> Mapping[str, object]:
    """The sandbox's registry, and a stand-in for the base image where one is needed."""
    image = sandbox.project.settings.image
    assert image is not None
    base = image_rehearsal.stand_in(image, image_rehearsal.dockerfile_of(sandbox.project, image))
    return {"name": sandbox.registry(image.name)} | ({"base": base} if base else {})


def left_out(project: Project) -> LeftOut | None:
    """What the image needs and this machine or a sandbox does not have."""
    return image_rehearsal.left_out_of(project)


def _access(release: Release) -> tuple[Step, ...]:
    return (
        image_access.buildable(release),
        image_access.runnable(release),
        image_access.self_made(release),
        image_access.original(release),
        image_access.pushable(release),
    )


def _if_signed(release: Release, step: Callable[[Release, Subject], Step]) -> tuple[Step, ...]:
    return (step(release, image_verify.subject(release)),) if signing.is_on(release) else ()
