"""
Blobs on their way into a registry: spared where they are there, continued where they were cut.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Event
from typing import IO, Final, Protocol, cast
from urllib.parse import urlsplit

from contd_release.errors import Interrupted, Unanswered
from contd_release.tools import http
from contd_release.tools.http import Http, Passing, Refused, Reply
from contd_release.tools.oci.manifest import digest_of
from contd_release.tools.oci.repository import OciRepository

_BYTES: Final = {"Content-Type": "application/octet-stream"}
_ATTEMPTS: Final = 4
_CHUNK: Final = 1 << 16
_LONGEST_WAIT: Final = 60.0


class Blob(Protocol):
    """Bytes that are somewhere on this machine."""

    @property
    def digest(self) -> str:
        """`sha256:…` of the bytes."""

    @property
    def size(self) -> int:
        """Their number."""

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """The bytes; the stream can be moved in."""


@dataclass(frozen=True)
class Bytes:
    """A blob in memory."""

    content: bytes

    @property
    def digest(self) -> str:
        """`sha256:…` of the bytes."""
        return digest_of(self.content)

    @property
    def size(self) -> int:
        """Their number."""
        return len(self.content)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes as a stream."""
        yield io.BytesIO(self.content)


@dataclass(frozen=True)
class Upload:
    """An upload under way: where the next bytes go, and which byte is the next."""

    location: str
    offset: int = 0


def upload(repository: OciRepository, blob: Blob, stop: Event | None = None) -> None:
    """
    Put a blob where it is not there yet; an upload that was cut is continued where the registry lost it.

    Args:
        stop: ends the upload in the middle of its bytes.

    Raises:
        Conflict: the registry refuses it.
        Unanswered: it is not known whether it arrived.
        Interrupted: it was stopped.
    """
    import stamina

    under_way: Upload | None = None
    for attempt in stamina.retry_context(on=_worth_another_try, attempts=_ATTEMPTS, timeout=None, wait_initial=0.2):
        with attempt:
            # The answer may have been lost, and not the bytes.
            if repository.has(blob.digest):
                return
            under_way = (under_way and resumed(repository, under_way.location)) or begin(repository)
            send(repository, blob, under_way, stop)


def begin(repository: OciRepository) -> Upload:
    """An upload that has no byte yet."""
    url = repository.url("blobs/uploads/")
    reply = repository.talk("pull,push", lambda door: door.send("POST", url, data=b"", repeatable=True))
    http.expected(reply, (202,), f"{repository}: beginning an upload")
    return Upload(_next(reply, reply.url))


def resumed(repository: OciRepository, location: str) -> Upload | None:
    """How far an upload came, if the registry still knows it."""
    reply = repository.talk("pull,push", lambda door: door.ask(location))
    end = reply.headers.get("Range", "").rpartition("-")[2]
    if reply.status != 204 or not (end.isascii() and end.isdigit() and len(end) < 16):
        return None
    # "0-0" is how registries say that there is nothing yet.
    return Upload(_next(reply, location), int(end) + 1 if int(end) else 0)


def send(repository: OciRepository, blob: Blob, under_way: Upload, stop: Event | None = None) -> None:
    """Send what is missing, and finish."""
    location, offset = under_way.location, under_way.offset
    headers = _BYTES | ({"Content-Range": f"{offset}-{blob.size - 1}"} if offset else {})

    def rest(door: Http) -> Reply:
        with blob.open() as stream:
            stream.seek(offset)
            body = cast("IO[bytes]", _Stoppable(stream, stop or Event()))
            return door.send("PATCH", location, headers=headers, data=body)

    if offset < blob.size:
        reply = repository.talk("pull,push", rest)
        if reply.status == 416:
            raise Unanswered(f"{repository} has lost a part of {blob.digest}", expected="the upload as far as it came")
        http.expected(reply, (202, 201, 204), f"{repository}: sending {blob.digest}")
        location = _next(reply, location)
    target = f"{location}{'&' if urlsplit(location).query else '?'}digest={blob.digest}"
    reply = repository.talk("pull,push", lambda door: door.send("PUT", target, headers=_BYTES, data=b""))
    http.expected(reply, (201, 204), f"{repository}: finishing {blob.digest}")


def _next(reply: Reply, location: str) -> str:
    """Where the upload goes on."""
    return http.safely_joined(location, reply.headers.get("Location", location), "continues the upload at")


@dataclass(frozen=True)
class _Stoppable:
    """A stream that ends with an error once it is stopped."""

    stream: IO[bytes]
    stop: Event

    def read(self, size: int = -1) -> bytes:
        if self.stop.is_set():
            raise Interrupted("an upload was stopped")
        return self.stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.stream.seek(offset, whence)

    def tell(self) -> int:
        return self.stream.tell()

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(_CHUNK):
            yield chunk


def _worth_another_try(error: Exception) -> bool | float:
    if not isinstance(error, Unanswered) or isinstance(error, Refused):
        return False
    wished = error.__cause__.retry_after if isinstance(error.__cause__, Passing) else 0
    return wished <= _LONGEST_WAIT and (wished or True)
