"""Every tag of the image."""

from __future__ import annotations

from collections.abc import Iterator

from contd_release.channels.image.names import CHANNEL
from contd_release.channels.offer import Offer
from contd_release.project.project import Project
from contd_release.project.version import stated
from contd_release.tools.oci import referrers
from contd_release.tools.oci.repository import OciRepository


def offers(project: Project) -> Iterator[Offer]:
    """The tags with the digests that they name; a list of what is attached to another digest is no offer."""
    settings = project.settings.image
    if settings is None:
        return
    there = OciRepository.named(settings.name)
    for tag in there.tags():
        if not referrers.is_list(tag) and (digest := there.digest(tag)):
            yield Offer(CHANNEL, tag, digest, stated(tag))


def containment(offer: Offer) -> str:
    """Delete the tag."""
    return f"delete the tag {offer.name} on the registry's page of the image, and revoke the tokens that may push"
