"""
Manifests and indexes: bytes that are named by their digest, and what they say.

https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from contd_release.errors import Conflict

INDEX: Final = "application/vnd.oci.image.index.v1+json"
MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
EVERY_KIND: Final = (
    INDEX,
    MANIFEST,
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


@dataclass(frozen=True)
class Descriptor:
    """How one thing names another: its digest, its size in bytes, and the platform it is for, if any."""

    media_type: str
    digest: str
    size: int
    platform: str = ""


@dataclass(frozen=True)
class Manifest:
    """A manifest or an index, byte for byte."""

    content: bytes
    media_type: str

    @property
    def digest(self) -> str:
        """`sha256:…` of the bytes."""
        return digest_of(self.content)

    @property
    def descriptor(self) -> Descriptor:
        """How an index names it."""
        return Descriptor(self.media_type, self.digest, len(self.content))

    @property
    def manifests(self) -> tuple[Descriptor, ...]:
        """The manifests that an index lists, in its order."""
        return self._descriptors("manifests")

    @property
    def layers(self) -> tuple[Descriptor, ...]:
        """The layers, the lowest first."""
        return self._descriptors("layers")

    @property
    def config(self) -> Descriptor:
        """The configuration of an image."""
        return _descriptor(_parsed(self.content, self.digest).get("config"), self.digest)

    def _descriptors(self, key: str) -> tuple[Descriptor, ...]:
        return tuple(_descriptor(one, self.digest) for one in _parsed(self.content, self.digest).get(key, ()))


@dataclass(frozen=True)
class Configuration:
    """What an image's configuration says: the platform it runs on, its labels, and the program that it starts."""

    platform: str
    labels: Mapping[str, str]
    entrypoint: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: bytes) -> Configuration:
        """The configuration that these bytes are."""
        found = _parsed(content, digest_of(content))
        said = found.get("config") or {}
        return cls(_platform(found), said.get("Labels") or {}, tuple(said.get("Entrypoint") or said.get("Cmd") or ()))


def index(manifests: tuple[Descriptor, ...]) -> Manifest:
    """The index of these manifests, in this order: equal manifests give equal bytes."""
    listed = [
        {"mediaType": one.media_type, "digest": one.digest, "size": one.size, "platform": _spelled(one.platform)}
        for one in manifests
    ]
    said = {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}
    return Manifest(json.dumps(said, separators=(",", ":")).encode(), INDEX)


def digest_of(content: bytes) -> str:
    """`sha256:…` of some bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _parsed(content: bytes, digest: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Conflict(f"{digest} is not a manifest or a configuration", expected="a JSON object")
    return found


def _descriptor(found: Any, where: str) -> Descriptor:
    try:
        platform = _platform(found["platform"]) if "platform" in found else ""
        return Descriptor(str(found["mediaType"]), str(found["digest"]), int(found["size"]), platform)
    except (KeyError, TypeError, ValueError) as error:
        raise Conflict(f"{where} holds a descriptor that is not one", expected="mediaType, digest and size") from error


def _platform(found: Mapping[str, Any]) -> str:
    parts = (found.get("os"), found.get("architecture"), found.get("variant"))
    return "/".join(str(part) for part in parts if part)


def _spelled(platform: str) -> dict[str, str]:
    system, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    return {"architecture": architecture, "os": system} | ({"variant": variant} if variant else {})
