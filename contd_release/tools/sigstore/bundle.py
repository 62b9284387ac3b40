"""
Bundles: a signed statement about something that has a digest, with all that is needed to verify it.

https://docs.sigstore.dev/about/bundle/ and https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from contd_release.errors import Unanswered
from contd_release.tools.http.node import node
from contd_release.tools.sigstore import verifier as sigstore
from contd_release.tools.sigstore.signer import Signer

BUNDLE: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"


@dataclass(frozen=True)
class Signed:
    """
    A signed statement.

    Args:
        predicate_type: what kind of statement it is.
        digests: the `sha256:…` of all that it is about.
        problem: why its signature does not hold; empty if it does.
    """

    signer: Signer
    predicate_type: str
    digests: tuple[str, ...]
    problem: str


def read(content: bytes | str, verifier: Any, who: str) -> Signed:
    """
    The statement of a bundle, with its signature verified; a bundle that cannot be read has a problem.

    Args:
        verifier: as `contd_release.tools.sigstore.verifier` makes it.
        who: the place that gave the bundle, for errors.
    """
    from pypi_attestations import Attestation
    from sigstore.models import Bundle

    try:
        bundle = Bundle.from_json(content)
        attestation = Attestation.from_bundle(bundle)
    except sigstore.unreadable() as error:
        return Signed(Signer("", "", "", ""), "", (), f"it is no bundle with a statement: {sigstore.first_line(error)}")
    problem, signer = sigstore.problem(lambda: bundle, verifier), sigstore.signer(attestation)
    try:
        statement = node(attestation.envelope.statement, f"the statement of {who}")
        digests = tuple(f"sha256:{one.at('digest').text_of('sha256')}" for one in statement.at("subject").items())
        return Signed(signer, statement.text_of("predicateType"), digests, problem)
    except Unanswered as error:
        return Signed(signer, "", (), problem or error.what_is)
