"""One packed Helm chart: pushed to a registry as an OCI artifact, and to a classic repository where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
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
from contd_release.channels.chart.hub import owners
from contd_release.channels.chart.names import CHANNEL, file_name, ref, sealed, version
from contd_release.channels.chart.pages import place as pages
from contd_release.channels.chart.pages import publish as pages_publish
from contd_release.channels.chart.pages import verify as pages_verify
from contd_release.channels.chart.pages import withdraw as pages_withdraw
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
stage = nothing
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
    """One push, the signature, and the classic repository. The image that the chart names is published before it."""
    return (chart_publish.pushed(release), *_if_signed(release, signature.signed), *_on_pages(release))


def promote(release: Release) -> tuple[Step, ...]:
    """The file that tells Artifact Hub who owns the chart."""
    return owners.steps(release, is_public)


def verify(release: Release) -> tuple[Step, ...]:
    """The chart, as who installs it gets it, and its signature."""
    on_pages = (pages_verify.served(release),) if pages.is_on(release) else ()
    return (*_if_signed(release, signature.verified), chart_verify.consumed(release), *on_pages)


def readings(release: Release) -> tuple[Reading, ...]:
    """The chart's bytes under this version, and its signature."""
    on_pages = pages_verify.readings(release) if pages.is_on(release) else ()
    if (ours := sealed(release)) is None or not signing.is_on(release):
        return (*chart_verify.readings(release), *on_pages)
    row = signature.reading(release, chart_verify.subject(release), f"sha256:{ours.sha256}")
    return (*chart_verify.readings(release), row, *on_pages)


def withdraw(rollback: Rollback) -> tuple[Step, ...]:
    """The deletion and the mark, if a person asks for them."""
    on_pages = pages_withdraw.steps(rollback) if pages.is_on(rollback.release) else ()
    return (*chart_withdraw.steps(rollback), *on_pages)


def remains(rollback: Rollback) -> tuple[Remaining, ...]:
    """What the chart registry has, and what becomes of it."""
    on_pages = (pages_withdraw.row(rollback),) if pages.is_on(rollback.release) else ()
    return (chart_withdraw.row(rollback), *on_pages)


def is_public(release: Release) -> bool:
    """Whether the chart registry or the classic repository has this version."""
    if registry.repository(ref(release)).digest(version(release)) is not None:
        return True
    return pages.is_on(release) and pages.looked_at(release) is not None


def rehearsed(sandbox: Sandbox) -> Mapping[str, object]:
    """The sandbox's registry, and no public address; the chart is known by the image's real name."""
    settings = sandbox.project.settings
    assert settings.chart is not None
    known_as = {"image": settings.chart.image or settings.image.name} if settings.image else {}
    unread = {"pages-url": ""} if settings.chart.pages_url else {}
    return {"registry": f"oci://{sandbox.registry(settings.chart.registry)}"} | known_as | unread


def left_out(_: Project) -> LeftOut | None:
    """A rehearsal needs helm."""
    try:
        helm.here()
    except NotReady as error:
        return LeftOut(error.what_is, error.type_next)
    return None


def _access(release: Release) -> tuple[Step, ...]:
    on_pages = (pages_publish.open_to(release, chart_publish.instead(release)),) if pages.is_on(release) else ()
    ours = (chart_access.packer(), chart_access.sound(release), chart_access.welcome(release))
    return (*ours, *on_pages, *owners.present(release))


def _on_pages(release: Release) -> tuple[Step, ...]:
    if not pages.is_on(release):
        return ()
    compare, instead = partial(chart_publish.compare, release), chart_publish.instead(release)
    return (pages_publish.published(release, compare, instead),)


def _if_signed(release: Release, step: Callable[[Release, Subject], Step]) -> tuple[Step, ...]:
    return (step(release, chart_verify.subject(release)),) if signing.is_on(release) else ()
