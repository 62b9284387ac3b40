"""
buildah: images without a daemon.

https://github.com/containers/buildah/blob/main/docs/buildah-build.1.md
"""

from __future__ import annotations

import shutil
from pathlib import Path

from contd_release.command import Command
from contd_release.errors import Unanswered
from contd_release.tools.dockerfile import Build


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

    The storage is ours, so that the user's own images are neither used nor touched. `vfs` works everywhere, in
    containers and without root as well, where overlay mounts are refused; `chroot` needs no runtime for containers.
    """
    return Command(
        (
            *("buildah", "--root", str(storage / "root"), "--runroot", str(storage / "run"), "--storage-driver", "vfs"),
            *("build", "--isolation", "chroot", "--format", "oci", "--layers=false", "--no-cache"),
            *("--disable-compression=false", "--identity-label=false", "--timestamp", str(build.epoch)),
            *("--tag", f"oci-archive:{build.to}:{build.platform.replace('/', '-')}"),
            *build.words(),
        ),
        cwd=build.source,
        timeout=3600,
    )
