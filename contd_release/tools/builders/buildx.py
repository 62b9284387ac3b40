"""
docker buildx: images from an engine, where there is one that can write OCI archives.

https://docs.docker.com/reference/cli/docker/buildx/build/
"""

from __future__ import annotations

import re
import shutil

from contd_release.errors import Unanswered
from contd_release.process.command import Command
from contd_release.tools.builders.dockerfile import Build


def version() -> str | None:
    """
    The version of a buildx whose builder runs and can write OCI archives, or nothing.

    The command line alone does not count, and neither does the engine's own builder without containerd's image store.
    """
    if not shutil.which("docker"):
        return None
    found = _described("docker", "buildx", "version")
    builder = _described("docker", "buildx", "inspect") if found else None
    if not found or not builder or not _writes_archives(builder):
        return None
    number = re.search(r"v?(\d+\.\d+\.\d+\S*)", found)
    return number[1] if number else found.strip()


def build(build: Build) -> Command:
    """Build one platform into an OCI archive, with every file and the image dated, and nothing attached to it."""
    return Command(
        (
            *("docker", "buildx", "build", "--progress", "plain", "--provenance=false", "--sbom=false", "--no-cache"),
            *("--output", f"type=oci,dest={build.to},rewrite-timestamp=true"),
            *build.words(),
        ),
        cwd=build.source,
        env={"SOURCE_DATE_EPOCH": str(build.epoch)},
        timeout=3600,
    )


def runs(platform: str) -> bool:
    """Whether the builder runs programs of a platform, by itself or emulated; yes where it does not say which."""
    listed = re.findall(r"^Platforms:\s*(.+)$", _described("docker", "buildx", "inspect") or "", re.MULTILINE)
    known = {name.strip().rstrip("*") for line in listed for name in line.split(",")}
    return platform in known or not known


def _writes_archives(builder: str) -> bool:
    driver = re.search(r"^Driver:\s*(\S+)", builder, re.MULTILINE)
    if driver is None or driver[1] != "docker":
        return driver is not None
    # https://docs.docker.com/engine/storage/containerd/
    status = _described("docker", "info", "--format", "{{json .DriverStatus}}")
    return status is not None and "io.containerd.snapshotter" in status


def _described(*argv: str) -> str | None:
    """What a question printed; None if it failed, which is what a command line without an engine does."""
    try:
        answer = Command(argv, timeout=30).ask()
    except Unanswered:
        return None
    return answer.out if answer.code == 0 else None
