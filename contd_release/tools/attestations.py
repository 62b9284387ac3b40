"""
Signatures of files on a package index (PEP 740), verified by sigstore.

https://peps.python.org/pep-0740/
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contd_release.errors import Unanswered
from contd_release.tools.http.node import Node, node
from contd_release.tools.sigstore import verifier as sigstore
from contd_release.tools.sigstore.signer import LONGEST, Signer


@dataclass(frozen=True)
class Publisher:
    """Who uploaded the file, as the index says it: the kind of service, repository, workflow and environment."""

    kind: str
    repository: str
    workflow: str
    environment: str

    def __str__(self) -> str:
        environment = f" in environment {self.environment}" if self.environment else ""
        return f"{self.kind} {self.repository} {self.workflow}{environment}"[:LONGEST]


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
    verifier = sigstore.verifier(root)
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
            f"{found.who} answered with an attestation that cannot be read: {sigstore.first_line(error)}",
            expected="an attestation as PEP 740 describes it",
        ) from error
    statement = node(attestation.envelope.statement, f"the statement of {found.where}")
    subjects = tuple(statement.at("subject").items())
    subject = subjects[0] if len(subjects) == 1 else None
    several = "" if subject else f"it is about {len(subjects)} files"
    return Attested(
        publisher,
        sigstore.signer(attestation),
        subject.text_of("name") if subject else "",
        subject.at("digest").text_of("sha256") if subject else "",
        statement.text_of("predicateType") == AttestationType.PYPI_PUBLISH_V1.value,
        sigstore.problem(attestation.to_bundle, verifier) or several,
    )
