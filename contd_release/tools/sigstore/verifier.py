"""
Signatures, verified by sigstore against a trust root: that of its public instance, or one of your own.

https://docs.sigstore.dev/cosign/verifying/verify/
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from contd_release.errors import NotReady, Unanswered
from contd_release.tools.sigstore.signer import ISSUER, LONGEST, Signer, signer_of


def is_here() -> bool:
    """Whether the extra `sign` is installed."""
    return find_spec("sigstore") is not None and find_spec("pypi_attestations") is not None


def verifier(root: Path | None) -> Any:
    """
    The verifier of one trust root.

    Args:
        root: the file with a trust root; the one of sigstore's public instance, if None.

    Raises:
        Unanswered: the public trust root cannot be fetched.
        NotReady: sigstore is not installed, or the file of the trust root cannot be used.
    """
    require_here()
    from sigstore.errors import Error
    from sigstore.models import TrustedRoot
    from sigstore.verify import Verifier

    try:
        return Verifier(trusted_root=TrustedRoot.from_file(str(root))) if root else Verifier.production()
    except (Error, ValueError, OSError) as error:
        if root is None:
            raise Unanswered(
                f"the trust root of sigstore's public instance cannot be fetched: {first_line(error)}",
                expected="the keys that signatures are verified with",
            ) from error
        raise NotReady(
            f"{root.name} is no trust root: {first_line(error)}",
            expected="the trusted_root.json of a sigstore instance",
            type_next="$EDITOR pyproject.toml   (trusted-root in [tool.contd-release.signatures])",
        ) from error


def require_here() -> None:
    """
    Stop where sigstore is missing.

    Raises:
        NotReady: it is not installed.
    """
    if not is_here():
        raise NotReady(
            "sigstore is not installed, so no signature can be made or verified",
            expected="the extra `sign`",
            type_next="pip install 'contd-release[sign]'",
        )


def signer(attestation: Any) -> Signer:
    """The signer that the certificate of an attestation names; an empty one where it cannot be read."""
    try:
        return signer_of(attestation.certificate_claims)
    except unreadable():
        return Signer("", "", "", "")


def problem(bundle: Callable[[], Any], verifier: Any) -> str:
    """Why the signature of a bundle does not lead to the trust root, or there is none; empty if it does."""
    from sigstore.verify.policy import OIDCIssuerV2

    try:
        kind, _ = verifier.verify_dsse(bundle(), OIDCIssuerV2(ISSUER))
    except unreadable() as error:
        return first_line(error)
    return "" if kind == "application/vnd.in-toto+json" else f"it signs {kind}"


def unreadable() -> tuple[type[Exception], ...]:
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


def first_line(error: BaseException) -> str:
    """What an error says, in a few words: libraries repeat what they could not read, however long it is."""
    return next(iter(str(error).splitlines()), "")[:LONGEST] or type(error).__name__
