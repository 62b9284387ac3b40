"""
Signatures without a key: sigstore's authority signs for the workflow that runs, and its log keeps the signature.

https://docs.sigstore.dev/certificate_authority/overview/ and
https://docs.github.com/actions/concepts/security/openid-connect
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.errors import NotReady, Unanswered
from contd_release.process.command import Command
from contd_release.process.redaction import MASK, Secret
from contd_release.tools.sigstore import verifier as sigstore
from contd_release.tools.sigstore.signer import Signer

# What `cosign sign` states of an image, and `cosign verify` looks for.
# https://github.com/sigstore/cosign/blob/main/cmd/cosign/cli/sign/sign.go (signDigestBundle)
SIGNATURE: Final = "https://sigstore.dev/cosign/sign/v1"
_STATEMENT: Final = "https://in-toto.io/Statement/v1"
_GIVEN: Final = ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL")
# The line of a traceback that says what was raised.
_RAISED: Final = re.compile(r"^[\w.]+: .+$", re.MULTILINE)
_TIMEOUT: Final = 120
# Not imported: sigstore is an extra, and waits without a limit.
_PROGRAM: Final = Path(__file__).with_name("program.py")


@dataclass(frozen=True)
class Identity:
    """The workflow that runs, and the token with which it proves that to sigstore."""

    signer: Signer
    token: Secret


@dataclass(frozen=True)
class Instance:
    """The files of a sigstore instance of your own; both None for the public one."""

    trusted_root: Path | None = None
    signing_config: Path | None = None


def identity() -> Identity:
    """
    The identity of this run, as sigstore finds it in the environment.

    Raises:
        NotReady: there is none here, or sigstore is not installed.
        Unanswered: the service that gives it did not answer.
    """
    sigstore.require_here()
    from sigstore.oidc import IdentityError, detect_credential

    try:
        token = detect_credential()
    except IdentityError as error:
        if all(os.environ.get(name) for name in _GIVEN):
            raise Unanswered(
                f"there is no identity to sign with: {sigstore.first_line(error)}", expected="an identity token"
            ) from error
        raise _nothing_to_sign_with("this job has no permission `id-token: write`") from error
    if token is None:
        raise _nothing_to_sign_with("this is no job of a workflow")
    return Identity(_signer(token), Secret(token))


def signed(subjects: Mapping[str, str], predicate_type: str, by: Identity, instance: Instance) -> bytes:
    """
    A bundle with a signed statement about these subjects.

    Args:
        subjects: their names, each with its `sha256:…`.

    Raises:
        Unanswered: sigstore's authority or its log did not take it.
    """
    subject = [{"name": name, "digest": {"sha256": one.removeprefix("sha256:")}} for name, one in subjects.items()]
    statement = {"_type": _STATEMENT, "subject": subject, "predicateType": predicate_type, "predicate": {}}
    asked = {
        "statement": json.dumps(statement),
        "token": by.token.reveal(),
        "trusted_root": str(instance.trusted_root or ""),
        "signing_config": str(instance.signing_config or ""),
    }
    command = (sys.executable, "-P", str(_PROGRAM))
    answer = Command(command, stdin=Secret(json.dumps(asked)), timeout=_TIMEOUT).ask()
    if answer.code or not answer.raw.startswith(b"{"):
        said = _RAISED.findall(answer.err.replace(by.token.reveal(), MASK)) or ["it ended without a signature"]
        raise Unanswered(f"sigstore did not sign: {said[-1][:300]}", expected="a signature")
    return answer.raw


def _nothing_to_sign_with(why: str) -> NotReady:
    return NotReady(
        f"there is no identity to sign with: {why}",
        expected="a job of a workflow on GitHub with the permission `id-token: write`",
        type_next="$EDITOR pyproject.toml   (remove [tool.contd-release.signatures], or release by the workflow)",
    )


def _signer(token: str) -> Signer:
    """The workflow that a token names; only sigstore's authority verifies it."""
    import jwt

    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise Unanswered(f"the identity token cannot be read: {error}", expected="a JSON Web Token") from error
    path = str(claims.get("workflow_ref", "")).partition("@")[0]
    return Signer(
        str(claims.get("repository", "")), path.rpartition("/")[2], str(claims.get("sha", "")), str(claims.get("iss"))
    )
