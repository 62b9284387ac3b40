"""Every version of the chart."""

from __future__ import annotations

from collections.abc import Iterator

from contd_release.channels.chart.names import CHANNEL, KEPT, ref_of
from contd_release.channels.offer import Offer
from contd_release.project.project import Project
from contd_release.project.version import stated
from contd_release.tools.helm import copy as helm_copy
from contd_release.tools.helm import registry
from contd_release.tools.oci import referrers
from contd_release.tools.oci.repository import OciRepository


def offers(project: Project) -> Iterator[Offer]:
    """
    The versions with the digests of their `.tgz`; a chart with versions of its own states no version of the project.
    """
    settings = project.settings.chart
    if settings is None:
        return
    there = registry.repository(ref_of(settings))
    tags = there.tags()
    for tag in tags:
        # The list of what is attached to a chart is no version.
        if not referrers.is_list(tag) and (digest := _released(there, tag, tags)):
            version = "" if settings.version == "own" else stated(tag.removeprefix(KEPT))
            yield Offer(CHANNEL, tag, digest, version)


def containment(offer: Offer) -> str:
    """Delete the version."""
    return f"delete {offer.name} on the registry's page of the chart, and revoke the tokens that may push"


def _released(there: OciRepository, tag: str, tags: tuple[str, ...]) -> str | None:
    """The digest of a version as it was released: that of its second tag, if a rollback put a copy in its place."""
    kept = f"{KEPT}{tag}"
    if kept in tags and helm_copy.is_copy(there, tag, kept):
        return registry.layer(there, kept)
    return registry.layer(there, tag)
