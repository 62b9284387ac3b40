"""What the image of a release is called, here and in its registry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from contd_release.errors import NotReady
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.project.settings import Image
from contd_release.records import seal
from contd_release.tools.oci.repository import OciRepository

CHANNEL: Final = "image"
_LABEL: Final = "org.opencontainers.image"
# A registry behind a cache may take its time to show what it took, in seconds.
PATIENCE: Final = 30.0


def settings(release: Release) -> Image:
    """What the project says about its image."""
    found = release.project.settings.image
    assert found is not None
    return found


def repository(release: Release, *, anonymous: bool = False) -> OciRepository:
    """Where the image goes."""
    return OciRepository.named(settings(release).name, anonymous=anonymous)


def door(release: Release) -> Callable[[], OciRepository]:
    """Where the image goes, opened when it is first needed and kept open: one step logs in once."""
    return cache(lambda: repository(release))


def reference(release: Release, tag: str = "") -> str:
    """`ghcr.io/owner/app:1.2.0`: what a user pulls."""
    return f"{settings(release).name}:{tag or release.semver}"


def file_name(release: Release) -> str:
    """`contd-1.2.0-image.tar`: the OCI archive with all platforms."""
    return f"{release.project.file_name}-{release.version}-image.tar"


def archive(release: Release) -> Path:
    """The OCI archive."""
    return release.dist / file_name(release)


def storage(release: Release) -> Path:
    """Where buildah keeps base images between releases, apart from the user's own."""
    return release.project.cache / "buildah"


def sealed(release: Release) -> Artifact | None:
    """The image as it was sealed; nothing before the build."""
    return release.artifact(file_name(release))


def labels(release: Release, commit: str) -> dict[str, str]:
    """
    What the image says of itself.

    https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
    """
    github = release.project.settings.github
    source = f"https://github.com/{github.repository}" if github and github.repository else ""
    found = {
        f"{_LABEL}.version": release.semver,
        f"{_LABEL}.revision": commit,
        f"{_LABEL}.created": datetime.fromtimestamp(release.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return found | ({f"{_LABEL}.source": source} if source else {})


def required(release: Release) -> Artifact:
    """
    The image as it was sealed.

    Raises:
        NotReady: it was not built yet.
        Tampered: another one was built or approved.
    """
    found = release.sealed()
    if found is None or (ours := found.named(file_name(release))) is None:
        raise NotReady(f"{file_name(release)} is not sealed", expected="built artifacts", type_next="invoke build")
    seal.require_noted(release, found)
    return ours
