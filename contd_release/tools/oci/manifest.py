"""
Manifests and indexes: bytes that are named by their digest, and what they say.

https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contd_release.tools.http import Node, node

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
        return _descriptor(self.node().at("config"))

    def node(self) -> Node:
        """What it says, as JSON."""
        return node(self.content, self.digest)

    def _descriptors(self, key: str) -> tuple[Descriptor, ...]:
        found = self.node().get(key)
        return tuple(_descriptor(one) for one in found.items()) if found else ()


@dataclass(frozen=True)
class Configuration:
    """What an image's configuration says: the platform it runs on, its labels, and the program that it starts."""

    platform: str
    labels: Mapping[str, str]
    entrypoint: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: bytes) -> Configuration:
        """The configuration that these bytes are."""
        found = node(content, digest_of(content))
        said = found.get("config")
        labels = said.get("Labels") if said else None
        starts = (said.get("Entrypoint"), said.get("Cmd")) if said else ()
        start = next((one for one in starts if one and one.value != []), None)
        return cls(
            _platform(found),
            {name: value.text() for name, value in labels.entries()} if labels else {},
            tuple(one.text() for one in start.items()) if start else (),
        )


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


def _descriptor(found: Node) -> Descriptor:
    platform, size = found.get("platform"), found.at("size").whole()
    said = _platform(platform) if platform else ""
    return Descriptor(found.at("mediaType").text(), found.at("digest").text(), size, said)


def _platform(found: Node) -> str:
    parts = (found.text_of("os"), found.text_of("architecture"), found.text_of("variant"))
    return "/".join(part for part in parts if part)


def _spelled(platform: str) -> dict[str, str]:
    system, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    return {"architecture": architecture, "os": system} | ({"variant": variant} if variant else {})
