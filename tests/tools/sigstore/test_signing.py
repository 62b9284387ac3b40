"""Signing as the workflow that runs: what it needs, and what is said where sigstore does not sign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sigstore_server
from sigstore_root import Workflow
from sigstore_server import SigstoreServer

from contd_release.errors import NotReady, Unanswered
from contd_release.tools.sigstore import bundle, signing, verifier
from contd_release.tools.sigstore.signer import Signer
from contd_release.tools.sigstore.signing import SIGNATURE, Instance

COMMIT = "5" * 40
DIGEST = f"sha256:{'a' * 64}"


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SigstoreServer]:
    """An instance that signs for this job."""
    with sigstore_server.serving(Workflow(commit=COMMIT)) as found:
        found.write(tmp_path)
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found


def test_the_identity_names_the_workflow(instance: SigstoreServer) -> None:
    """Repository, workflow and commit are those that the certificate will name; the token does not show itself."""
    found = signing.identity()
    assert found.signer == Signer("ada/contd", "release.yml", COMMIT)
    assert instance.token().split(".")[0] not in repr(found)


def test_there_is_none_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a workflow nothing can sign."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    with pytest.raises(NotReady, match="this is no job of a workflow"):
        signing.identity()


def test_the_service_does_not_answer(instance: SigstoreServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that may have an identity and gets none does not know; that is not "none"."""
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{instance.url}/nothing")
    with pytest.raises(Unanswered, match="there is no identity to sign with"):
        signing.identity()


@pytest.mark.slow
def test_an_authority_that_refuses(instance: SigstoreServer, tmp_path: Path) -> None:
    """The release stops with its words, and the token is not among them; afterwards the same call signs."""
    by, files = signing.identity(), Instance(tmp_path / "root.json", tmp_path / "signing.json")
    instance.refuses = True
    with pytest.raises(Unanswered) as error:
        signing.signed({"contd": DIGEST}, SIGNATURE, by, files)
    assert "sigstore did not sign: " in str(error.value)
    assert by.token.reveal() not in str(error.value)
    instance.refuses = False
    content = signing.signed({"contd": DIGEST}, SIGNATURE, by, files)
    found = bundle.read(content, verifier.verifier(tmp_path / "root.json"), "the test")
    assert (found.digests, found.predicate_type, found.problem) == ((DIGEST,), SIGNATURE, "")
