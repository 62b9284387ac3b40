"""
One platform of one Dockerfile: what every builder is told, so that equal input gives equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contd_release.errors import Usage


@dataclass(frozen=True)
class Build:
    """
    What is built and where it goes.

    Args:
        source: the folder that the Dockerfile sees.
        dockerfile: its path below the source.
        platform: such as `linux/arm64`.
        to: the OCI archive to write.
        labels: of the image.
        arguments: the values of `ARG`s.
        epoch: seconds since 1970 that date every file and the image.
    """

    source: Path
    dockerfile: str
    platform: str
    to: Path
    labels: Mapping[str, str]
    arguments: Mapping[str, str]
    epoch: int

    def words(self) -> tuple[str, ...]:
        """
        What docker and buildah spell alike, the source last.
        """
        if self.platform.startswith("-"):
            raise Usage(f"{self.platform!r} is not a platform", expected="such as linux/amd64")
        return (
            *("--platform", self.platform),
            *("--file", str(self.source / self.dockerfile)),
            *(word for name, value in self.labels.items() for word in ("--label", f"{name}={value}")),
            *(word for name, value in self.arguments.items() for word in ("--build-arg", f"{name}={value}")),
            str(self.source),
        )
