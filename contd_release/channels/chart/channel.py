"""The chart registry: one packed Helm chart, pushed as an OCI artifact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from contd_release.channels import signing
from contd_release.channels.attached import signature
from contd_release.channels.attached.signature import Subject
from contd_release.channels.base import LeftOut, Sandbox, nothing
from contd_release.channels.chart import access as chart_access
from contd_release.channels.chart import build as chart_build
from contd_release.channels.chart import offers as chart_offers
from contd_release.channels.chart import publish as chart_publish
from contd_release.channels.chart import verify as chart_verify
from contd_release.channels.chart import withdraw as chart_withdraw
from contd_release.channels.chart.names import CHANNEL, file_name, ref, sealed, version
from contd_release.channels.readings import Reading
from contd_release.channels.source import checked_out
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.step import Step
from contd_release.errors import NotReady
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.tools.helm import helm, registry

# The image that a chart names is public first.
AFTER: Final = "image"
PLACE: Final = "the chart"
WISHES: Final = ("deprecate-chart", "delete-chart")
stage = promote = nothing
offers, containment = chart_offers.offers, chart_offers.containment


def is_on(project: Project) -> bool:
    """The project has a chart to release."""
    return project.settings.chart is not None


def access(release: Release) -> tuple[Step, ...]:
    """A packer is here, the chart can be packed, and the registry accepts our login."""
    return (*_access(release), *_if_signed(release, signature.can_be_signed))


def access_by_tag(release: Release) -> tuple[Step, ...]:
    """The same for a tag; this run signs."""
    return (*_access(release), *_if_signed(release, signature.can_be_signed_here))


def build(release: Release) -> tuple[Step, ...]:
    """The chart of the release commit, packed once."""
    return (checked_out(release, CHANNEL), chart_build.packed(release))


def built(release: Release) -> tuple[Artifact, ...]:
    """The packed chart as it is in the dist folder."""
    return (artifacts.measured(release.dist / file_name(release), CHANNEL),)


def takes(artifact: Artifact) -> bool:
    """Whether it is a chart."""
    return artifact.kind == "chart"


def publish(release: Release) -> tuple[Step, ...]:
    """One push, and the signature. The image that the chart names is published before it."""
    return (chart_publish.pushed(release), *_if_signed(release, signature.signed))


def verify(release: Release) -> tuple[Step, ...]:
    """The chart, as who installs it gets it, and its signature."""
    return (*_if_signed(release, signature.verified), chart_verify.consumed(release))


def readings(release: Release) -> tuple[Reading, ...]:
    """The chart's bytes under this version, and its signature."""
    if (ours := sealed(release)) is None or not signing.is_on(release):
        return chart_verify.readings(release)
    row = signature.reading(release, chart_verify.subject(release), f"sha256:{ours.sha256}")
    return (*chart_verify.readings(release), row)


def withdraw(rollback: Rollback) -> tuple[Step, ...]:
    """The deletion and the mark, if a person asks for them."""
    return chart_withdraw.steps(rollback)


def remains(rollback: Rollback) -> tuple[Remaining, ...]:
    """What the chart registry has, and what becomes of it."""
    return (chart_withdraw.row(rollback),)


def is_public(release: Release) -> bool:
    """Whether the chart registry has this version."""
    return registry.repository(ref(release)).digest(version(release)) is not None


def rehearsed(sandbox: Sandbox) -> Mapping[str, object]:
    """The sandbox's registry; the chart is known by the image's real name."""
    settings = sandbox.project.settings
    assert settings.chart is not None
    known_as = {"image": settings.chart.image or settings.image.name} if settings.image else {}
    return {"registry": f"oci://{sandbox.registry(settings.chart.registry)}"} | known_as


def left_out(_: Project) -> LeftOut | None:
    """A rehearsal needs helm."""
    try:
        helm.here()
    except NotReady as error:
        return LeftOut(error.what_is, error.type_next)
    return None


def _access(release: Release) -> tuple[Step, ...]:
    return (chart_access.packer(), chart_access.sound(release), chart_access.welcome(release))


def _if_signed(release: Release, step: Callable[[Release, Subject], Step]) -> tuple[Step, ...]:
    return (step(release, chart_verify.subject(release)),) if signing.is_on(release) else ()
