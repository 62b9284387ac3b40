"""
Attestations in the sandbox's GitHub: signed statements about files, kept for the digest of each file.

https://docs.github.com/rest/repos/attestations
"""

from __future__ import annotations

import json
from base64 import b64decode

from werkzeug.wrappers import Response

from contd_release.sandbox.github.records import Attestation
from contd_release.sandbox.github.store import now
from contd_release.sandbox.github.wire import Asked, Refusal, Route, missing, reply


def _create(asked: Asked) -> Response:
    sent = asked.sent()
    asked.required(sent, "bundle")
    try:
        statement = json.loads(b64decode(sent["bundle"]["dsseEnvelope"]["payload"]))
        digests = tuple(f"sha256:{one['digest']['sha256']}" for one in statement["subject"])
        kind = str(statement["predicateType"])
    except (ValueError, KeyError, TypeError):
        raise Refusal(422, "Invalid bundle") from None
    number, bundle = asked.place.new_id(), json.dumps(sent["bundle"])
    new = Attestation(id=number, created_at=now(), login=asked.login, digests=digests, kind=kind, bundle=bundle)
    asked.place.shelf(Attestation).put(new)
    asked.effect(f"attestation {new.id}")
    return reply({"id": new.id}, 201)


def _list(asked: Asked) -> Response:
    digest, kind = asked.path["digest"], asked.request.args.get("predicate_type", "")
    listed = [one for one in asked.place.shelf(Attestation) if digest in one.digests and kind in ("", one.kind)]
    if not listed:
        raise missing()
    url = f"{asked.api}/attestations"
    shown = [
        {"bundle": json.loads(one.bundle), "repository_id": 1, "bundle_url": f"{url}/{one.id}", "initiator": "user"}
        for one in listed
    ]
    return reply({"attestations": shown[: asked.request.args.get("per_page", 30, type=int)]})


ROUTES = (
    Route("POST", "/attestations", _create, writes=True),
    Route("GET", "/attestations/<digest>", _list),
)
