"""
The servers of a sigstore instance of our own, and GitHub's service for identity tokens: they sign for one workflow.

They answer `/token` (GitHub), `/api/v2/signingCert` (Fulcio) and `/api/v1/log/entries` (Rekor).
"""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from local_server import listening
from sigstore_root import SigstoreRoot, Workflow

_SINCE = "2020-01-01T00:00:00Z"


@dataclass
class SigstoreServer:
    """
    The instance.

    Args:
        workflow: the workflow that every token names.
        seen: the paths of all requests.
        refuses: whether the authority refuses to sign.
    """

    root: SigstoreRoot
    workflow: Workflow
    url: str = ""
    seen: list[str] = field(default_factory=list)
    refuses: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """What a job with the permission `id-token: write` has in its environment."""
        token = {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-this-job", "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/token"}
        return {"GITHUB_ACTIONS": "true", **token}

    def write(self, folder: Path) -> None:
        """Write `root.json` and `signing.json`, as clients read them."""
        self.root.write(folder / "root.json")
        service = [{"url": self.url, "majorApiVersion": 1, "validFor": {"start": _SINCE}, "operator": "tests"}]
        said = {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": service,
            "rekorTlogUrls": service,
            "oidcUrls": [],
            "tsaUrls": [],
            "tsaConfig": {"selector": "ANY"},
            "rekorTlogConfig": {"selector": "ANY"},
        }
        (folder / "signing.json").write_text(json.dumps(said), encoding="utf-8")

    def token(self) -> str:
        """A token of the workflow, whose signature only the real authority would read."""
        now = datetime.now(UTC)
        claims = {
            "iss": self.workflow.issuer,
            "aud": "sigstore",
            "sub": f"repo:{self.workflow.repository}:ref:{self.workflow.ref}",
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "repository": self.workflow.repository,
            "sha": self.workflow.commit,
            "workflow_ref": self.workflow.uri.removeprefix("https://github.com/"),
            "job_workflow_ref": self.workflow.uri.removeprefix("https://github.com/"),
        }
        parts = ({"alg": "RS256", "typ": "JWT"}, claims)
        return ".".join([*(_urlsafe(json.dumps(one).encode()) for one in parts), _urlsafe(b"signature")])

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """The status and the answer of one request."""
        self.seen.append(path)
        if path.startswith("/token"):
            return 200, {"value": self.token()}
        asked = json.loads(body)
        if path == "/api/v2/signingCert" and self.refuses:
            return 400, {"message": "there was an error processing the identity token"}
        if path == "/api/v2/signingCert":
            return 200, self._certificate(b64decode(asked["certificateSigningRequest"]))
        if path == "/api/v1/log/entries":
            return 201, self._entry(asked["spec"]["proposedContent"])
        return 404, {}

    def _certificate(self, request: bytes) -> dict[str, Any]:
        key: Any = x509.load_pem_x509_csr(request).public_key()
        chain = (self.root.issued(key, self.workflow), self.root.certificate)
        found = [one.public_bytes(Encoding.PEM).decode() for one in chain]
        return {"signedCertificateEmbeddedSct": {"chain": {"certificates": found}}}

    def _entry(self, proposed: dict[str, Any]) -> dict[str, Any]:
        envelope = json.loads(proposed["envelope"])
        certificate = x509.load_pem_x509_certificate(b64decode(proposed["verifiers"][0]))
        signature = b64decode(envelope["signatures"][0]["sig"])
        found: Any = self.root.entry(certificate, b64decode(envelope["payload"]), signature)
        proof = found["inclusionProof"]
        verification = {
            "inclusionProof": {
                "logIndex": int(proof["logIndex"]),
                "rootHash": b64decode(proof["rootHash"]).hex(),
                "treeSize": int(proof["treeSize"]),
                "hashes": [],
                "checkpoint": proof["checkpoint"]["envelope"],
            },
            "signedEntryTimestamp": found["inclusionPromise"]["signedEntryTimestamp"],
        }
        entry = {
            "body": found["canonicalizedBody"],
            "integratedTime": int(found["integratedTime"]),
            "logID": b64decode(found["logId"]["keyId"]).hex(),
            "logIndex": int(found["logIndex"]),
            "verification": verification,
        }
        return {"0" * 64: entry}


@contextmanager
def serving(workflow: Workflow) -> Iterator[SigstoreServer]:
    """An instance that signs for a workflow now."""
    root = SigstoreRoot(timedelta(0), began=datetime.now(UTC).replace(microsecond=0))
    found = SigstoreServer(root, workflow)
    with listening(_handler(found)) as port:
        found.url = f"http://127.0.0.1:{port}"
        yield found


def _handler(instance: SigstoreServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answer as the instance says."""

        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def do_GET(self) -> None:
            """Answer a question."""
            self._say(b"")

        def do_POST(self) -> None:
            """Answer a request to sign or to keep something."""
            self._say(self.rfile.read(int(self.headers["Content-Length"])))

        def _say(self, body: bytes) -> None:
            status, said = instance.answer(self.path, body)
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler


def _urlsafe(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
