"""
OCI archives: an image layout in one tar file, as builders write it, and as we seal it.

https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final

from contd_release.errors import Conflict
from contd_release.tools.oci_image import INDEX, Configuration, Descriptor, Manifest, digest_of, index

_NAME: Final = "org.opencontainers.image.ref.name"
_VERSION: Final = b'{"imageLayoutVersion":"1.0.0"}'
_LARGEST: Final = 4 << 20
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Archive:
    """
    One OCI archive.
    """

    path: Path

    @cached_property
    def top(self) -> Manifest:
        """
        What the archive is about: the manifest of an image, or the index of several.
        """
        said = json.loads(self._small("index.json"))
        found = [self.manifest(one["digest"], one["mediaType"]) for one in said["manifests"]]
        if len(found) != 1:
            raise Conflict(f"{self.path.name} holds {len(found)} images", expected="one")
        return found[0]

    def manifest(self, digest: str, media_type: str) -> Manifest:
        """
        A manifest or index with this digest.
        """
        return Manifest(self.small(digest), media_type)

    def configuration(self, manifest: Manifest) -> Configuration:
        """
        The configuration of an image.
        """
        return Configuration.of(self.small(manifest.config.digest))

    def small(self, digest: str) -> bytes:
        """
        The bytes of a small blob.

        Raises:
            Conflict: the archive does not hold them.
        """
        content = self._small(_path(digest))
        if digest_of(content) != digest:
            raise Conflict(f"{self.path.name} holds other bytes under {digest}", expected="the bytes it is named by")
        return content

    def blob(self, descriptor: Descriptor) -> ArchivedBlob:
        """
        A blob to be read in pieces.
        """
        return ArchivedBlob(self.path, descriptor.digest, descriptor.size)

    def _small(self, name: str) -> bytes:
        with _member(self.path, name) as stream:
            return stream.read(_LARGEST)


@dataclass(frozen=True)
class ArchivedBlob:
    """
    A blob in an archive.
    """

    path: Path
    digest: str
    size: int

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """
        Its bytes; the stream can be moved in.
        """
        with _member(self.path, _path(self.digest)) as stream:
            yield stream


@dataclass(frozen=True)
class Layout:
    """
    One image in a folder, as registries and builders read it.
    """

    folder: Path

    def path_of(self, digest: str) -> Path:
        """
        The file of a blob; the folder for it is there.
        """
        path = self.folder / _path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, image: Manifest, configuration: bytes) -> None:
        """
        Write everything but the layers.
        """
        self.path_of(image.config.digest).write_bytes(configuration)
        self.path_of(image.digest).write_bytes(image.content)
        (self.folder / "oci-layout").write_bytes(_VERSION)
        (self.folder / "index.json").write_bytes(_entry(image, "latest"))


def pack(images: Sequence[tuple[str, Archive]], to: Path, name: str, epoch: int) -> str:
    """
    Write one archive with the index of these images, each built for a platform; the digest of the index.

    Equal images give equal bytes: order, times and owners are set, and nothing but the images is taken.

    Args:
        name: what the index is called in the archive, such as `1.2.0`.
        epoch: the time of everything in it, in seconds since 1970.

    Raises:
        Conflict: an image is for another platform than it should be.
    """
    listed, blobs = [], dict[str, ArchivedBlob]()
    for platform, archive in images:
        manifest = _single(archive)
        found = archive.configuration(manifest).platform
        # Builders add a variant where the base has one: linux/arm64/v8.
        if found != platform and not found.startswith(f"{platform}/"):
            raise Conflict(f"the build for {platform} made an image for {found}", expected=platform)
        listed.append(Descriptor(manifest.media_type, manifest.digest, len(manifest.content), found))
        for one in (manifest.descriptor, manifest.config, *manifest.layers):
            blobs[one.digest] = archive.blob(one)
    whole = index(tuple(listed))
    half = to.with_name(f".{to.name}.half")
    with tarfile.open(half, "w", format=tarfile.GNU_FORMAT) as out:
        _add(out, "oci-layout", _VERSION, epoch)
        _add(out, "index.json", _entry(whole, name), epoch)
        _add(out, _path(whole.digest), whole.content, epoch)
        for digest in sorted(blobs):
            _copy(out, blobs[digest], epoch)
    half.replace(to)
    return whole.digest


def _single(archive: Archive) -> Manifest:
    """
    The one image of a builder's archive; some wrap it into an index of one.
    """
    found = archive.top
    while found.manifests:
        if len(found.manifests) != 1:
            raise Conflict(f"{archive.path.name} holds {len(found.manifests)} images", expected="one platform's")
        found = archive.manifest(found.manifests[0].digest, found.manifests[0].media_type)
    return found


def _entry(whole: Manifest, name: str) -> bytes:
    one: dict[str, Any] = {"mediaType": whole.media_type, "digest": whole.digest, "size": len(whole.content)}
    said = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [one | {"annotations": {_NAME: name}}]}
    return json.dumps(said, separators=(",", ":")).encode()


def _add(out: tarfile.TarFile, name: str, content: bytes, epoch: int) -> None:
    out.addfile(_header(name, len(content), epoch), io.BytesIO(content))


def _copy(out: tarfile.TarFile, blob: ArchivedBlob, epoch: int) -> None:
    with blob.open() as stream:
        measured = _Measured(stream)
        out.addfile(_header(_path(blob.digest), blob.size, epoch), measured)
    if measured.digest != blob.digest:
        raise Conflict(f"{blob.path.name} holds other bytes under {blob.digest}", expected="the bytes it is named by")


def _header(name: str, size: int, epoch: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mtime, header.mode = size, epoch, 0o644
    return header


class _Measured:
    """
    A stream whose bytes are hashed as they pass.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """
        The next bytes.
        """
        chunk = self._stream.read(size)
        self._hash.update(chunk)
        return chunk

    @property
    def digest(self) -> str:
        """
        Of what has passed.
        """
        return f"sha256:{self._hash.hexdigest()}"


@contextmanager
def _member(path: Path, name: str) -> Iterator[IO[bytes]]:
    """
    A regular file of a tar; nothing is unpacked, so no name in it can lead anywhere.
    """
    with tarfile.open(path, "r:") as tar:
        try:
            stream = tar.extractfile(tar.getmember(name))
        except KeyError:
            stream = None
        if stream is None:
            raise Conflict(f"{path.name} does not hold {name}", expected="an OCI archive with everything it names")
        with stream:
            yield stream


def _path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"
