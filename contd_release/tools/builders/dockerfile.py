"""A Dockerfile: the images it starts from, and the build arguments that make equal input give equal bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Final

from contd_release.errors import Usage

_HEREDOC: Final = re.compile(r"<<-?[\"']?([A-Za-z_]\w*)[\"']?")
_FROM_ELSEWHERE: Final = re.compile(r"(?:^--|,|--mount=)from=([^\s,]+)")


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
        context: the folder below the source that COPY copies from.
    """

    source: Path
    dockerfile: str
    platform: str
    to: Path
    labels: Mapping[str, str]
    arguments: Mapping[str, str]
    epoch: int
    context: str = "."

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
            str(self.source / self.context),
        )


@dataclass(frozen=True)
class Instruction:
    """
    One instruction, its continuation lines joined.

    Args:
        line: where it begins, counted from 1.
        end: the line after its last one.
    """

    line: int
    end: int
    keyword: str
    value: str


@dataclass
class Stage:
    """
    One stage: the image or the earlier stage that it starts from, and what is done in it.

    Args:
        platform: what `--platform` says; empty for the platform of the image.
    """

    start: Instruction
    base: str
    name: str
    platform: str
    instructions: list[Instruction] = field(default_factory=list)

    @property
    def sources(self) -> frozenset[str]:
        """The images and stages that files are taken from."""
        flags = (word for one in self.instructions for word in takewhile(_is_flag, one.value.split()))
        return frozenset(source for flag in flags for source in _FROM_ELSEWHERE.findall(flag) if "$" not in source)


def stages(text: str, arguments: Mapping[str, str]) -> tuple[Stage, ...]:
    """
    The stages of a Dockerfile, in order.

    https://docs.docker.com/reference/dockerfile/

    Args:
        arguments: the values of `ARG`s; others have the default that the Dockerfile gives them.
    """
    values, found = dict(arguments), list[Stage]()
    for one in instructions(text):
        if one.keyword == "FROM":
            found.append(_stage(one, values))
        elif found:
            found[-1].instructions.append(one)
        elif one.keyword == "ARG":
            for word in one.value.split():
                name, equals, value = word.partition("=")
                if equals:
                    values.setdefault(name, value.strip("\"'"))
    return tuple(found)


def needed(found: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The stages that the image is made from: the last one, and those that it starts from or takes files from."""
    wanted = list(found[-1:])
    for one in wanted:
        earlier = found[: found.index(one)]
        for index, other in enumerate(earlier):
            names = {other.name or str(index), str(index)}
            if names & {one.base, *one.sources} and other not in wanted:
                wanted.append(other)
    return tuple(one for one in found if one in wanted)


def platform(stage: Stage, found: tuple[Stage, ...]) -> str:
    """What says the platform of a stage: its own `--platform`, or that of the stage that it starts from."""
    parent = next((one for one in found if one.name and one.name == stage.base and one is not stage), None)
    return stage.platform or (platform(parent, found[: found.index(parent)]) if parent else "")


def bases(text: str, arguments: Mapping[str, str]) -> tuple[str, ...]:
    """The images that are pulled for a build: stages start from them, or take files from them."""
    found = stages(text, arguments)
    names = {"scratch", *(one.name for one in found), *(str(index) for index in range(len(found)))}
    images = (image for one in found for image in (one.base, *sorted(one.sources)))
    return tuple(dict.fromkeys(image for image in images if image not in names))


def on(base: str, text: str) -> str:
    """The Dockerfile whose stages start from this image instead of those that would be pulled."""
    lines, found = text.splitlines(), stages(text, {})
    names = {one.name for one in found} - {""}
    for one in reversed(found):
        # An image that an argument names is replaced even where it is `scratch` without the argument.
        is_empty = one.base == "scratch" and "$" not in one.start.value
        if one.base not in names and not is_empty:
            platform = f"--platform={one.platform} " if one.platform else ""
            name = f" AS {one.name}" if one.name else ""
            lines[one.start.line - 1 : one.start.end - 1] = [f"FROM {platform}{base}{name}"]
    # Docker pulls what reads the Dockerfile as well, where that is named.
    return "".join(f"{line}\n" for line in lines if not re.match(r"#\s*syntax\s*=", line, re.IGNORECASE))


def instructions(text: str) -> Iterator[Instruction]:
    """Every instruction, with comments, continuations and here-documents as Docker reads them."""
    lines, at = text.splitlines(), 0
    escape = "`" if re.match(r"(?:#.*\n)*#\s*escape\s*=\s*`", text, re.IGNORECASE) else "\\"
    while at < len(lines):
        begin, parts = at, list[str]()
        while at < len(lines):
            line = lines[at].strip()
            at += 1
            if line.startswith("#") or (not line and parts):
                continue
            parts.append(line.removesuffix(escape))
            if not line.endswith(escape):
                break
        words = " ".join(parts).strip()
        keyword, _, value = words.partition(" ")
        if keyword.upper() in ("RUN", "COPY", "ADD"):
            for end in _HEREDOC.findall(value):
                while at < len(lines) and lines[at].strip() != end:
                    value += f"\n{lines[at]}"
                    at += 1
                at += 1
        if words:
            first = next(number for number in range(begin, at) if not re.match(r"\s*(?:#|$)", lines[number]))
            yield Instruction(first + 1, at + 1, keyword.upper(), value.strip())


def _is_flag(word: str) -> bool:
    return word.startswith("--")


def _stage(start: Instruction, values: Mapping[str, str]) -> Stage:
    words = start.value.split()
    flags = [word for word in words if word.startswith("--")]
    image, *rest = [word for word in words if not word.startswith("--")] or [""]
    platform = next((flag.partition("=")[2] for flag in flags if flag.startswith("--platform=")), "")
    name = rest[1] if len(rest) > 1 and rest[0].upper() == "AS" else ""
    return Stage(start, _filled(image, values), name, platform)


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return values.get(match[1] or match[2]) or match[3] or ""

    return re.sub(r"\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})", value, text)


def registry(image: str) -> str:
    """The host that an image is pulled from; Docker's own where the name says none."""
    first, slash, _ = image.partition("/")
    host = first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"
    return "registry-1.docker.io" if host == "docker.io" else host
