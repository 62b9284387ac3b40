"""
Blobs on their way into a registry: spared where they are there, continued where they were cut.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import IO, Final, Protocol
from urllib.parse import urljoin, urlsplit

from contd_release.errors import Unanswered
from contd_release.tools import http
from contd_release.tools.http import Http, Passing, Reply
from contd_release.tools.oci import Repository

_BYTES: Final = {"Content-Type": "application/octet-stream"}
_ATTEMPTS: Final = 4
_LONGEST_WAIT: Final = 60.0


class Blob(Protocol):
    """
    Bytes that are somewhere on this machine.
    """

    @property
    def digest(self) -> str:
        """
        `sha256:…` of the bytes.
        """

    @property
    def size(self) -> int:
        """
        Their number.
        """

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """
        The bytes; the stream can be moved in.
        """


def upload(repository: Repository, blob: Blob) -> None:
    """
    Put a blob where it is not there yet; an upload that was cut is continued where the registry lost it.

    Raises:
        Conflict: the registry refuses it.
        Unanswered: it cannot be told whether it arrived.
    """
    import stamina

    location, offset = "", 0
    for attempt in stamina.retry_context(on=_worth_another_try, attempts=_ATTEMPTS, timeout=None, wait_initial=0.2):
        with attempt:
            # The answer may have been lost, and not the bytes.
            if repository.has(blob.digest):
                return
            location, offset = (location and _resumed(repository, location)) or (_begin(repository), 0)
            _send(repository, blob, location, offset)


def _begin(repository: Repository) -> str:
    url = repository.url("blobs/uploads/")
    reply = repository.talk("pull,push", lambda door: door.send("POST", url, data=b"", repeatable=True))
    http.expected(reply, (202,), f"{repository}: beginning an upload")
    return urljoin(reply.url, reply.headers.get("Location", ""))


def _send(repository: Repository, blob: Blob, location: str, offset: int) -> None:
    span = {"Content-Range": f"{offset}-{blob.size - 1}"} if offset else {}

    def rest(door: Http) -> Reply:
        with blob.open() as stream:
            stream.seek(offset)
            return door.send("PATCH", location, headers=_BYTES | span, data=stream)

    if offset < blob.size:
        reply = repository.talk("pull,push", rest)
        if reply.status == 416:
            raise Unanswered(f"{repository} has lost a part of {blob.digest}", expected="the upload as far as it came")
        http.expected(reply, (202, 201, 204), f"{repository}: sending {blob.digest}")
        location = urljoin(location, reply.headers.get("Location", location))
    target = f"{location}{'&' if urlsplit(location).query else '?'}digest={blob.digest}"
    reply = repository.talk("pull,push", lambda door: door.send("PUT", target, headers=_BYTES, data=b""))
    http.expected(reply, (201, 204), f"{repository}: finishing {blob.digest}")


def _resumed(repository: Repository, location: str) -> tuple[str, int] | None:
    """
    Where to go on and with which byte, if the registry still knows the upload.
    """
    reply = repository.talk("pull,push", lambda door: door.ask(location))
    end = reply.headers.get("Range", "").rpartition("-")[2]
    if reply.status != 204 or not end.isdigit():
        return None
    # "0-0" is how registries say that there is nothing yet.
    return urljoin(location, reply.headers.get("Location", location)), int(end) + 1 if int(end) else 0


def _worth_another_try(error: Exception) -> bool | float:
    if not isinstance(error, Unanswered):
        return False
    wished = error.__cause__.retry_after if isinstance(error.__cause__, Passing) else 0
    return min(wished, _LONGEST_WAIT) or True
