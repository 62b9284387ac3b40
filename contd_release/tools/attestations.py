"""
Signatures of files on a package index (PEP 740), verified by sigstore.

https://peps.python.org/pep-0740/ and https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from contd_release.errors import NotReady, Unanswered
from contd_release.tools.http.node import Node, node

ISSUER: Final = "https://token.actions.githubusercontent.com"
_FULCIO: Final = "1.3.6.1.4.1.57264.1."
_LONGEST: Final = 200
_CONFIG: Final = re.compile(r"https://github\.com/([^/]+/[^/]+)/\.github/workflows/([^/@]+)@(.+)")


@dataclass(frozen=True)
class Signer:
    """
    Who signed, as a certificate says it.

    Args:
        repository: `OWNER/NAME` on GitHub; the whole address elsewhere.
        workflow: its file in `.github/workflows`.
        issuer: the service that vouched for the workflow.
    """

    repository: str
    workflow: str
    commit: str
    issuer: str = ISSUER

    def __str__(self) -> str:
        where = "" if self.issuer == ISSUER else f", by {self.issuer or 'no issuer'}"
        what = f"{self.workflow or 'no workflow'} of {self.repository or 'no repository'}"
        return f"{what[:_LONGEST]} at {self.commit[:12]}{where[:_LONGEST]}"


@dataclass(frozen=True)
class Publisher:
    """Who uploaded the file, as the index says it: the kind of service, repository, workflow and environment."""

    kind: str
    repository: str
    workflow: str
    environment: str

    def __str__(self) -> str:
        environment = f" in environment {self.environment}" if self.environment else ""
        return f"{self.kind} {self.repository} {self.workflow}{environment}"[:_LONGEST]


@dataclass(frozen=True)
class Attested:
    """
    One attestation.

    Args:
        subject: the name of the file that it is about.
        sha256: the digest of that file.
        is_of_upload: whether it was made when the file was uploaded; others say how it was built.
        problem: why its signature does not hold; empty if it does.
    """

    publisher: Publisher
    signer: Signer
    subject: str
    sha256: str
    is_of_upload: bool
    problem: str


def is_here() -> bool:
    """Whether the extra `sign` is installed."""
    return find_spec("sigstore") is not None and find_spec("pypi_attestations") is not None


def read(provenance: bytes, root: Path | None, who: str) -> tuple[Attested, ...]:
    """
    The attestations of a provenance object, each with its signature verified.

    Args:
        root: the file with a trust root; the one of sigstore's public instance, if None.
        who: the place that gave the object, for errors.

    Raises:
        Unanswered: the object has another shape, or the public trust root cannot be fetched.
        NotReady: sigstore is not installed, or the file of the trust root cannot be used.
    """
    bundles = tuple(node(provenance, who).at("attestation_bundles").items())
    verifier = _verifier(root)
    published = [(_publisher(one.at("publisher")), one.at("attestations")) for one in bundles]
    return tuple(_attested(one, publisher, verifier) for publisher, listed in published for one in listed.items())


def _publisher(found: Node) -> Publisher:
    fields = (found.text_of(name) for name in ("kind", "repository", "workflow", "environment"))
    return Publisher(*fields)


def _attested(found: Node, publisher: Publisher, verifier: Any) -> Attested:
    from pypi_attestations import Attestation, AttestationType

    try:
        attestation = Attestation.model_validate(found.value)
    except ValueError as error:
        raise Unanswered(
            f"{found.who} answered with an attestation that cannot be read: {_first_line(error)}",
            expected="an attestation as PEP 740 describes it",
        ) from error
    statement = node(attestation.envelope.statement, f"the statement of {found.where}")
    subjects = tuple(statement.at("subject").items())
    subject = subjects[0] if len(subjects) == 1 else None
    problem = _problem(attestation, verifier) or ("" if subject else f"it is about {len(subjects)} files")
    return Attested(
        publisher,
        _signer(attestation),
        subject.text_of("name") if subject else "",
        subject.at("digest").text_of("sha256") if subject else "",
        statement.text_of("predicateType") == AttestationType.PYPI_PUBLISH_V1.value,
        problem,
    )


def _signer(attestation: Any) -> Signer:
    try:
        found: Mapping[str, str] = attestation.certificate_claims
    except _unreadable():
        return Signer("", "", "", "")
    claims = {key.removeprefix(_FULCIO): value for key, value in found.items()}
    config = _CONFIG.fullmatch(claims.get("18", ""))
    repository = claims.get("12", "").removeprefix("https://github.com/")
    # The file of the workflow and the code that it builds are of one repository, unless somebody else's file signed.
    workflow = f"{config[2]}" if config and config[1] == repository else claims.get("18", "")
    return Signer(repository, workflow, claims.get("13", ""), claims.get("8", ""))


def _problem(attestation: Any, verifier: Any) -> str:
    """Why the signature does not lead to the trust root; empty if it does."""
    from sigstore.verify.policy import OIDCIssuerV2

    try:
        kind, _ = verifier.verify_dsse(attestation.to_bundle(), OIDCIssuerV2(ISSUER))
    except _unreadable() as error:
        return _first_line(error)
    return "" if kind == "application/vnd.in-toto+json" else f"it signs {kind}"


def _unreadable() -> tuple[type[Exception], ...]:
    """What sigstore and the libraries below it raise for signatures that do not hold, and for bytes that are none."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from pyasn1.error import PyAsn1Error
    from sigstore.errors import Error

    of_certificates = (x509.DuplicateExtension, x509.ExtensionNotFound, x509.InvalidVersion)
    of_names = (x509.AttributeNotFound, x509.UnsupportedGeneralNameType)
    of_signatures = (InvalidSignature, UnsupportedAlgorithm)
    of_values = (ValueError, TypeError, AttributeError, PyAsn1Error)
    return (Error, *of_certificates, *of_names, *of_signatures, *of_values)


def _verifier(root: Path | None) -> Any:
    if not is_here():
        raise NotReady(
            "sigstore is not installed, so no signature can be verified",
            expected="the extra `sign`",
            type_next="pip install 'contd-release[sign]'",
        )
    from sigstore.errors import Error
    from sigstore.models import TrustedRoot
    from sigstore.verify import Verifier

    try:
        return Verifier(trusted_root=TrustedRoot.from_file(str(root))) if root else Verifier.production()
    except (Error, ValueError, OSError) as error:
        if root is None:
            raise Unanswered(
                f"the trust root of sigstore's public instance cannot be fetched: {_first_line(error)}",
                expected="the keys that signatures are verified with",
            ) from error
        raise NotReady(
            f"{root.name} is no trust root: {_first_line(error)}",
            expected="the trusted_root.json of a sigstore instance",
            type_next="$EDITOR pyproject.toml   (trusted-root in [tool.contd-release.signatures])",
        ) from error


def _first_line(error: BaseException) -> str:
    """What an error says, in a few words: libraries repeat what they could not read, however long it is."""
    return next(iter(str(error).splitlines()), "")[:_LONGEST] or type(error).__name__
