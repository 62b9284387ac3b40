"""
OCI archives: an image layout in one tar file, as builders write it, and as we seal it.

https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final

from contd_release.errors import Conflict
from contd_release.tools.oci.manifest import INDEX, Configuration, Descriptor, Manifest, digest_of

_NAME: Final = "org.opencontainers.image.ref.name"
VERSION: Final = b'{"imageLayoutVersion":"1.0.0"}'
_LARGEST: Final = 4 << 20


@dataclass(frozen=True)
class Archive:
    """One OCI archive."""

    path: Path

    @cached_property
    def top(self) -> Manifest:
        """What the archive is about: the manifest of an image, or the index of several."""
        try:
            said = json.loads(self._small("index.json"))
            found = [self.manifest(one["digest"], one["mediaType"]) for one in said["manifests"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Conflict(
                f"index.json in {self.path.name} is no index: {error}", expected="an OCI archive, whole"
            ) from error
        if len(found) != 1:
            raise Conflict(f"{self.path.name} holds {len(found)} images", expected="one")
        return found[0]

    def manifest(self, digest: str, media_type: str) -> Manifest:
        """A manifest or index with this digest."""
        return Manifest(self.small(digest), media_type)

    def configuration(self, manifest: Manifest) -> Configuration:
        """The configuration of an image."""
        return Configuration.of(self.small(manifest.config.digest))

    def small(self, digest: str) -> bytes:
        """
        The bytes of a small blob.

        Raises:
            Conflict: the archive does not hold them.
        """
        content = self._small(path_of(digest))
        if digest_of(content) != digest:
            raise Conflict(f"{self.path.name} holds other bytes under {digest}", expected="the bytes it is named by")
        return content

    def blob(self, descriptor: Descriptor) -> ArchivedBlob:
        """A blob to be read in pieces."""
        return ArchivedBlob(self.path, descriptor.digest, descriptor.size)

    def _small(self, name: str) -> bytes:
        with _member(self.path, name) as stream:
            return stream.read(_LARGEST)


@dataclass(frozen=True)
class ArchivedBlob:
    """A blob in an archive."""

    path: Path
    digest: str
    size: int

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Its bytes; the stream can be moved in."""
        with _member(self.path, path_of(self.digest)) as stream:
            yield stream


@dataclass(frozen=True)
class Layout:
    """One image in a folder, as registries and builders read it."""

    folder: Path

    def path_of(self, digest: str) -> Path:
        """The file of a blob; the folder for it is there."""
        path = self.folder / path_of(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def archived(self, image: Manifest, configuration: bytes) -> Path:
        """
        Add everything but the layers, and put all of it into one archive beside the folder's own files.

        buildah makes the name of an image out of the path of a folder, and few paths are good for one; an archive names
        its image itself.
        """
        self.path_of(image.config.digest).write_bytes(configuration)
        self.path_of(image.digest).write_bytes(image.content)
        (self.folder / "oci-layout").write_bytes(VERSION)
        (self.folder / "index.json").write_bytes(entry(image, "pulled"))
        archive = self.folder / "image.tar"
        with tarfile.open(archive, "w") as out:
            for name in ("oci-layout", "index.json", "blobs"):
                out.add(self.folder / name, name)
        return archive


def entry(whole: Manifest, name: str) -> bytes:
    """The `index.json` of a layout that holds one image under a name."""
    one: dict[str, Any] = {"mediaType": whole.media_type, "digest": whole.digest, "size": len(whole.content)}
    said = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [one | {"annotations": {_NAME: name}}]}
    return json.dumps(said, separators=(",", ":")).encode()


def path_of(digest: str) -> str:
    """Where a layout has a blob."""
    return f"blobs/{digest.replace(':', '/')}"


@contextmanager
def _member(path: Path, name: str) -> Iterator[IO[bytes]]:
    """A regular file of a tar; nothing is unpacked, so no name in it can lead anywhere."""
    with ExitStack() as opened:
        try:
            tar = opened.enter_context(tarfile.open(path, "r:"))
            stream = tar.extractfile(tar.getmember(name))
        except KeyError:
            stream = None
        except tarfile.TarError as error:
            raise Conflict(f"{path.name} is broken: {error}", expected="an OCI archive, whole") from error
        if stream is None:
            raise Conflict(f"{path.name} does not hold {name}", expected="an OCI archive with everything it names")
        yield opened.enter_context(stream)
