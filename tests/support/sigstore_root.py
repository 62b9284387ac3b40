"""
A sigstore instance of our own: a certificate authority, a certificate log and a transparency log with keys of this run.

What it signs has the shape that the public instance gives: Fulcio's extensions in the certificate, an embedded signed
certificate timestamp (RFC 6962), and an entry of Rekor v1 with its inclusion promise and checkpoint.
https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
"""

from __future__ import annotations

import hashlib
import json
import struct
from base64 import b64encode
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pypi_attestations import Attestation, AttestationType

PUBLISH: Final[str] = AttestationType.PYPI_PUBLISH_V1.value
_TIMESTAMPS: Final = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_PAYLOAD: Final = "application/vnd.in-toto+json"


@dataclass(frozen=True)
class Workflow:
    """The run of a workflow that signs."""

    repository: str = "ada/contd"
    file: str = "release.yml"
    commit: str = "1" * 40
    ref: str = "refs/tags/v0.2.0"
    issuer: str = "https://token.actions.githubusercontent.com"

    @property
    def uri(self) -> str:
        """The address of its file at the ref."""
        return f"https://github.com/{self.repository}/.github/workflows/{self.file}@{self.ref}"

    def claims(self) -> dict[int, str]:
        """The last number of Fulcio's object identifiers, and the value."""
        return {
            8: self.issuer,
            9: self.uri,
            12: f"https://github.com/{self.repository}",
            13: self.commit,
            14: self.ref,
            18: self.uri,
        }


@dataclass(frozen=True)
class Statement:
    """The in-toto statement that is signed."""

    name: str
    sha256: str
    predicate: str = PUBLISH

    def text(self) -> bytes:
        """Its bytes."""
        subject = [{"name": self.name, "digest": {"sha256": self.sha256}}]
        kind = {"_type": "https://in-toto.io/Statement/v1", "predicateType": self.predicate, "predicate": None}
        return json.dumps({**kind, "subject": subject}).encode()


@dataclass(frozen=True)
class SigstoreRoot:
    """
    The instance.

    Args:
        late: how long after the certificate was made the log takes the entry in; the certificate holds ten minutes.
    """

    late: timedelta = timedelta(seconds=5)
    authority: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    log: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    began: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))

    def slow(self, late: timedelta) -> SigstoreRoot:
        """The same instance, whose log takes entries in later."""
        return replace(self, late=late)

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The authority's own certificate."""
        name = _named("root of this run")
        return (
            x509.CertificateBuilder(name, name, self.authority.public_key(), 1)
            .not_valid_before(self.began - timedelta(days=1))
            .not_valid_after(self.began + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.authority.public_key()), critical=False)
            .sign(self.authority, SHA256())
        )

    def write(self, path: Path) -> Path:
        """Write the trust root as clients read it."""
        since = {"start": (self.began - timedelta(days=1)).isoformat().replace("+00:00", "Z")}
        key = {"rawBytes": _b64(_public(self.log)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": since}
        log = {
            "baseUrl": "https://log.example",
            "hashAlgorithm": "SHA2_256",
            "publicKey": key,
            "logId": {"keyId": _b64(self._log_id)},
        }
        authority = {
            "subject": {"organization": "example", "commonName": "root of this run"},
            "uri": "https://authority.example",
            "certChain": {"certificates": [{"rawBytes": _b64(self.certificate.public_bytes(Encoding.DER))}]},
            "validFor": since,
        }
        root = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log],
            "certificateAuthorities": [authority],
            "ctlogs": [log],
            "timestampAuthorities": [],
        }
        path.write_text(json.dumps(root), encoding="utf-8")
        return path

    def attestation(self, statement: Statement, workflow: Workflow) -> dict[str, object]:
        """The statement, signed by the workflow, as PEP 740 spells it."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, text = self.issued(key.public_key(), workflow), statement.text()
        head = f"DSSEv1 {len(_PAYLOAD)} {_PAYLOAD} {len(text)} ".encode()
        signature = key.sign(head + text, ec.ECDSA(SHA256()))
        material = {
            "certificate": _b64(certificate.public_bytes(Encoding.DER)),
            "transparency_entries": [self.entry(certificate, text, signature)],
        }
        return {
            "version": 1,
            "verification_material": material,
            "envelope": {"statement": _b64(text), "signature": _b64(signature)},
        }

    def bundle(self, statement: Statement, workflow: Workflow) -> bytes:
        """The statement, signed by the workflow, as a sigstore bundle."""
        found: str = Attestation.model_validate(self.attestation(statement, workflow)).to_bundle().to_json()
        return found.encode()

    @property
    def _log_id(self) -> bytes:
        return hashlib.sha256(_public(self.log)).digest()

    def issued(self, key: ec.EllipticCurvePublicKey, workflow: Workflow) -> x509.Certificate:
        """The certificate of a key of this workflow."""
        builder = (
            x509.CertificateBuilder(self.certificate.subject, x509.Name([]), key, x509.random_serial_number())
            .not_valid_before(self.began)
            .not_valid_after(self.began + timedelta(minutes=10))
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.authority.public_key()), critical=False
            )
            .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(workflow.uri)]), critical=True)
        )
        for number, value in workflow.claims().items():
            oid = x509.ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, _utf8(value)), critical=False)
        before = builder.sign(self.authority, SHA256()).tbs_certificate_bytes
        return builder.add_extension(
            x509.UnrecognizedExtension(_TIMESTAMPS, self._timestamps(before)), critical=False
        ).sign(self.authority, SHA256())

    def _timestamps(self, certificate: bytes) -> bytes:
        """One signed certificate timestamp of a certificate that has none yet (RFC 6962, 3.2 and 3.3)."""
        at = int(self.began.timestamp() * 1000)
        issuer = hashlib.sha256(_public(self.authority)).digest()
        entry = issuer + len(certificate).to_bytes(3, "big") + certificate
        signature = self.log.sign(struct.pack("!BBQH", 0, 0, at, 1) + entry + b"\0\0", ec.ECDSA(SHA256()))
        one = struct.pack("!B32sQH", 0, self._log_id, at, 0) + struct.pack("!BBH", 4, 3, len(signature)) + signature
        listed = len(one).to_bytes(2, "big") + one
        return _der(0x04, len(listed).to_bytes(2, "big") + listed)

    def entry(self, certificate: x509.Certificate, text: bytes, signature: bytes) -> dict[str, object]:
        """The log's only entry: a tree of one leaf, whose hash is the root."""
        signed = {"signature": _b64(signature), "verifier": _b64(certificate.public_bytes(Encoding.PEM))}
        payload = {"algorithm": "sha256", "value": hashlib.sha256(text).hexdigest()}
        spec = {"envelopeHash": payload, "payloadHash": payload, "signatures": [signed]}
        body = rfc8785.dumps({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec})
        at, index = int((self.began + self.late).timestamp()), 0
        promised = {"body": _b64(body), "integratedTime": at, "logID": self._log_id.hex(), "logIndex": index}
        root = _b64(hashlib.sha256(b"\0" + body).digest())
        note = f"log.example\n1\n{root}\n"
        checked = self._log_id[:4] + self.log.sign(note.encode(), ec.ECDSA(SHA256()))
        proof = {
            "logIndex": str(index),
            "rootHash": root,
            "treeSize": "1",
            "hashes": [],
            "checkpoint": {"envelope": f"{note}\n\u2014 log.example {_b64(checked)}\n"},
        }
        promise = self.log.sign(rfc8785.dumps(promised), ec.ECDSA(SHA256()))
        return {
            "logIndex": str(index),
            "logId": {"keyId": _b64(self._log_id)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(at),
            "inclusionPromise": {"signedEntryTimestamp": _b64(promise)},
            "inclusionProof": proof,
            "canonicalizedBody": _b64(body),
        }


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _public(key: ec.EllipticCurvePrivateKey) -> bytes:
    found: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found


def _utf8(text: str) -> bytes:
    return _der(0x0C, text.encode())


def _der(tag: int, content: bytes) -> bytes:
    """A value in DER, whose length is short or in one or two bytes."""
    size = len(content)
    length = (
        bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")
    )
    return bytes([tag]) + length + content


def _b64(content: bytes) -> str:
    return b64encode(content).decode()
