"""Signatures on the index: each way in which one is missing, old or not ours is a verdict of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from packaging.version import Version
from sigstore_root import SigstoreRoot, Statement, Workflow

from contd_release.channels.pypi import channel as pypi
from contd_release.channels.pypi import signatures
from contd_release.channels.readings import Glance, Verdict
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, NotReady, Unanswered, Unsettled
from contd_release.procedures import by_workflow
from contd_release.process.action import Running
from contd_release.project import artifacts, project
from contd_release.project.artifacts import Sealed
from contd_release.project.release import Release
from contd_release.project.settings import Github, Signatures
from contd_release.sandbox.index.api import Index
from contd_release.sandbox.pointers import Pointers
from contd_release.sandbox.world import World
from contd_release.tools import git

WHEEL, SDIST = "contd-0.2.0-py3-none-any.whl", "contd-0.2.0.tar.gz"
COMMIT = "5" * 40
OURS = Workflow(commit=COMMIT)
IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
SLSA = "https://slsa.dev/provenance/v1"
CONFIGURATION = """
[project]
name = "contd"
[build-system]
requires = []
[tool.contd-release.pypi]
repository = "{upload}"
index = "{index}"
[tool.contd-release.signatures]
repository = "ada/contd"
trusted-root = "root.json"
"""
WORKFLOW = """
jobs:
  pypi:
    environment: pypi
    permissions: {%s}
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
"""
PUBLISHER = {"kind": "GitHub", "repository": "ada/contd", "workflow": "release.yml", "environment": "pypi"}


@dataclass
class Signed:
    """A release whose files are on the index, and a sigstore instance that signs for it."""

    release: Release
    root: SigstoreRoot
    index: Index

    def sign(self, name: str, *attestations: object, **publisher: str) -> None:
        """Keep attestations of a file on the index."""
        bundle = {"publisher": PUBLISHER | publisher, "attestations": attestations}
        self.index.sign(name, json.dumps({"version": 1, "attestation_bundles": [bundle]}))

    def statement(self, name: str = WHEEL) -> Statement:
        """The right statement about a file."""
        sealed = self.release.sealed()
        assert sealed is not None
        found = sealed.named(name)
        assert found is not None
        return Statement(name, found.sha256)

    def attested(self, workflow: Workflow = OURS, name: str = WHEEL, **other: str) -> dict[str, object]:
        """The wheel's attestation, by this workflow."""
        return self.root.attestation(replace(self.statement(), name=name, **other), workflow)

    def look(self, name: str = WHEEL) -> Glance:
        """What the table says of a file's signature."""
        return {one.name: one for one in pypi.readings(self.release)}[f"{name} (signature)"].look()


@pytest.fixture
def signed(tmp_path: Path, world: World, upload: Callable[[str], None], foreign: Callable[[str], bytes]) -> Signed:
    """Everything is uploaded, and nothing is signed yet."""
    root = SigstoreRoot()
    root.write(tmp_path / "root.json")
    text = CONFIGURATION.format(upload=world.upload_url, index=world.upload_url.replace("legacy", "simple"))
    found = project.read(tmp_path, tmp_path / "state", {"pyproject.toml": text}.get)
    release = Release(found, Version("0.2.0"), Version("0.1.0"), COMMIT, 1)
    release.dist.mkdir(parents=True)
    for name in (WHEEL, SDIST):
        (release.dist / name).write_bytes(foreign(name))
        upload(name)
    artifacts.seal(release.dist, Sealed("contd", "0.2.0", COMMIT, 1, pypi.built(release)))
    return Signed(release, root, world.part(Index))


def configured(release: Release, table: Signatures | None = None, **changes: object) -> Release:
    """The release with other settings."""
    settings = replace(release.project.settings, **changes)  # type: ignore[arg-type]
    if table:
        settings = replace(settings, signatures=table)
    return replace(release, project=replace(release.project, settings=settings))


def test_ours(signed: Signed, tmp_path: Path) -> None:
    """Signed by our workflow for the sealed bytes, beside a statement of another kind: the table says by whom."""
    ours = (signed.attested(), signed.attested(predicate=SLSA))
    signed.sign(WHEEL, *ours)
    expected = Glance(Verdict.SAME, "signed by release.yml of ada/contd at 555555555555")
    assert signed.look() == expected
    signed.sign(SDIST, signed.root.attestation(signed.statement(SDIST), OURS))
    step = signatures.signed(signed.release)
    assert step.observe().state is State.ABSENT
    Checklist((step,)).walk(lambda _: None, Running(tmp_path))
    assert step.observe().state is State.DONE


def test_absent(signed: Signed) -> None:
    """No signature, or none that was made when the file was uploaded."""
    assert signed.look() == Glance(Verdict.ABSENT, "the index has no signature of it")
    signed.sign(WHEEL, signed.attested(predicate=SLSA))
    assert signed.look().verdict is Verdict.ABSENT
    signed.sign(WHEEL)
    assert signed.look().verdict is Verdict.ABSENT


def test_wrong_file(signed: Signed) -> None:
    """By us, and for another digest or another file: wrong, beside a right one as well."""
    for other in (signed.attested(sha256="a" * 64), signed.attested(name=SDIST)):
        signed.sign(WHEEL, signed.attested(), other)
        assert signed.look().verdict is Verdict.WRONG
        assert signed.look().what.startswith("signed by release.yml of ada/contd at 555555555555, for contd-0.2.0")


def test_wrong_signer(signed: Signed) -> None:
    """Another workflow, repository, commit or issuer is wrong, beside a right signature as well."""
    cases = (
        (replace(OURS, file="other.yml"), "signed by other.yml of ada/contd at 555555555555"),
        (replace(OURS, repository="eve/contd"), "signed by release.yml of eve/contd at 555555555555"),
        (replace(OURS, commit="6" * 40), "signed by release.yml of ada/contd at 666666666666"),
        (
            replace(OURS, issuer="https://issuer.example"),
            "claims to be of release.yml of ada/contd at 555555555555, by",
        ),
    )
    for workflow, what in cases:
        signed.sign(WHEEL, signed.attested(), signed.attested(workflow))
        found = signed.look()
        assert (found.verdict, found.what[: len(what)]) == (Verdict.WRONG, what)


def test_wrong_root(signed: Signed) -> None:
    """Another trust root: the same claims, and a signature that does not hold."""
    signed.sign(WHEEL, SigstoreRoot().attestation(signed.statement(), OURS))
    found = signed.look()
    assert found.verdict is Verdict.WRONG
    assert found.what.startswith("claims to be of release.yml of ada/contd at 555555555555, and does not hold: ")


def test_expired(signed: Signed) -> None:
    """The log took the entry in after the certificate had ended."""
    signed.sign(WHEEL, signed.root.slow(timedelta(minutes=11)).attestation(signed.statement(), OURS))
    assert signed.look().verdict is Verdict.WRONG


def test_forged(signed: Signed) -> None:
    """Another statement under a right certificate and log entry, or a signature of other bytes."""
    right, other = signed.attested(), signed.attested(sha256="a" * 64)
    envelope = {"statement": right["envelope"]["statement"], "signature": other["envelope"]["signature"]}  # type: ignore[index]
    for forged in (right | {"envelope": other["envelope"]}, right | {"envelope": envelope}):
        signed.sign(WHEEL, forged)
        assert signed.look().verdict is Verdict.WRONG


def test_wrong_publisher(signed: Signed) -> None:
    """The index names another publisher than ours."""
    for key in PUBLISHER:
        signed.sign(WHEEL, signed.attested(), **{key: "other"})
        found = signed.look()
        assert found.verdict is Verdict.WRONG
        assert found.what.endswith("and ours is GitHub ada/contd release.yml in environment pypi")


def test_spelling_of_a_repository(signed: Signed) -> None:
    """GitHub takes a repository in any capital letters."""
    signed.sign(WHEEL, signed.attested(replace(OURS, repository="Ada/Contd")), repository="Ada/contd")
    assert signed.look().verdict is Verdict.SAME


def test_an_answer_of_another_shape(signed: Signed) -> None:
    """It is no answer, and no verdict."""
    bundle = '{"attestation_bundles": [%s]}'
    answers = (
        *("[]", "3", "{}", '{"attestation_bundles": 3}'),
        bundle % '{"publisher": 3, "attestations": []}',
        bundle % '{"publisher": {}, "attestations": [3]}',
        bundle % '{"publisher": {}, "attestations": [{"version": 1}]}',
    )
    for answer in answers:
        signed.index.sign(WHEEL, answer)
        with pytest.raises(Unanswered):
            signed.look()


def test_a_broken_attestation(signed: Signed) -> None:
    """A certificate, a log entry or an envelope that cannot be read is a signature that does not hold."""
    material = signed.attested()["verification_material"]
    assert isinstance(material, dict)
    cases: tuple[dict[str, object], ...] = (
        {"certificate": "AAAA"},
        {"transparency_entries": [{}]},
        {"transparency_entries": [{"a": [1]}]},
    )
    for broken in cases:
        signed.sign(WHEEL, signed.attested() | {"verification_material": material | broken})
        assert signed.look().verdict is Verdict.WRONG


@pytest.mark.parametrize("fault", ["401", "500"])
def test_no_answer_is_never_absent(signed: Signed, world: World, fault: str) -> None:
    """An index that does not say whether a file is signed has not said that it is not."""
    world.faults.order(f"GET /integrity/* every {fault}")
    with pytest.raises(Unanswered):
        signed.look()


def test_a_trust_root_that_is_none(signed: Signed) -> None:
    """The file of the configuration is named."""
    signed.sign(WHEEL, signed.attested())
    (signed.release.project.root / "root.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NotReady, match=r"root\.json is no trust root"):
        signed.look()


def test_verify_stops(signed: Signed, tmp_path: Path) -> None:
    """A missing signature is not there yet, and a wrong one is a conflict: the step does not come true."""
    step = replace(signatures.signed(signed.release), retry=None)
    with pytest.raises(Unsettled, match=r"the signature of contd-0\.2\.0-py3-none-any\.whl is absent"):
        Checklist((step,)).walk(lambda _: None, Running(tmp_path))
    signed.sign(WHEEL, signed.attested(replace(OURS, file="other.yml")))
    with pytest.raises(Conflict, match=r"is wrong: signed by other.yml"):
        Checklist((step,)).walk(lambda _: None, Running(tmp_path))
    assert step.observe().state is State.ABSENT


def test_off(signed: Signed) -> None:
    """Without the table nothing is asked for."""
    off = configured(signed.release, signatures=None)
    assert [one.name for one in pypi.readings(off)] == [WHEEL, SDIST]
    assert len(pypi.verify(off)) == 1
    titles = [
        one.title for items in (pypi.access(off), pypi.access_by_tag(off)) for one in items if isinstance(one, Step)
    ]
    assert not [one for one in titles if "signed" in one]


def test_an_upload_that_would_not_be_signed(signed: Signed, world: World) -> None:
    """A machine without a workflow is refused before anything is changed, and told where to release instead."""
    step = signatures.can_be_signed(signed.release)
    found = step.observe()
    assert (found.state, step.act) == (State.ABSENT, ())
    assert found.detail.startswith("this upload would not be signed")
    assert 'publisher = "github-actions"' in found.type_next
    # A tag's files, complete on the index, need no upload.
    by_tag = signatures.can_be_signed_here(signed.release)
    assert by_tag.observe().state is State.DONE
    world.part(Index).delete(WHEEL)
    assert by_tag.observe().state is State.ABSENT
    no_repository = configured(signed.release, Signatures(), github=None)
    assert "is not known" in signatures.can_be_signed(no_repository).observe().detail


def test_a_workflow_that_does_not_sign(signed: Signed) -> None:
    """The release is refused before it begins, with the file of the workflow and what it lacks."""
    root = signed.release.project.root
    path = root / ".github" / "workflows" / "release.yml"
    path.parent.mkdir(parents=True)
    seen = []
    for permission in ("id-token: read", "id-token: write"):
        path.write_text(WORKFLOW % permission, encoding="utf-8")
        for words in (("init", "--quiet"), ("add", ".github"), ("commit", "--quiet", "--message", permission)):
            subprocess.run(("git", *IDENTITY, *words), cwd=root, check=True)
        release = replace(configured(signed.release, publisher="github-actions"), base=git.clone(root).head)
        seen.append(signatures.can_be_signed(release).observe())
    assert [one.state for one in seen] == [State.ABSENT, State.DONE]
    assert seen[0].detail.startswith(".github/workflows/release.yml does not sign: its job pypi has no permission")
    assert seen[0].type_next == "$EDITOR .github/workflows/release.yml"
    assert seen[1].detail == "by .github/workflows/release.yml of ada/contd"


def test_a_rehearsal_does_not_sign(signed: Signed, world: World) -> None:
    """It has no workflow: the table is off in it, and it says that signatures were not rehearsed."""
    pointers = Pointers(signed.release.project, "")
    assert "signatures = false" in pointers.overlay(world).splitlines()
    said = "the signature of each file, image and chart was not rehearsed: only a workflow on GitHub signs"
    assert said in map(str, pointers.skipped)


def test_a_workflow_is_asked_before_the_tag(signed: Signed) -> None:
    """The checks of a release that a workflow publishes hold whether it signs, where signatures are configured."""
    release = configured(signed.release, github=Github("ada/contd"))
    titles = [one.title for one in by_workflow.access(release) if isinstance(one, Step)]
    assert titles.count("every file on the package index will be signed") == 1
