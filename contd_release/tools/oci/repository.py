"""
A container registry, as far as a release needs it: what a name means, and bytes put there under their digest.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Final

from contd_release.errors import Conflict, Unanswered, Usage
from contd_release.tools import http
from contd_release.tools.http import MEBIBYTE, Budget, Limits, Reply
from contd_release.tools.oci import login as oci_login
from contd_release.tools.oci.door import Door
from contd_release.tools.oci.manifest import EVERY_KIND, Manifest, digest_of

_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_ACCEPT: Final = {"Accept": ", ".join(EVERY_KIND)}
_BYTES: Final = {"Content-Type": "application/octet-stream"}
_NOWHERE: Final = "00000000-0000-0000-0000-000000000000"
_LIST: Final = Limits(total=8 * MEBIBYTE)


class Push(Enum):
    """What is known beforehand about putting something into a repository."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    READ_ONLY = "read-only"
    UNKNOWN = "unknown"


class OciRepository(Door):
    """One repository of one registry: what is in it, and what is put there."""

    def digest(self, reference: str) -> str | None:
        """
        The digest that a tag (or a digest) names now, or nothing.

        Raises:
            Unanswered: the registry did not say.
        """
        reply = self._read(f"manifests/{_checked(reference)}", method="HEAD", accept=True)
        if reply.status == 404:
            return None
        self._refuse(reply, 200)
        said = reply.headers.get("Docker-Content-Digest", "")
        if _DIGEST.fullmatch(said):
            return said
        whole = self._read(f"manifests/{reference}", accept=True)
        self._refuse(whole, 200)
        return digest_of(whole.body)

    def manifest(self, digest: str) -> Manifest | None:
        """
        The manifest or index with this digest, or nothing.

        Raises:
            Conflict: the registry has other bytes under it.
            Unanswered: the registry did not say.
        """
        reply = self._read(f"manifests/{_digest(digest)}", accept=True)
        if reply.status == 404:
            return None
        self._refuse(reply, 200)
        found = Manifest(reply.body, reply.headers.get("Content-Type", "").partition(";")[0])
        if found.digest != digest:
            raise Conflict(f"{self} has bytes with {found.digest} under {digest}", expected="the bytes it is named by")
        return found

    def tags(self) -> tuple[str, ...]:
        """Every tag, sorted; empty if there is no such repository."""
        return tuple(sorted(self._tags()))

    def has(self, digest: str) -> bool:
        """Whether the repository has this blob."""
        reply = self._read(f"blobs/{_digest(digest)}", method="HEAD")
        if reply.status != 404:
            self._refuse(reply, 200)
        return reply.status == 200

    def blob(self, digest: str, cap: int) -> bytes:
        """
        The bytes of a small blob.

        Raises:
            Conflict: the registry has other bytes under this digest.
            Unanswered: it is not there, or larger than `cap` bytes.
        """
        url, budget = self.url(f"blobs/{_digest(digest)}"), Budget(Limits(cap, cap))
        reply = self.talk("pull", lambda door: door.ask(url, budget=budget))
        self._refuse(reply, 200)
        if digest_of(reply.body) != digest:
            raise Conflict(f"{self} has other bytes under {digest}", expected="the bytes it is named by")
        return reply.body

    def download(self, digest: str, to: Path, cap: int) -> None:
        """
        Fetch a blob into a file.

        Raises:
            Conflict: the registry has other bytes under this digest.
            Unanswered: it is not there, not whole, or larger than `cap` bytes.
        """
        self.has(digest)  # opens the door: a download has no 401 to learn from
        found = self._doors["pull"].download(self.url(f"blobs/{_digest(digest)}"), to, cap=cap)
        if f"sha256:{found}" != digest:
            raise Conflict(f"{self} has bytes with sha256:{found} under {digest}", expected="the bytes it is named by")

    def push(self) -> Push:
        """
        Whether we may push here, found out without a push: the next chunk of an upload that was never
        begun. A client that may push gets "no such upload"; any other is refused before that.
        """
        url = self.url(f"blobs/uploads/{_NOWHERE}")
        reply = self.talk("pull,push", lambda door: door.send("PATCH", url, headers=_BYTES, data=b"", repeatable=True))
        if reply.status == 404 or (reply.status == 400 and b"BLOB_UPLOAD" in reply.body):
            return Push.ALLOWED
        return {401: Push.REFUSED, 403: Push.REFUSED, 405: Push.READ_ONLY}.get(reply.status, Push.UNKNOWN)

    def put(self, reference: str, manifest: Manifest) -> str:
        """
        Let a tag name this manifest, or keep it under its own digest.

        Returns:
            The digest of its subject, where it has one and the registry notes that; else nothing.

        Raises:
            Conflict: the registry refuses it, for instance because it is read-only.
            Unanswered: no answer, or a refused credential.
        """
        url, headers = self.url(f"manifests/{_checked(reference)}"), {"Content-Type": manifest.media_type}
        reply = self.talk(
            "pull,push",
            lambda door: door.send("PUT", url, headers=headers, data=manifest.content, repeatable=True),
        )
        return http.expected(reply, (200, 201, 202), f"{self}: putting {reference}").headers.get("OCI-Subject", "")

    def untag(self, tag: str) -> bool:
        """Delete a tag and nothing else; no where the registry deletes no tags."""
        url = self.url(f"manifests/{_tag(tag)}")
        reply = self.talk("*", lambda door: door.send("DELETE", url, repeatable=True))
        return reply.status in (200, 202, 204, 404)

    def delete(self, digest: str) -> bool:
        """Delete a manifest by its digest; no where the registry does not let us."""
        url = self.url(f"manifests/{_digest(digest)}")
        reply = self.talk("*", lambda door: door.send("DELETE", url, repeatable=True))
        if reply.status in (400, 401, 403, 405, 501):
            return False
        http.expected(reply, (200, 202, 204, 404), f"{self}: deleting {digest}")
        return True

    def _tags(self) -> Iterator[str]:
        url, budget = self.url("tags/list"), Budget(_LIST)
        while url:
            reply = self.talk("pull", lambda door, page=url: door.ask(page, budget=budget))  # type: ignore[misc]
            if reply.status == 404:
                return
            self._refuse(reply, 200)
            if (tags := reply.node().get("tags")) is not None:
                yield from (tag.text() for tag in tags.items())
            following = re.search(r"<([^>]+)>", reply.headers.get("Link", ""))
            url = http.safely_joined(url, following[1], "continues its list at") if following else ""

    def _read(self, what: str, *, method: str = "GET", accept: bool = False) -> Reply:
        headers = _ACCEPT if accept else {}
        return self.talk("pull", lambda door: door.ask(self.url(what), method=method, headers=headers))

    def _refuse(self, reply: Reply, status: int) -> None:
        http.refused(reply, str(self), type_next=f"export {oci_login.USERNAME}=… {oci_login.PASSWORD}=…")
        if reply.status != status:
            raise Unanswered(f"{reply.url} answered {reply.status} {reply.said()}", expected=str(status))


def _checked(reference: str) -> str:
    if not (_TAG.fullmatch(reference) or _DIGEST.fullmatch(reference)):
        raise Usage(f"{reference!r} is neither a tag nor a digest", expected="a tag such as 1.2.0, or sha256:…")
    return reference


def _tag(tag: str) -> str:
    if not _TAG.fullmatch(tag):
        raise Usage(f"{tag!r} is not a tag", expected="a tag such as 1.2.0")
    return tag


def _digest(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise Conflict(f"{digest!r} is not a digest we can check", expected="sha256: and 64 hexadecimal digits")
    return digest
