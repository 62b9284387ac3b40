"""What the index holds: files by their content, and a record for each name that was ever given out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from contd_release.process import files


@dataclass(frozen=True)
class Digests:
    """What a file's bytes come to, in hexadecimal, and how many they are."""

    sha256: str
    blake2: str
    md5: str
    size: int


@dataclass(frozen=True)
class Distribution:
    """
    The record of one file name.

    Args:
        filetype: `bdist_wheel` or `sdist`.
        python: the Python tag, or `source`.
        uploaded: seconds since 1970.
        metadata: the wheel's METADATA; empty for an sdist.
        is_deleted: the file is gone, and its name is never given out again.
    """

    filename: str
    name: str
    version: str
    filetype: str
    python: str
    requires_python: str
    summary: str
    digests: Digests
    metadata: str = ""
    uploaded: float = 0
    is_deleted: bool = False

    @property
    def project(self) -> str:
        """The name as an index spells it (PEP 503)."""
        return canonicalize_name(self.name)

    @property
    def path(self) -> str:
        """Where the file is downloaded, below `/packages/`."""
        blake2 = self.digests.blake2
        return f"{blake2[:2]}/{blake2[2:4]}/{blake2[4:]}/{self.filename}"


class Distributions:
    """The stored files. The record is written last, so a file is either in the index, whole, or not at all."""

    def __init__(self, directory: Path) -> None:
        self._content = directory / "content"
        self._records = directory / "records"
        self._signatures = directory / "signatures"
        self._yanks = directory / "yanked.json"
        self._by_name = {one.filename: one for one in map(_read, self._records.glob("[!.]*.json"))}
        self._yanked: dict[str, str] = json.loads(self._yanks.read_text("utf-8")) if self._yanks.exists() else {}

    def named(self, filename: str) -> Distribution | None:
        """The record of this file name, deleted or not."""
        return self._by_name.get(filename)

    def with_content(self, digests: Digests) -> Distribution | None:
        """The file that has this content."""
        return next((one for one in self._by_name.values() if one.digests == digests), None)

    def projects(self) -> tuple[str, ...]:
        """The names of all projects."""
        return tuple(sorted({one.project for one in self._by_name.values()}))

    def of(self, project: str) -> tuple[Distribution, ...]:
        """The files of one project that are not deleted, oldest version first."""
        found = (one for one in self._by_name.values() if one.project == project and not one.is_deleted)
        return tuple(sorted(found, key=lambda one: (Version(one.version), one.filename)))

    def of_release(self, project: str, version: str) -> tuple[Distribution, ...]:
        """The files of one version, however it is spelt; empty if it is no version."""
        try:
            wanted = Version(version)
        except InvalidVersion:
            return ()
        return tuple(one for one in self.of(project) if Version(one.version) == wanted)

    def file(self, one: Distribution) -> Path:
        """The file itself."""
        return self._content / one.digests.sha256

    def add(self, one: Distribution, content: IO[bytes]) -> None:
        """Take a file in."""
        content.seek(0)
        files.copy(content, self.file(one))
        self._keep(one)

    def sign(self, filename: str, provenance: str) -> None:
        """Keep the provenance object of a file (PEP 740)."""
        files.write(self._signatures / f"{filename}.json", provenance)

    def provenance(self, one: Distribution) -> str | None:
        """The provenance object of a file; None if it was uploaded without signatures."""
        path = self._signatures / f"{one.filename}.json"
        return path.read_text("utf-8") if path.is_file() else None

    def delete(self, one: Distribution) -> None:
        """Delete a file; its name stays taken."""
        self._keep(replace(one, is_deleted=True))
        self.file(one).unlink(missing_ok=True)

    def yank(self, project: str, version: str, reason: str | None) -> None:
        """Yank a release for a reason, which may be empty; or un-yank it, with `None`."""
        key = _release(project, version)
        self._yanked = {other: why for other, why in self._yanked.items() if other != key}
        if reason is not None:
            self._yanked[key] = reason
        files.write(self._yanks, json.dumps(self._yanked, indent=1) + "\n")

    def yanked(self, one: Distribution) -> str | None:
        """Why it is yanked; None if it is not."""
        return self._yanked.get(_release(one.project, one.version))

    def _keep(self, one: Distribution) -> None:
        files.write(self._records / f"{one.filename}.json", json.dumps(asdict(one), indent=1) + "\n")
        self._by_name = {**self._by_name, one.filename: one}


def _release(project: str, version: str) -> str:
    return f"{project} {Version(version)}"


def _read(path: Path) -> Distribution:
    found = json.loads(path.read_text("utf-8"))
    return Distribution(digests=Digests(**found.pop("digests")), **found)
