"""Every public release on GitHub, and its files."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from contd_release.channels.offer import Offer
from contd_release.project.project import Project
from contd_release.tools.github import api, releases

CHANNEL: Final = "github"


def offers(project: Project) -> Iterator[Offer]:
    """The releases that users see, each followed by its files; those of other packages are looked at with these."""
    repository = api.connected(project)
    for one in releases.releases(repository):
        if one.is_draft or project.is_of_another(one.tag):
            continue
        found = project.tags.version(one.tag)
        version = str(found) if found else ""
        yield Offer(CHANNEL, one.tag, "", version)
        for asset in releases.assets(repository, one.id):
            digest = f"sha256:{asset.sha256}" if asset.sha256 else ""
            yield Offer(CHANNEL, f"{one.tag}/{asset.name}", digest, version)


def containment(offer: Offer) -> str:
    """Let users no longer see the page, or the file: a file has a digest, and a page has none."""
    if offer.digest:
        tag, _, file = map(shlex.quote, offer.name.rpartition("/"))
        return f"gh release delete-asset {tag} {file}   (after gh release download {tag} --pattern {file})"
    if "/" in offer.name:
        return "gh release list   (then gh release edit TAG --draft, and read its files, and the audit log)"
    return f"gh release edit {shlex.quote(offer.name)} --draft   (then read its files, and the audit log)"
