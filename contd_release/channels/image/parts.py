"""
The image of one platform, built on a machine of that platform, and carried to the machine that joins all of them.

A part is an OCI archive beside a file of its sha256, as `sha256sum --check` reads it. Before the parts are joined, the
bytes, the platform, and the version and commit that each image states are compared.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from contd_release.channels.image.names import labels, settings
from contd_release.errors import Conflict, NotReady, Usage
from contd_release.process.files import write
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.tools.oci.archive import Archive
from contd_release.tools.oci.pack import single

_STATED: Final = ("org.opencontainers.image.version", "org.opencontainers.image.revision")


def file_name(release: Release, platform: str) -> str:
    """`contd-1.2.0-image-linux-arm64.tar`."""
    return f"{release.project.file_name}-{release.version}-image-{platform.replace('/', '-')}.tar"


def carried(release: Release, platform: str) -> Path:
    """Where this machine keeps the part that another one built."""
    return release.home / "parts" / file_name(release, platform)


def one_of(release: Release, platform: str) -> str:
    """
    The platform, if the image is built for it.

    Raises:
        Usage: it is not.
    """
    known = settings(release).platforms
    if platform not in known:
        raise Usage(
            f"the image of {release.project.name} is not built for {platform}",
            expected=f"one of {', '.join(known)}",
            type_next=f"invoke build --only image --platform {known[0]} --to parts",
        )
    return platform


def hand_over(release: Release, platform: str, built: Path, folder: Path) -> str:
    """Copy a part into the folder, with its checksum; the digest of its image."""
    folder.mkdir(parents=True, exist_ok=True)
    name = file_name(release, platform)
    shutil.copyfile(built, folder / name)
    sha256, _ = artifacts.sha256_of(folder / name)
    write(folder / f"{name}.sha256", f"{sha256}  {name}\n")
    return single(Archive(folder / name)).digest


def take_over(release: Release, folder: Path) -> None:
    """
    Copy the part of every platform from the folder, after it was compared with its checksum and with the release.

    Raises:
        NotReady: a part is missing.
        Conflict: it has other bytes, or is of another platform, version or commit.
    """
    for platform in settings(release).platforms:
        _check(release, folder / file_name(release, platform), platform, folder)
    for platform in settings(release).platforms:
        to = carried(release, platform)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / to.name, to, follow_symlinks=False)


def _check(release: Release, part: Path, platform: str, folder: Path) -> None:
    again = f"invoke build --only image --platform {platform} --to {folder}"
    checksum = part.with_name(f"{part.name}.sha256")
    if not part.is_file() or not checksum.is_file():
        raise NotReady(
            f"{folder} has no {part.name} with its .sha256",
            expected=f"the image for {platform}, built on a machine of that platform",
            type_next=again,
        )
    sha256, _ = artifacts.sha256_of(part)
    if checksum.read_text(encoding="utf-8", errors="replace").split()[:1] != [sha256]:
        raise Conflict(f"{part.name} has sha256 {sha256}", expected=f"what {checksum.name} says", type_next=again)
    archive = Archive(part)
    found = archive.configuration(single(archive))
    if found.platform != platform and not found.platform.startswith(f"{platform}/"):
        raise Conflict(f"{part.name} is an image for {found.platform}", expected=platform, type_next=again)
    wanted = labels(release, release.commit)
    if wrong := [name for name in _STATED if found.labels.get(name) != wanted[name]]:
        raise Conflict(
            f"{part.name} states {', '.join(f'{name} {found.labels.get(name)}' for name in wrong)}",
            expected=", ".join(f"{name} {wanted[name]}" for name in wrong),
            type_next=again,
        )
