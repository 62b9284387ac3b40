"""The images of several platforms, packed into one archive that is the same whenever and wherever it is packed."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from contd_release.errors import Conflict
from contd_release.process.files import whole
from contd_release.tools.oci.archive import VERSION, Archive, ArchivedBlob, entry, path_of
from contd_release.tools.oci.manifest import Descriptor, Manifest, index


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
        manifest = single(archive)
        found = archive.configuration(manifest).platform
        # Builders add a variant where the base has one: linux/arm64/v8.
        if found != platform and not found.startswith(f"{platform}/"):
            raise Conflict(f"the build for {platform} made an image for {found}", expected=platform)
        listed.append(Descriptor(manifest.media_type, manifest.digest, len(manifest.content), found))
        for one in (manifest.descriptor, manifest.config, *manifest.layers):
            blobs[one.digest] = archive.blob(one)
    top = index(tuple(listed))
    with whole(to, has_one_writer=True) as file, tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as out:
        _add(out, "oci-layout", VERSION, epoch)
        _add(out, "index.json", entry(top, name), epoch)
        _add(out, path_of(top.digest), top.content, epoch)
        for digest in sorted(blobs):
            _copy(out, blobs[digest], epoch)
    return top.digest


def single(archive: Archive) -> Manifest:
    """The one image of a builder's archive; some builders wrap it into an index of one."""
    found = archive.top
    while found.manifests:
        if len(found.manifests) != 1:
            raise Conflict(f"{archive.path.name} holds {len(found.manifests)} images", expected="one platform's")
        found = archive.manifest(found.manifests[0].digest, found.manifests[0].media_type)
    return found


def _add(out: tarfile.TarFile, name: str, content: bytes, epoch: int) -> None:
    out.addfile(_header(name, len(content), epoch), io.BytesIO(content))


def _copy(out: tarfile.TarFile, blob: ArchivedBlob, epoch: int) -> None:
    with blob.open() as stream:
        measured = _Measured(stream)
        out.addfile(_header(path_of(blob.digest), blob.size, epoch), measured)
    if measured.digest != blob.digest:
        raise Conflict(f"{blob.path.name} holds other bytes under {blob.digest}", expected="the bytes it is named by")


def _header(name: str, size: int, epoch: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mtime, header.mode = size, epoch, 0o644
    return header


class _Measured:
    """A stream whose bytes are hashed as they pass."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = self._stream.read(size)
        self._hash.update(chunk)
        return chunk

    @property
    def digest(self) -> str:
        """Of what has passed."""
        return f"sha256:{self._hash.hexdigest()}"
