"""
Blobs over HTTP: whole, in ranges, in chunks that can be resumed, and mounted from another repository.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from contd_release.sandbox import ledger
from contd_release.sandbox.registry.blobs import Blobs, Mismatch
from contd_release.sandbox.registry.refusal import RegistryRefusal, checked


class Transfers:
    """What goes up and down."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def delete_blob(self, request: Request, name: str, digest: str) -> Response:
        """Forget a blob."""
        if not self._blobs.remove(name, checked(digest)):
            raise RegistryRefusal(404, "BLOB_UNKNOWN", f"{digest} is not known")
        ledger.effect(request.environ, f"deleted {name}@{digest}")
        return Response(status=202)

    def blob(self, request: Request, name: str, digest: str) -> Response:
        """The bytes, whole or the range that was asked for."""
        path = self._blobs.path(name, checked(digest))
        if path is None:
            raise RegistryRefusal(404, "BLOB_UNKNOWN", f"{digest} is not in {name}")
        response = send_file(
            path, request.environ, mimetype="application/octet-stream", conditional=True, etag=digest, max_age=31536000
        )
        response.headers["Docker-Content-Digest"] = digest
        return response

    def begin(self, request: Request, name: str) -> Response:
        """Begin an upload, or spare it: mounted from elsewhere, or sent whole at once."""
        mount, source = request.args.get("mount", ""), request.args.get("from", "")
        if mount and self._blobs.mount(name, checked(mount), source or name):
            ledger.effect(request.environ, f"blob {name}@{mount}")
            return _created(name, mount)
        upload = self._blobs.begin(name)
        if digest := request.args.get("digest"):
            self._blobs.append(name, upload, request.stream)
            return self._finish(request, name, upload, digest)
        return self._progress(name, upload, 202)

    def upload(self, _: Request, name: str, upload: str) -> Response:
        """How far an upload has come."""
        return self._progress(name, upload, 204)

    def append(self, request: Request, name: str, upload: str) -> Response:
        """The next chunk of an upload."""
        self._take(request, name, upload)
        return self._progress(name, upload, 202)

    def put_blob(self, request: Request, name: str, upload: str) -> Response:
        """The last chunk, or nothing more: the upload becomes a blob."""
        self._take(request, name, upload)
        return self._finish(request, name, upload, request.args.get("digest", ""))

    def cancel(self, _: Request, name: str, upload: str) -> Response:
        """Forget an upload."""
        self._received(name, upload)
        self._blobs.cancel(name, upload)
        return Response(status=204)

    def _take(self, request: Request, name: str, upload: str) -> None:
        """Add what was sent, if it begins where the last chunk ended."""
        here = self._received(name, upload)
        said = request.headers.get("Content-Range", f"{here}-").removeprefix("bytes ")
        if said.partition("-")[0] != str(here):
            raise RegistryRefusal(416, "RANGE_INVALID", f"the next byte is {here}", self._where(name, upload, here))
        self._blobs.append(name, upload, request.stream)

    def _finish(self, request: Request, name: str, upload: str, digest: str) -> Response:
        try:
            if self._blobs.finish(name, upload, checked(digest)):
                ledger.effect(request.environ, f"blob {name}@{digest}")
        except Mismatch:
            raise RegistryRefusal(400, "DIGEST_INVALID", "the bytes have another digest") from None
        return _created(name, digest)

    def _progress(self, name: str, upload: str, status: int) -> Response:
        return Response(status=status, headers=self._where(name, upload, self._received(name, upload)))

    def _received(self, name: str, upload: str) -> int:
        here = self._blobs.received(name, upload)
        if here is None:
            raise RegistryRefusal(404, "BLOB_UPLOAD_UNKNOWN", "there is no such upload")
        return here

    @staticmethod
    def _where(name: str, upload: str, here: int) -> dict[str, str]:
        return {
            "Location": f"/v2/{name}/blobs/uploads/{upload}",
            "Range": f"0-{max(here - 1, 0)}",
            "Docker-Upload-UUID": upload,
        }


def _created(name: str, digest: str) -> Response:
    return Response(status=201, headers={"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest})
