"""
The blobs of the sandbox's registry, and the uploads that are not yet blobs: files named after what is in them.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from contd_release.process import files
from contd_release.project.artifacts import sha256_of

DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_CHUNK: Final = 1 << 16


class Mismatch(Exception):
    """The bytes have another digest than was said."""


class Blobs:
    """Every blob once, and which repository may serve it."""

    def __init__(self, directory: Path) -> None:
        self._all = directory / "blobs"
        self._uploads = directory / "uploads"
        self._repositories = directory / "repositories"
        for folder in (self._all, self._uploads, self._repositories):
            folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str, digest: str) -> Path | None:
        """The file of a blob that this repository holds."""
        return self._content(digest) if self._link(name, digest).exists() else None

    def size(self, name: str, digest: str) -> int | None:
        """The number of its bytes, or None if the repository does not hold it."""
        path = self.path(name, digest)
        return path.stat().st_size if path else None

    def mount(self, name: str, digest: str, source: str) -> bool:
        """Let a repository serve a blob that another one holds."""
        if self.path(source, digest) is None:
            return False
        files.write(self._link(name, digest), b"")
        return True

    def remove(self, name: str, digest: str) -> bool:
        """Serve a blob from this repository no longer; whether it was there."""
        there = self._link(name, digest).exists()
        self._link(name, digest).unlink(missing_ok=True)
        return there

    def begin(self, name: str) -> str:
        """An upload that has no byte yet."""
        upload = uuid4().hex
        files.write(self._upload(name, upload), b"")
        return upload

    def received(self, name: str, upload: str) -> int | None:
        """How many bytes of an upload are here, or None if there is no such upload."""
        path = self._upload(name, upload)
        return path.stat().st_size if path.exists() else None

    def append(self, name: str, upload: str, body: IO[bytes]) -> int:
        """Keep what comes, as far as it comes; the number of bytes that are here then."""
        with open(self._upload(name, upload), "ab", buffering=0) as out:
            while chunk := body.read(_CHUNK):
                out.write(chunk)
            return out.tell()

    def finish(self, name: str, upload: str, digest: str) -> bool:
        """
        Turn an upload into the blob; whether the repository has it only now.

        Raises:
            Mismatch: its bytes have another digest. The upload is gone then.
        """
        path = self._upload(name, upload)
        if f"sha256:{sha256_of(path)[0]}" != digest:
            path.unlink()
            raise Mismatch
        path.replace(self._content(digest))
        link = self._link(name, digest)
        link.parent.mkdir(parents=True, exist_ok=True)
        # Two platforms may share a layer and bring it at the same time; one of them brings something new.
        try:
            link.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def cancel(self, name: str, upload: str) -> None:
        """Forget an upload."""
        self._upload(name, upload).unlink(missing_ok=True)

    def _content(self, digest: str) -> Path:
        return self._all / digest.replace(":", "-")

    def _link(self, name: str, digest: str) -> Path:
        return self._repositories / name / "_blobs" / digest.replace(":", "-")

    def _upload(self, name: str, upload: str) -> Path:
        return self._uploads / f"{upload}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
