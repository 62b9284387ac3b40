"""
buildah: images without a daemon.

https://github.com/containers/buildah/blob/main/docs/buildah-build.1.md
"""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

from contd_release.errors import Unanswered
from contd_release.process.command import Command
from contd_release.tools.builders.dockerfile import Build


def version() -> str | None:
    """
    The version that is here, or nothing.

    Raises:
        Unanswered: the program is here and does not say.
    """
    if not shutil.which("buildah"):
        return None
    answer = Command(("buildah", "--version"), timeout=30).ask()
    if answer.code or not answer.out.startswith("buildah version "):
        raise Unanswered(f"buildah --version: {(answer.err or answer.out).strip()}", type_next="buildah --version")
    return answer.out.split()[2]


def build(build: Build, storage: Path) -> Command:
    """
    Build one platform into an OCI archive.

    The storage is ours, so that the user's own images are neither used nor touched. Its driver is always `vfs`: it
    works where overlay mounts are refused, in containers and without root as well, takes no longer, and puts the files
    of a layer into another order than overlay does, so that the driver is a part of what makes digests equal. `chroot`
    needs no runtime for containers.
    """
    return Command(
        (
            *_buildah(storage),
            *("build", "--isolation", "chroot", "--format", "oci", "--layers=false", "--no-cache"),
            *("--disable-compression=false", "--identity-label=false", "--timestamp", str(build.epoch)),
            *("--tag", f"oci-archive:{build.to}:{build.platform.replace('/', '-')}"),
            *build.words(),
        ),
        cwd=build.source,
        timeout=3600,
    ).reproducible()


def tidy(storage: Path) -> tuple[Command, Command]:
    """Remove what a killed build left in our storage, and images that nothing names any more."""
    return (
        Command((*_buildah(storage), "rm", "--all"), timeout=300),
        Command((*_buildah(storage), "rmi", "--prune"), timeout=300),
    )


def said(archive: Path, argv: tuple[str, ...], storage: Path) -> str:
    """
    What a program says that is started from the image in this OCI archive; the image is gone afterwards.

    Raises:
        Unanswered: the image cannot be started.
    """
    name = f"contd-release-{uuid4().hex}"
    _described(Command((*_buildah(storage), "from", "--quiet", "--name", name, f"oci-archive:{archive}"), timeout=600))
    try:
        run = (*_buildah(storage), "run", "--isolation", "chroot", name, "--", *argv)
        return _described(Command(run, timeout=120))
    finally:
        image = Command((*_buildah(storage), "inspect", "--format", "{{.FromImageID}}", name), timeout=120).ask()
        Command((*_buildah(storage), "rm", name), timeout=120).ask()
        Command((*_buildah(storage), "rmi", image.out.strip()), timeout=120).ask()


def _buildah(storage: Path) -> tuple[str, ...]:
    return ("buildah", "--root", str(storage / "root"), "--runroot", str(storage / "run"), "--storage-driver", "vfs")


def _described(command: Command) -> str:
    answer = command.ask()
    if answer.code:
        raise Unanswered(f"{command} ended with {answer.code}: {answer.err.strip()[-300:]}", expected="exit code 0")
    return answer.out
