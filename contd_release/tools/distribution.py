"""What wheels and sdists hold, compared with the files of a commit by their bytes, wherever a build puts them."""

from __future__ import annotations

import hashlib
import posixpath
import re
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Final

from contd_release.tools import git

_CHUNK: Final = 1 << 20
# What build backends write by themselves: metadata, and configuration that they put the version into.
_METADATA: Final = re.compile(r"(?s)(PKG-INFO|setup\.cfg|(.*/)?[^/]+\.egg-info/.*|[^/]+\.dist-info/.*)")
_REWRITTEN: Final = frozenset({"pyproject.toml", "Cargo.toml"})
_EXECUTED: Final = re.compile(r"(?s).*\.(py|pyc|pyo|pyw|pth|so|pyd|dll|dylib)")
_COMPILED: Final = re.compile(r"(?s).*\.(so(\.[0-9]+)*|pyd|dll|dylib)")
_SCRIPT: Final = re.compile(r"[^/]+\.data/scripts/[^/]+")
_ROOTS: Final = ("src", "lib", "python")


@dataclass(frozen=True)
class Stranger:
    """A file of a wheel or an sdist that is no file of the commit."""

    archive: str
    path: str
    is_known: bool

    def __str__(self) -> str:
        what = "with other bytes than git has" if self.is_known else "which git does not have"
        return f"{self.archive} holds {self.path}, {what}"


@dataclass(frozen=True)
class _Member:
    """A file of an archive: where it is, and the hash that git would give it."""

    path: str
    size: int
    blob: str


@dataclass(frozen=True)
class Files:
    """The files of one commit, and a checkout of it."""

    root: Path
    commit: str
    checkout: Path

    @cached_property
    def blobs(self) -> Mapping[str, str]:
        """The hash of each file, by its path."""
        return git.blobs(self.root, self.commit)

    @cached_property
    def paths(self) -> Mapping[str, list[str]]:
        """The paths of the files, by their last words."""
        found = defaultdict(list)
        for path in self.blobs:
            found[PurePosixPath(path).name].append(path)
        return found

    @cached_property
    def _hashes(self) -> frozenset[str]:
        return frozenset(self.blobs.values())

    @cached_property
    def _changed(self) -> frozenset[str]:
        return frozenset(git.modified(self.checkout))

    @property
    def _algorithm(self) -> str:
        return "sha256" if any(len(one) == 64 for one in self._hashes) else "sha1"

    def strangers(self, archive: Path, generated: tuple[str, ...]) -> tuple[Stranger, ...]:
        """
        The files of a wheel or an sdist that git does not have and no build backend makes by itself.

        Args:
            generated: the files that the build makes on purpose, as patterns in which `*` stands for `/` as well.
        """
        may_compile = archive.suffix == ".whl" and not archive.name.endswith("-none-any.whl")
        return tuple(
            Stranger(archive.name, one.path, PurePosixPath(one.path).name in self.paths)
            for one in _members(archive, self._algorithm)
            if not (
                self._has(one)
                or (_METADATA.fullmatch(one.path) and not _EXECUTED.fullmatch(one.path))
                or (may_compile and _COMPILED.fullmatch(one.path))
                or (one.path in self.paths and one.path in _REWRITTEN)
                or any(_names(pattern, one.path) for pattern in generated)
            )
        )

    def _has(self, member: _Member) -> bool:
        """Whether git has these bytes, or wrote them into the checkout: line ends and large files may differ there."""
        namesakes = self.paths.get(PurePosixPath(member.path).name, [])
        if member.blob in self._hashes:
            return bool(member.size or namesakes)
        # A script of a wheel begins with the Python that it is for.
        if _SCRIPT.fullmatch(member.path):
            return bool(namesakes)
        return any(path not in self._changed and self._written(path) == member.blob for path in namesakes)

    def _written(self, path: str) -> str:
        found = self.checkout / path
        if not found.is_file() or found.is_symlink():
            return ""
        with found.open("rb") as stream:
            return _blob(stream, found.stat().st_size, self._algorithm)


def patterns(paths: Sequence[str], most: int) -> Iterator[str]:
    """These paths as patterns: one for all files of a kind, where there are more than `most` that Python never runs."""
    kinds: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        kinds.setdefault(PurePosixPath(path).suffix, []).append(path)
    for suffix, alike in kinds.items():
        if len(alike) <= most or not suffix or _EXECUTED.fullmatch(f"x{suffix}"):
            yield from alike
        else:
            folder = posixpath.commonpath([posixpath.dirname(path) for path in alike])
            yield f"{folder}/*{suffix}" if folder else f"*{suffix}"


def _members(archive: Path, algorithm: str) -> Iterator[_Member]:
    """The files of an archive; those of an sdist without the folder around them."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for entry in wheel.infolist():
                if not entry.is_dir():
                    with wheel.open(entry) as stream:
                        yield _Member(entry.filename, entry.file_size, _blob(stream, entry.file_size, algorithm))
        return
    with tarfile.open(archive, "r:gz") as sdist:
        for member in sdist.getmembers():
            path = member.name.partition("/")[2]
            content = sdist.extractfile(member) if member.isfile() or member.islnk() else None
            if content is not None:
                yield _Member(path, member.size, _blob(content, member.size, algorithm))
            elif member.issym():
                target = member.linkname.encode()
                yield _Member(path, len(target), _blob(BytesIO(target), len(target), algorithm))
            elif not member.isdir():
                yield _Member(path, 0, "")


def _blob(stream: IO[bytes], size: int, algorithm: str) -> str:
    """The hash under which git keeps these bytes."""
    digest = hashlib.new(algorithm, b"blob %d\0" % size)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _names(pattern: str, path: str) -> bool:
    """Whether a pattern names this file; a wheel leaves out the folder that the packages are in."""
    root, _, rest = pattern.partition("/")
    return fnmatchcase(path, pattern) or (root in _ROOTS and bool(rest) and fnmatchcase(path, rest))
