"""The manifests, indexes and tags of the sandbox's registry: bytes exactly as they were sent, and their media type."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contd_release.process import files
from contd_release.sandbox.registry.blobs import DIGEST

TAG: Final = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")


@dataclass(frozen=True)
class Manifest:
    """One manifest or index: its bytes and the media type it came with."""

    content: bytes
    media_type: str

    @property
    def digest(self) -> str:
        """`sha256:…` of its bytes."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"

    @property
    def subject(self) -> str:
        """The digest of the manifest that this one says something about; empty for most."""
        return str((self._said.get("subject") or {}).get("digest", ""))

    @property
    def descriptor(self) -> dict[str, object]:
        """How a list of referrers names it."""
        kind = self._said.get("artifactType") or (self._said.get("config") or {}).get("mediaType", "")
        found: dict[str, object] = {"mediaType": self.media_type, "digest": self.digest, "size": len(self.content)}
        found |= {"artifactType": kind} if kind else {}
        return found | ({"annotations": self._said["annotations"]} if "annotations" in self._said else {})

    def references(self) -> Iterator[tuple[str, bool]]:
        """Each digest it is made of, and whether that is a manifest."""
        layers = [*self._said.get("layers", ()), *([self._said["config"]] if "config" in self._said else ())]
        yield from ((str(one["digest"]), False) for one in layers if not one.get("urls"))
        yield from ((str(one["digest"]), True) for one in self._said.get("manifests", ()))

    def wrong(self) -> str:
        """What keeps it from being a manifest; empty when nothing does."""
        try:
            said = self._said.get("mediaType", self.media_type)
            bad = [digest for digest, _ in self.references() if not DIGEST.fullmatch(digest)]
        except (ValueError, KeyError, TypeError, AttributeError):
            return "the manifest is not one"
        if said != self.media_type:
            return f"the manifest says {said}, the request {self.media_type}"
        return f"{bad[0]} is not a digest we know" if bad else ""

    @property
    def _said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found


class Manifests:
    """What each repository holds, in files."""

    def __init__(self, directory: Path) -> None:
        self._repositories = directory / "repositories"

    def get(self, name: str, reference: str) -> Manifest | None:
        """The manifest that a tag or a digest names."""
        if not DIGEST.fullmatch(reference):
            try:
                reference = (self._folder(name, "_tags") / reference).read_text(encoding="utf-8")
            except FileNotFoundError:
                return None
        try:
            media_type, content = self._file(name, reference).read_bytes().split(b"\n", 1)
        except FileNotFoundError:
            return None
        return Manifest(content, media_type.decode())

    def put(self, name: str, manifest: Manifest) -> bool:
        """Keep a manifest; whether it is new."""
        new = not self._file(name, manifest.digest).exists()
        files.write(self._file(name, manifest.digest), manifest.media_type.encode() + b"\n" + manifest.content)
        return new

    def tag(self, name: str, tag: str, digest: str) -> str | None:
        """Let a tag name a digest; the digest that it named before."""
        before = self.get(name, tag)
        files.write(self._folder(name, "_tags") / tag, digest)
        return before.digest if before else None

    def tags(self, name: str) -> list[str] | None:
        """Every tag, sorted; None if there is no such repository."""
        if not self._folder(name, "_manifests").exists():
            return None
        folder = self._folder(name, "_tags")
        return sorted(path.name for path in folder.glob("[!.]*")) if folder.exists() else []

    def untag(self, name: str, tag: str) -> bool:
        """Forget a tag; whether it was there."""
        path = self._folder(name, "_tags") / tag
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    def remove(self, name: str, digest: str) -> bool:
        """Forget a manifest and every tag that names it; whether it was there."""
        if not (path := self._file(name, digest)).exists():
            return False
        for tag in self.tags(name) or ():
            if (self._folder(name, "_tags") / tag).read_text(encoding="utf-8") == digest:
                self.untag(name, tag)
        path.unlink()
        return True

    def referrers(self, name: str, digest: str) -> list[Manifest]:
        """The manifests whose subject is this digest, in the order of their own digests."""
        files = sorted(self._folder(name, "_manifests").glob("sha256-*"))
        found = (self.get(name, path.name.replace("-", ":")) for path in files)
        return [one for one in found if one and one.subject == digest]

    def _folder(self, name: str, kind: str) -> Path:
        return self._repositories / name / kind

    def _file(self, name: str, digest: str) -> Path:
        return self._folder(name, "_manifests") / digest.replace(":", "-")
