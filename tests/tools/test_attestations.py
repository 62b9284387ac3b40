"""
Signatures that sigstore's public instance made, verified with the public trust root that comes with sigstore.

Where they come from: `tests/data/README.md`.
"""

from __future__ import annotations

import base64
import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from contd_release.tools import attestations
from contd_release.tools.attestations import Attested, Publisher
from contd_release.tools.sigstore.signer import Signer

DATA = Path(__file__).parents[1] / "data"
RECORDED = (DATA / "provenance.json").read_text(encoding="utf-8")
COMMIT = "08802efe1f8e5fec4ad842d6b8ce97656092ee72"


def root(instance: str = "sigstore.dev") -> Path:
    """The trust root of a public instance, as sigstore carries it."""
    found = find_spec("sigstore")
    assert found is not None
    assert found.origin is not None
    return next(Path(found.origin).parent.glob(f"_store/*{instance}/trusted_root.json"))


def read(provenance: str, trust: Path) -> tuple[Attested, ...]:
    """What the attestations say."""
    return attestations.read(provenance.encode(), trust, "the index")


def test_what_the_index_answered() -> None:
    """Publisher, workflow, commit, file and digest are read, and the signatures hold."""
    publisher = Publisher("GitHub", "trailofbits/pypi-attestations", "release.yml", "")
    signer = Signer("trailofbits/pypi-attestations", "release.yml", COMMIT)
    found = read(RECORDED, root())
    assert {(one.publisher, one.signer, one.subject, one.problem) for one in found} == {
        (publisher, signer, "pypi_attestations-0.0.19.tar.gz", "")
    }
    assert [one.is_of_upload for one in found] == [True]
    assert {one.sha256[:16] for one in found} == {"9bb1add04b1b4e18"}


def test_another_instance() -> None:
    """The staging instance of sigstore knows none of these keys."""
    assert all(one.problem for one in read(RECORDED, root("sigstage.dev")))


@pytest.mark.parametrize("part", ["statement", "signature"])
def test_a_changed_byte(part: str) -> None:
    """The statement, or the signature, of another file does not hold under a certificate and log entry of ours."""
    provenance = json.loads(RECORDED)
    other = json.loads((DATA / "gitlab.attestation.json").read_text(encoding="utf-8"))
    for one in provenance["attestation_bundles"][0]["attestations"]:
        one["envelope"][part] = other["envelope"][part]
    assert all(one.problem for one in read(json.dumps(provenance), root()))


def test_another_service() -> None:
    """A signature of GitLab's runners names GitLab, and is none of a workflow on GitHub."""
    other = json.loads((DATA / "gitlab.attestation.json").read_text(encoding="utf-8"))
    bundle = {"publisher": {"kind": "GitLab"}, "attestations": [other]}
    (found,) = read(json.dumps({"attestation_bundles": [bundle]}), root())
    assert (found.signer.issuer, found.publisher.kind) == ("https://gitlab.com", "GitLab")
    assert "https://token.actions.githubusercontent.com" in found.problem
    assert str(found.signer).endswith("at 72f7c63b75eb, by https://gitlab.com")


@pytest.mark.parametrize(
    ("offset", "byte"),
    [(12, 1), (463, 3), (352, 163), (705, 0)],
    ids=["version", "two extensions of one kind", "kind of name", "extension"],
)
def test_a_certificate_with_another_byte(offset: int, byte: int) -> None:
    """Whatever the libraries that read certificates raise, the signature does not hold."""
    provenance = json.loads(RECORDED)
    material = provenance["attestation_bundles"][0]["attestations"][0]["verification_material"]
    certificate = bytearray(base64.b64decode(material["certificate"]))
    certificate[offset] = byte
    material["certificate"] = base64.b64encode(certificate).decode()
    assert read(json.dumps(provenance), root())[0].problem


@pytest.mark.parametrize("key", ["inclusionProof.hashes.0", "kindVersion.version"])
def test_a_problem_is_a_few_words(key: str) -> None:
    """The index may send a log entry with a hash of a hundred thousand letters; the libraries repeat them all."""
    provenance = json.loads(RECORDED)
    inner = provenance["attestation_bundles"][0]["attestations"][0]["verification_material"]["transparency_entries"][0]
    *path, last = key.split(".")
    for one in path:
        inner = inner[one]
    inner[int(last) if last.isdigit() else last] = "x" * 100_000
    problem = read(json.dumps(provenance), root())[0].problem
    assert (problem != "", len(problem) < 300) == (True, True)


def test_names_in_messages_are_a_few_words() -> None:
    """The index may call the publisher whatever it likes."""
    provenance = json.loads(RECORDED)
    provenance["attestation_bundles"][0]["publisher"]["workflow"] = "x" * 100_000
    assert len(str(read(json.dumps(provenance), root())[0].publisher)) < 300
    assert len(str(Signer("x" * 100_000, "x" * 100_000, "x" * 100_000, "x" * 100_000))) < 600
