"""What was built, once, with its digests; the sealed set is `artifacts.json`."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Final

from contd_release.errors import Conflict, Usage
from contd_release.process.files import whole, writing
from contd_release.process.system import files as system
from contd_release.project.parse import record

SEAL = "artifacts.json"
CHECKSUMS = "SHA256SUMS"
_CHUNK = 1 << 20
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+!-]*")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_DIGEST: Final = re.compile(r"(sha256:[0-9a-f]{64})?")


class Tampered(Conflict):
    """An artifact is not what was sealed. Nothing is uploaded, and nothing is built again."""

    otherwise = "invoke abort   (or, past the point of no return, invoke rollback --version …, which withdraws it)"


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
        platform: `linux/arm64`; empty if one artifact serves all.
    """

    name: str
    kind: str
    sha256: str
    size: int
    digest: str = ""
    platform: str = ""


@dataclass(frozen=True)
class Sealed:
    """The artifacts of one version, and the commit and second (since 1970) that they were built from."""

    project: str
    version: str
    commit: str
    epoch: int
    artifacts: tuple[Artifact, ...]

    def named(self, name: str) -> Artifact | None:
        """The artifact with this file name."""
        return next((one for one in self.artifacts if one.name == name), None)

    def of_kind(self, kind: str) -> tuple[Artifact, ...]:
        """The artifacts of one kind."""
        return tuple(one for one in self.artifacts if one.kind == kind)

    def text(self) -> str:
        """The seal as JSON: equal artifacts give equal bytes, in whatever order they were built."""
        ordered = replace(self, artifacts=tuple(sorted(self.artifacts)))
        return json.dumps(asdict(ordered), indent=2, sort_keys=True) + "\n"

    def digest(self) -> str:
        """The sha256 of the seal itself, which stands for the whole set."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def checksums(self) -> str:
        """`SHA256SUMS`, as `sha256sum --check` reads it."""
        return "".join(f"{one.sha256}  {one.name}\n" for one in sorted(self.artifacts))


def measured(path: Path, kind: str, digest: str = "", platform: str = "") -> Artifact:
    """The artifact that this file is now."""
    sha256, size = sha256_of(path)
    return Artifact(path.name, kind, sha256, size, digest, platform)


def sha256_of(path: Path) -> tuple[str, int]:
    """The sha256 of a regular file in hexadecimal, and its size in bytes. A link is refused."""
    digest = hashlib.sha256()
    with _opened(path, follows=False) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest(), stream.tell()


def _opened(path: Path, *, follows: bool = True) -> IO[bytes]:
    """A regular file, opened; anything else is an OSError."""
    descriptor = system.opened(path, os.O_RDONLY, follows=follows)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return open(descriptor, "rb")


def seal(folder: Path, sealed: Sealed) -> None:
    """
    Write `SHA256SUMS` and then `artifacts.json`, each whole or not at all.

    Raises:
        Usage: an artifact's name is not a plain file name, or stands there twice.
        Unwritable: the disk does not take it.
    """
    if problems := _problems(sealed):
        raise Usage("\n".join(problems), expected="plain file names, each once, and digests in small hexadecimals")
    _write(folder / CHECKSUMS, sealed.checksums())
    _write(folder / SEAL, sealed.text())


def read(folder: Path) -> Sealed | None:
    """
    The seal in this folder, or None if nothing was sealed.

    Raises:
        Usage: the file is there and cannot be read.
    """
    try:
        with _opened(folder / SEAL) as stream:
            text = stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Usage(
            f"{folder / SEAL} cannot be read: {error.strerror}",
            expected="the file as `invoke build` wrote it",
            type_next=f"ls -l {folder / SEAL}",
        ) from error
    return parse(text.decode(errors="replace"))


def parse(text: str) -> Sealed:
    """
    The seal that this JSON is.

    Raises:
        Usage: it is not one.
    """
    try:
        sealed = record(json.loads(text), Sealed, allows_unknown=False)
        problems = _problems(sealed)
    except (ValueError, RecursionError) as error:
        raise Usage(f"{SEAL} is not a seal: {error}", expected="the file as `invoke build` wrote it") from error
    if problems:
        raise Usage(
            "\n".join(f"{SEAL} is not a seal: {problem}" for problem in problems),
            expected="the file as `invoke build` wrote it",
        )
    return sealed


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
        sha256, size = sha256_of(folder / artifact.name)
    except OSError as error:
        raise Tampered(
            f"{artifact.name} was sealed and cannot be read: {error.strerror}",
            expected=f"sha256 {artifact.sha256}",
        ) from error
    if sha256 != artifact.sha256:
        raise Tampered(
            f"{artifact.name} has sha256 {sha256}",
            expected=f"sha256 {artifact.sha256}, as it was sealed",
        )
    if size != artifact.size:
        raise Tampered(
            f"{artifact.name} has {size} bytes, and {SEAL} says {artifact.size}",
            expected=f"{SEAL} as it was written",
        )


def _write(path: Path, text: str) -> None:
    with writing(path), whole(path, is_durable=True, has_one_writer=True) as out:
        out.write(text.encode())


def _problems(sealed: Sealed) -> list[str]:
    """Why this cannot be a seal: names that lead out of the folder, one name twice, digests that are none."""
    names = [one.name for one in sealed.artifacts]
    wrong = [f"{name!r} stands there twice" for name in sorted({name for name in names if names.count(name) > 1})]
    for one in sealed.artifacts:
        if not _NAME.fullmatch(one.name):
            wrong.append(f"{one.name!r} is not a plain file name")
        elif not (_SHA256.fullmatch(one.sha256) and _DIGEST.fullmatch(one.digest) and one.size >= 0):
            wrong.append(f"{one.name} has no proper sha256, size and digest")
    return wrong
