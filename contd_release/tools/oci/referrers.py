"""
Referrers: manifests that say something about another one, such as its signature.

A registry lists them, or has no such list; then clients keep one themselves, under a tag made of the digest.
https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contd_release.errors import Unanswered
from contd_release.tools import http
from contd_release.tools.http import MEBIBYTE, Budget, Limits, Node
from contd_release.tools.oci import upload
from contd_release.tools.oci.manifest import INDEX, MANIFEST, Descriptor, Manifest, digest_of
from contd_release.tools.oci.repository import OciRepository
from contd_release.tools.oci.upload import Bytes

_EMPTY: Final = b"{}"
_EMPTY_TYPE: Final = "application/vnd.oci.empty.v1+json"
_TAG: Final = re.compile(r"sha256-[0-9a-f]{64}")
# As go-containerregistry takes them, which cosign asks with.
_NO_LIST: Final = (400, 404, 405, 406)
_LIST: Final = Limits(size=4 * MEBIBYTE, total=8 * MEBIBYTE, pages=20)


@dataclass(frozen=True)
class Referrer:
    """
    One entry of a list of referrers.

    Args:
        kind: its artifact type.
    """

    digest: str
    kind: str
    annotations: Mapping[str, str]


@dataclass(frozen=True)
class Attachment:
    """Bytes to attach to a manifest, of an artifact type, with the annotations that a list of referrers shows."""

    content: bytes
    kind: str
    annotations: Mapping[str, str]


def is_list(tag: str) -> bool:
    """Whether a tag is a list of referrers that clients keep."""
    return bool(_TAG.fullmatch(tag))


def referrers(there: OciRepository, digest: str, kind: str) -> tuple[Referrer, ...]:
    """
    What is attached to a manifest, of one artifact type.

    Raises:
        Unanswered: the registry did not say.
    """
    found = _listed(there, digest)
    if found is None:
        found = [_referrer(one) for one in _kept(there, digest)]
    return tuple(one for one in found if one.kind == kind)


def content(there: OciRepository, referrer: Referrer, cap: int) -> bytes | None:
    """
    The bytes that are attached; None where the registry lists them and does not have them yet.

    Raises:
        Conflict: it has other bytes under their digest.
        Unanswered: the registry did not say, or it has more than `cap` bytes.
    """
    found = layer(there, referrer)
    return there.blob(found, cap) if found and there.has(found) else None


def layer(there: OciRepository, referrer: Referrer) -> str | None:
    """The digest of the bytes that are attached; None where the registry does not have their manifest yet."""
    manifest = there.manifest(referrer.digest)
    layers = manifest.layers if manifest else ()
    return layers[0].digest if len(layers) == 1 else None


def attach(there: OciRepository, subject: Manifest, attachment: Attachment) -> None:
    """
    Attach bytes to a manifest: their blob, a manifest that names it, and an entry in the list of referrers.

    Raises:
        Conflict: the registry refuses it.
        Unanswered: it is not known whether it arrived.
    """
    for content in (_EMPTY, attachment.content):
        upload.upload(there, Bytes(content))
    manifest = _manifest(subject.descriptor, attachment)
    # A registry that notes the subject says so, and keeps the list; any other leaves it to the client.
    # https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
    if there.put(manifest.digest, manifest) != subject.digest:
        entry = {**_spelled(manifest.descriptor), "artifactType": attachment.kind}
        entry |= {"annotations": dict(attachment.annotations)} if attachment.annotations else {}
        others = [one.value for one in _kept(there, subject.digest) if one.text_of("digest") != manifest.digest]
        listed = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [*others, entry]}
        there.put(_tag(subject.digest), Manifest(json.dumps(listed).encode(), INDEX))


def _manifest(subject: Descriptor, attachment: Attachment) -> Manifest:
    """https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage"""
    config = Descriptor(_EMPTY_TYPE, digest_of(_EMPTY), len(_EMPTY))
    layer = Descriptor(attachment.kind, digest_of(attachment.content), len(attachment.content))
    said = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": attachment.kind,
        "config": _spelled(config),
        "layers": [_spelled(layer)],
        "subject": _spelled(subject),
    }
    said |= {"annotations": dict(attachment.annotations)} if attachment.annotations else {}
    return Manifest(json.dumps(said, separators=(",", ":")).encode(), MANIFEST)


def _listed(there: OciRepository, digest: str) -> list[Referrer] | None:
    """The registry's own list, page by page; None if it has none."""
    url, budget, found = there.url(f"referrers/{digest}"), Budget(_LIST), list[Referrer]()
    while url:
        reply = there.talk("pull", lambda door, page=url: door.ask(page, budget=budget))  # type: ignore[misc]
        if reply.status in _NO_LIST and not found:
            return None
        http.refused(reply, str(there))
        if reply.status != 200:
            raise Unanswered(f"{reply.url} answered {reply.status} {reply.said()}", expected="a list of referrers")
        found += [_referrer(one) for one in reply.node().at("manifests").items()]
        following = re.search(r"<([^>]+)>", reply.headers.get("Link", ""))
        url = http.safely_joined(url, following[1], "continues its list at") if following else ""
    return found


def _kept(there: OciRepository, digest: str) -> tuple[Node, ...]:
    """The entries of the list that clients keep."""
    named = there.digest(_tag(digest))
    manifest = there.manifest(named) if named else None
    return tuple(manifest.node().at("manifests").items()) if manifest else ()


def _referrer(found: Node) -> Referrer:
    annotations = found.get("annotations")
    said = {name: one.text() for name, one in annotations.entries()} if annotations else {}
    return Referrer(found.at("digest").text(), found.text_of("artifactType"), said)


def _spelled(one: Descriptor) -> dict[str, object]:
    return {"mediaType": one.media_type, "digest": one.digest, "size": one.size}


def _tag(digest: str) -> str:
    return digest.replace(":", "-", 1)
