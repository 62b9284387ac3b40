"""
Manifests, indexes, tags and referrers over HTTP.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

import json
from typing import Final

from werkzeug.wrappers import Request, Response

from contd_release.sandbox import ledger
from contd_release.sandbox.registry.blobs import DIGEST, Blobs
from contd_release.sandbox.registry.manifests import Manifest, Manifests
from contd_release.sandbox.registry.refusal import RegistryRefusal, checked, reference

INDEX: Final = "application/vnd.oci.image.index.v1+json"
_LARGEST: Final = 4 << 20


class Catalogue:
    """What the repositories of one registry offer under which names."""

    def __init__(self, manifests: Manifests, blobs: Blobs) -> None:
        self._manifests = manifests
        self._blobs = blobs

    def tags(self, request: Request, name: str) -> Response:
        """The tags, sorted, in pages of `n`."""
        tags = self._manifests.tags(name)
        if tags is None:
            raise RegistryRefusal(404, "NAME_UNKNOWN", "repository name not known to registry")
        last, wanted = request.args.get("last", ""), request.args.get("n", len(tags), type=int)
        rest = [tag for tag in tags if tag > last]
        response = Response(json.dumps({"name": name, "tags": rest[:wanted]}), mimetype="application/json")
        if 0 < wanted < len(rest):
            response.headers["Link"] = f'</v2/{name}/tags/list?n={wanted}&last={rest[wanted - 1]}>; rel="next"'
        return response

    def referrers(self, request: Request, name: str, digest: str) -> Response:
        """What says something about this manifest: signatures, SBOMs, attestations."""
        checked(digest)
        found = [one.descriptor for one in self._manifests.referrers(name, digest)]
        kind = request.args.get("artifactType")
        found = [one for one in found if not kind or one.get("artifactType") == kind]
        body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": found})
        return Response(body, headers={"OCI-Filters-Applied": "artifactType"} if kind else {}, content_type=INDEX)

    def manifest(self, request: Request, name: str, word: str) -> Response:
        """The bytes as they were put, under their own media type."""
        found = self._manifests.get(name, reference(word))
        # docker-registry answers like this too: a client that does not name the media type does not see the manifest.
        if found is None or not (
            request.accept_mimetypes.best_match([found.media_type]) or not request.accept_mimetypes
        ):
            raise RegistryRefusal(404, "MANIFEST_UNKNOWN", f"{word} is not known")
        headers = {"Docker-Content-Digest": found.digest, "ETag": f'"{found.digest}"'}
        return Response(found.content, headers=headers, content_type=found.media_type)

    def put_manifest(self, request: Request, name: str, word: str) -> Response:
        """Keep a manifest, once everything it is made of is here."""
        manifest = Manifest(request.stream.read(_LARGEST + 1), request.headers.get("Content-Type", ""))
        if len(manifest.content) > _LARGEST:
            raise RegistryRefusal(413, "SIZE_INVALID", f"a manifest has at most {_LARGEST} bytes")
        if wrong := manifest.wrong():
            raise RegistryRefusal(400, "MANIFEST_INVALID", wrong)
        by_digest = bool(DIGEST.fullmatch(reference(word)))
        if by_digest and word != manifest.digest:
            raise RegistryRefusal(400, "DIGEST_INVALID", f"the manifest has {manifest.digest}")
        self._refuse_dangling(name, manifest)
        if self._manifests.put(name, manifest):
            ledger.effect(request.environ, f"manifest {name}@{manifest.digest}")
        if not by_digest and (before := self._manifests.tag(name, word, manifest.digest)) != manifest.digest:
            # A tag that moves is no second publication, and neither is one that is led back.
            moved = f"moved {name}:{word} from {before} to {manifest.digest}"
            ledger.effect(request.environ, moved if before else f"tag {name}:{word}")
        headers = {"Location": f"/v2/{name}/manifests/{manifest.digest}", "Docker-Content-Digest": manifest.digest}
        return Response(status=201, headers=headers | ({"OCI-Subject": manifest.subject} if manifest.subject else {}))

    def _refuse_dangling(self, name: str, manifest: Manifest) -> None:
        for digest, is_manifest in manifest.references():
            there = self._manifests.get(name, digest) if is_manifest else self._blobs.path(name, digest)
            if there is None:
                raise RegistryRefusal(404, "MANIFEST_BLOB_UNKNOWN", f"{digest} is not in {name}")

    def delete_manifest(self, request: Request, name: str, word: str) -> Response:
        """Forget a manifest, named by its digest, and with it the tags that name it."""
        if not DIGEST.fullmatch(reference(word)):
            raise RegistryRefusal(405, "UNSUPPORTED", "manifests are deleted by digest")
        if not self._manifests.remove(name, word):
            raise RegistryRefusal(404, "MANIFEST_UNKNOWN", f"{word} is not known")
        ledger.effect(request.environ, f"deleted {name}@{word}")
        return Response(status=202)
