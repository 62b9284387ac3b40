"""
What was built, once, with its digests; the sealed set is `artifacts.json`.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from contd_release.errors import Conflict, Usage

SEAL = "artifacts.json"
CHECKSUMS = "SHA256SUMS"
_CHUNK = 1 << 20


class Tampered(Conflict):
    """
    An artifact is not what was sealed. Nothing is uploaded, and nothing is built again.
    """


@dataclass(frozen=True, order=True)
class Artifact:
    """
    One built thing.

    Args:
        name: its file name in the dist folder, with no folder in it.
        kind: `wheel`, `sdist`, `image`, `chart`, `sbom`, or a plug-in's own word.
        sha256: of its bytes, 64 hexadecimal digits.
        size: in bytes.
        digest: the OCI digest under which a registry knows it (`sha256:…`); empty for plain files.
        platform: `linux/arm64`; empty where one artifact serves all.
    """

    name: str
    kind: str
    sha256: str
    size: int
    digest: str = ""
    platform: str = ""


@dataclass(frozen=True)
class Sealed:
    """
    The artifacts of one version, and the commit and second (since 1970) that they were built from.
    """

    project: str
    version: str
    commit: str
    epoch: int
    artifacts: tuple[Artifact, ...]

    def named(self, name: str) -> Artifact | None:
        """
        The artifact with this file name.
        """
        return next((one for one in self.artifacts if one.name == name), None)

    def of_kind(self, kind: str) -> tuple[Artifact, ...]:
        """
        The artifacts of one kind.
        """
        return tuple(one for one in self.artifacts if one.kind == kind)

    def text(self) -> str:
        """
        The seal as JSON: equal artifacts give equal bytes.
        """
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    def digest(self) -> str:
        """
        The sha256 of the seal itself, which stands for the whole set.
        """
        return hashlib.sha256(self.text().encode()).hexdigest()

    def checksums(self) -> str:
        """
        `SHA256SUMS`, as `sha256sum --check` reads it.
        """
        return "".join(f"{one.sha256}  {one.name}\n" for one in self.artifacts)


def measured(path: Path, kind: str, digest: str = "", platform: str = "") -> Artifact:
    """
    The artifact that this file is now.
    """
    sha256, size = sha256_of(path)
    return Artifact(path.name, kind, sha256, size, digest, platform)


def sha256_of(path: Path) -> tuple[str, int]:
    """
    The sha256 of a regular file in hexadecimal, and its size in bytes. A link is refused.
    """
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with open(descriptor, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest(), stream.tell()


def seal(folder: Path, sealed: Sealed) -> None:
    """
    Write `SHA256SUMS` and then `artifacts.json`, each whole or not at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / CHECKSUMS, sealed.checksums())
    _write(folder / SEAL, sealed.text())


def read(folder: Path) -> Sealed | None:
    """
    The seal in this folder, or nothing when nothing was sealed.

    Raises:
        Usage: the file is there and cannot be read.
    """
    try:
        return parse((folder / SEAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def parse(text: str) -> Sealed:
    """
    The seal that this JSON is.

    Raises:
        Usage: it is not one.
    """
    try:
        found: dict[str, Any] = json.loads(text)
        artifacts = tuple(Artifact(**one) for one in found.pop("artifacts"))
        for one in artifacts:
            if Path(one.name).name != one.name or one.name.startswith("."):
                raise ValueError(f"{one.name!r} is not a plain file name")
        return Sealed(artifacts=artifacts, **found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Usage(f"{SEAL} is not a seal: {error}", expected="the file as `invoke build` wrote it") from error


def check(folder: Path, sealed: Sealed) -> None:
    """
    Compare every file with its seal.

    Raises:
        Tampered: a file is missing or has other bytes.
    """
    for one in sealed.artifacts:
        check_one(folder, one)


def check_one(folder: Path, artifact: Artifact) -> None:
    """
    Compare one file with its seal.

    Raises:
        Tampered: it is missing, a link, or has other bytes.
    """
    try:
        sha256, _ = sha256_of(folder / artifact.name)
    except OSError as error:
        raise Tampered(
            f"{artifact.name} was sealed and cannot be read: {error.strerror}",
            expected=f"sha256 {artifact.sha256}",
            type_next="invoke abort   (nothing of this release is public before the line)",
        ) from error
    if sha256 != artifact.sha256:
        raise Tampered(
            f"{artifact.name} has sha256 {sha256}",
            expected=f"sha256 {artifact.sha256}, as it was sealed",
            type_next="invoke abort   (nothing of this release is public before the line)",
        )


def _write(path: Path, text: str) -> None:
    half = path.with_name(f".{path.name}.half")
    with open(half, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(path)
