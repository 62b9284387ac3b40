"""How the sandbox's registry says no."""

from __future__ import annotations

import json

from werkzeug.wrappers import Response

from contd_release.sandbox.registry.blobs import DIGEST
from contd_release.sandbox.registry.manifests import TAG


class RegistryRefusal(Exception):
    """An answer in the specification's words."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}

    def response(self) -> Response:
        """https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes"""
        body = json.dumps({"errors": [{"code": self.code, "message": self.message, "detail": {}}]})
        return Response(body, self.status, self.headers, mimetype="application/json")


def checked(digest: str) -> str:
    """The digest, if it is one that we know to compute."""
    if not DIGEST.fullmatch(digest):
        raise RegistryRefusal(400, "DIGEST_INVALID", f"{digest[:80]!r} is not a sha256 digest")
    return digest


def reference(text: str) -> str:
    """The tag or digest, if it is one."""
    if not TAG.fullmatch(text):
        checked(text)
    return text
