"""`invoke release` and `invoke verify` of a project whose files have to be signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sigstore_root import SigstoreRoot, Statement, Workflow

from contd_release.errors import Conflict, Unsettled
from contd_release.project import artifacts
from contd_release.project.tables import OVERLAY
from contd_release.sandbox.index.api import Index
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

TABLE = '[signatures]\nrepository = "ada/contd"\ntrusted-root = "root.json"\n'
PUBLISHER = {"kind": "GitHub", "repository": "ada/contd", "workflow": "release.yml", "environment": "pypi"}


@pytest.mark.slow(minutes=1)
def test_a_release_that_has_to_be_signed(release: Place, world: World) -> None:
    """It does not begin where it would go out unsigned; signed by a workflow, `verify` says by which one."""
    overlay = Path(release.environment()[OVERLAY])
    unsigned = overlay.read_text(encoding="utf-8")
    overlay.write_text(unsigned + TABLE, encoding="utf-8")
    refused = release.say("release", "--part", "minor", "--yes")
    assert "this upload would not be signed" in refused.err
    assert dict(world.ledger.effects()) == {}
    overlay.write_text(unsigned, encoding="utf-8")
    assert release.say("release", "--part", "minor", "--yes").code == 0
    overlay.write_text(unsigned + TABLE, encoding="utf-8")

    root = SigstoreRoot()
    root.write(release.clone / "root.json")
    seal = artifacts.parse(next((release.clone / ".git").rglob(artifacts.SEAL)).read_text(encoding="utf-8"))
    words = ("verify", "--version", "0.2.0", "--patience", "0", "--only", "pypi", "--json")
    said = [release.say(*words)]
    for workflow in (Workflow(file="other.yml", commit=seal.commit), Workflow(commit=seal.commit)):
        for one in seal.artifacts:
            signed = root.attestation(Statement(one.name, one.sha256), workflow)
            bundles = [{"publisher": PUBLISHER, "attestations": [signed]}]
            world.part(Index).sign(one.name, json.dumps({"attestation_bundles": bundles}))
        said.append(release.say(*words))
    signatures = [
        {row["verdict"] for row in map(json.loads, one.out.splitlines()) if "(signature)" in row.get("name", "")}
        for one in said
    ]
    assert signatures == [{"absent"}, {"wrong"}, {"as built"}]
    assert [one.code for one in said] == [Unsettled.exit_code, Conflict.exit_code, 0]
    assert "signed by other.yml of ada/contd at" in said[1].err
