"""Every public release on GitHub, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contd_release.channels.offer import Offer
from contd_release.project.project import Project
from contd_release.tools.github import api, releases

CHANNEL: Final = "github"


def offers(project: Project) -> Iterator[Offer]:
    """The releases that users see, each followed by its files."""
    repository = api.connected(project)
    for one in releases.releases(repository):
        if one.is_draft:
            continue
        found = project.tags.version(one.tag)
        version = str(found) if found else ""
        yield Offer(CHANNEL, one.tag, "", version)
        for asset in releases.assets(repository, one.id):
            digest = f"sha256:{asset.sha256}" if asset.sha256 else ""
            yield Offer(CHANNEL, f"{one.tag}/{asset.name}", digest, version)
