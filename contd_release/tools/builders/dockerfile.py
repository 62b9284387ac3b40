"""A Dockerfile: the images it starts from, and what every builder is told, so that equal input gives equal bytes."""

from __future__ import annotations

import re
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
        """What docker and buildah spell alike, the source last."""
        if self.platform.startswith("-"):
            raise Usage(
                f"{self.platform!r} is not a platform",
                expected="such as linux/amd64",
                type_next="$EDITOR pyproject.toml",
            )
        return (
            *("--platform", self.platform),
            *("--file", str(self.source / self.dockerfile)),
            *(word for name, value in self.labels.items() for word in ("--label", f"{name}={value}")),
            *(word for name, value in self.arguments.items() for word in ("--build-arg", f"{name}={value}")),
            str(self.source),
        )


def bases(text: str, arguments: Mapping[str, str]) -> tuple[str, ...]:
    """
    The images that the stages of a Dockerfile start from; its own stages and `scratch` are none.

    https://docs.docker.com/reference/dockerfile/#from
    """
    values, stages, found = dict(arguments), {"scratch"}, list[str]()
    for line in text.splitlines():
        words = [word for word in line.split() if not word.startswith("--")]
        match [words[0].upper() if words else "", *words[1:]]:
            case ["ARG", assignment, *_] if "=" in assignment and not found:
                name, _, value = assignment.partition("=")
                values.setdefault(name, value.strip("\"'"))
            case ["FROM", image, *rest]:
                named = re.sub(r"\$\{?(\w+)\}?", lambda name: values.get(name[1], ""), image)
                found += [named] if named not in stages else []
                stages |= {rest[1]} if len(rest) > 1 else set()
            case _:
                continue
    return tuple(found)


def registry(image: str) -> str:
    """The host that an image is pulled from; Docker's own where the name says none."""
    first, slash, _ = image.partition("/")
    host = first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"
    return "registry-1.docker.io" if host == "docker.io" else host
