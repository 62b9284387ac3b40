"""GitHub's attestations of the files that were built: each way in which one is missing or not ours is a verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from github_release import build, release_of
from github_server import NAME, Github
from sigstore_root import SigstoreRoot, Statement, Workflow

from contd_release.channels.github import attested, channel
from contd_release.channels.readings import Glance, Verdict
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, Unsettled
from contd_release.procedures import by_workflow
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Signatures
from contd_release.tools.github.attestations import PROVENANCE

WHEEL = "contd-1.2.0-py3-none-any.whl"


@dataclass
class Attesting:
    """A release whose files are built, and the instance that attests them."""

    github: Github
    release: Release
    root: SigstoreRoot
    workflow: Workflow

    def attest(self, name: str = WHEEL, by: Workflow | None = None, kind: str = PROVENANCE) -> None:
        """Keep an attestation of a file on GitHub."""
        self.keep(self.root.bundle(Statement(name, self.sha256(name), kind), by or self.workflow))

    def keep(self, bundle: bytes) -> None:
        """Keep a bundle on GitHub."""
        url = f"{self.github.world.api_url}/repos/{NAME}/attestations"
        headers = {"Authorization": f"Bearer {self.github.token}"}
        sent = requests.post(url, json={"bundle": json.loads(bundle)}, headers=headers, timeout=30)
        assert sent.status_code == 201

    def sha256(self, name: str = WHEEL) -> str:
        """The digest of a file that was built."""
        sealed = self.release.sealed()
        assert sealed is not None
        found = sealed.named(name)
        assert found is not None
        return found.sha256

    def look(self, name: str = WHEEL) -> Glance:
        """What the table says of the attestation of a file."""
        return {one.name: one for one in channel.readings(self.release)}[f"{name} (attestation)"].look()


@pytest.fixture
def attesting(github: Github, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attesting:
    """Nothing is attested yet."""
    monkeypatch.setenv("GITHUB_TOKEN", github.token)
    plain = release_of(github, tmp_path)
    table = Signatures(trusted_root="root.json")
    settings = replace(plain.project.settings, signatures=table, publisher="github-actions")
    project: Project = replace(plain.project, settings=settings)
    release = replace(plain, project=project)
    build(release, github.head)
    root = SigstoreRoot()
    root.write(project.root / "root.json")
    return Attesting(github, release, root, Workflow(repository=NAME, commit=github.head))


def test_ours(attesting: Attesting, tmp_path: Path) -> None:
    """The table says by whom, and `verify` is done once every file is attested."""
    sealed = attesting.release.sealed()
    assert sealed is not None
    step = channel.verify(attesting.release)[0]
    assert isinstance(step, Step)
    for one in sealed.artifacts:
        assert attesting.look(one.name) == Glance(Verdict.ABSENT, "GitHub has no attestation of it")
        with pytest.raises(Unsettled, match="is absent: GitHub has no attestation of it"):
            step.act[0].run(Running(tmp_path / "log"))
        attesting.attest(one.name)
    expected = f"signed by release.yml of {NAME} at {attesting.github.head[:12]}"
    assert {attesting.look(one.name) for one in sealed.artifacts} == {Glance(Verdict.SAME, expected)}
    Checklist((step,)).walk(lambda _: None, Running(tmp_path / "log"))
    assert step.observe().state is State.DONE
    assert attesting.github.contract.broken == []


def test_another_statement_is_no_attestation(attesting: Attesting) -> None:
    """A bill of materials that is attested says nothing of the build."""
    attesting.attest(kind="https://cyclonedx.org/bom")
    assert attesting.look().verdict is Verdict.ABSENT


WRONG: dict[str, tuple[Callable[[Attesting], None], str]] = {
    "other workflow": (lambda one: one.attest(by=replace(one.workflow, file="other.yml")), "signed by other.yml"),
    "other commit": (lambda one: one.attest(by=replace(one.workflow, commit="9" * 40)), "at 999999999999, and ours"),
    "expired certificate": (
        lambda one: one.keep(
            one.root.slow(timedelta(minutes=20)).bundle(Statement(WHEEL, one.sha256(), PROVENANCE), one.workflow)
        ),
        "does not hold",
    ),
    "other trust root": (
        lambda one: one.keep(SigstoreRoot().bundle(Statement(WHEEL, one.sha256(), PROVENANCE), one.workflow)),
        "does not hold",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong(attesting: Attesting, tmp_path: Path, case: str) -> None:
    """An attestation that is not ours is wrong, with what it is; ours beside it is right."""
    attest, said = WRONG[case]
    for name in sorted(one.name for one in attesting.release.sealed().artifacts):  # type: ignore[union-attr]
        if name != WHEEL:
            attesting.attest(name)
    attest(attesting)
    seen = attesting.look()
    assert (seen.verdict, said in seen.what) == (Verdict.WRONG, True), seen.what
    with pytest.raises(Conflict, match="is wrong: "):
        step = channel.verify(attesting.release)[0]
        assert isinstance(step, Step)
        step.act[0].run(Running(tmp_path / "log"))
    attesting.attest()
    assert attesting.look().verdict is Verdict.SAME


def test_a_release_from_here_has_none(attesting: Attesting) -> None:
    """GitHub attests what a workflow builds."""
    project = attesting.release.project
    project = replace(project, settings=replace(project.settings, publisher="here"))
    release = replace(attesting.release, project=project)
    assert [one.name for one in channel.readings(release) if "attestation" in one.name] == []
    assert len(channel.verify(release)) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("permissions: {id-token: write, attestations: write}", ""),
        ("permissions: {attestations: write}", "its job build has no permission `id-token: write`"),
        ("permissions: {id-token: write}", "its job build has no permission `attestations: write`"),
        ("steps: []", "no job of it uses actions/attest"),
    ],
)
def test_the_workflow_of_the_release_has_to_attest(attesting: Attesting, text: str, said: str) -> None:
    """A release whose files would not be attested does not begin."""
    steps = "" if "steps" in text else "steps: [{uses: actions/attest@v4}]"
    workflow = f"jobs:\n  build:\n    {text}\n    {steps}\n"
    github = attesting.github
    path = github.clone / ".github" / "workflows" / "release.yml"
    path.parent.mkdir(parents=True)
    path.write_text(workflow, encoding="utf-8")
    github.git("add", "--all")
    commit = github.commit("the workflow")
    project = replace(attesting.release.project, root=github.clone)
    release = replace(attesting.release, project=project, base=commit)
    found = attested.can_be_attested(release).observe()
    assert (found.state is State.DONE, said in found.detail) == (not said, True)
    assert attested.can_be_attested(release).title in [one.title for one in by_workflow.signable(release)]
