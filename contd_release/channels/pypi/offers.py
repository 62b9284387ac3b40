"""Every file that the index offers of the project."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from contd_release.channels.offer import Offer
from contd_release.channels.pypi.names import CHANNEL
from contd_release.project.project import Project
from contd_release.tools import pypi


def offers(project: Project) -> Iterator[Offer]:
    """The files with their digests; one whose name states no version is a stranger anyway."""
    for file in pypi.files(project).values():
        yield Offer(CHANNEL, file.name, f"sha256:{file.sha256}" if file.sha256 else "", _version(file.name))


def containment(offer: Offer) -> str:
    """Yank the file."""
    return f"yank {offer.name} on the index's page of the project, and revoke the tokens that may upload"


def _version(name: str) -> str:
    try:
        if name.endswith(".whl"):
            return str(parse_wheel_filename(name)[1])
        return str(parse_sdist_filename(name)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""
