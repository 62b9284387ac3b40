"""The image's signature: made by the workflow that publishes, attached in the registry, and read back by verdict."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sigstore_server
from image_bench import git
from sigstore_root import SigstoreRoot, Statement, Workflow
from sigstore_server import SigstoreServer

from contd_release.channels.image import channel as image
from contd_release.channels.readings import Glance, Verdict
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, Unsettled
from contd_release.project.settings import Signatures
from contd_release.sandbox.registry.api import RegistryRules
from contd_release.tools.oci import referrers
from contd_release.tools.oci.referrers import Attachment
from contd_release.tools.oci.repository import OciRepository
from contd_release.tools.sigstore.bundle import BUNDLE
from contd_release.tools.sigstore.signing import SIGNATURE

if TYPE_CHECKING:
    from image_bench import Bench

pytestmark = [pytest.mark.usefixtures("impatient", "alone")]
SLSA = "https://slsa.dev/provenance/v1"


@dataclass
class Signing:
    """A release whose image is in the registry by digest, and the instance that signs it."""

    bench: Bench
    instance: SigstoreServer
    digest: str

    @property
    def there(self) -> OciRepository:
        """The image's repository."""
        return OciRepository.named(self.bench.image.name)

    def attach(self, content: bytes, kind: str = SIGNATURE) -> None:
        """Attach a bundle to the index."""
        manifest = self.there.manifest(self.digest)
        assert manifest is not None
        annotations = {"dev.sigstore.bundle.predicateType": kind}
        referrers.attach(self.there, manifest, Attachment(content, BUNDLE, annotations))

    def bundle(self, workflow: Workflow | None = None, digest: str = "", kind: str = SIGNATURE) -> bytes:
        """A bundle about the index, by the right workflow."""
        sha256 = (digest or self.digest).removeprefix("sha256:")
        return self.instance.root.bundle(Statement("", sha256, kind), workflow or self.instance.workflow)

    def look(self) -> Glance:
        """What the table says of the signature."""
        return {one.name: one for one in image.readings(self.bench.release)}[self.name].look()

    def verify(self) -> None:
        """Verify the signature once, as the step of the release does."""
        step, _ = image.verify(self.bench.release)
        assert isinstance(step, Step)
        step.act[0].run(self.bench.running)

    @property
    def name(self) -> str:
        """The name of its row."""
        return f"{self.bench.image.name}:1.2.0 (signature)"


@pytest.fixture
def signing(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signing]:
    """Nothing is signed yet, and this is a job of the workflow that signs."""
    digest = bench.seal().artifacts[0].digest
    project = bench.release.project
    table = Signatures(repository="ada/contd", trusted_root="root.json", signing_config="signing.json")
    settings = replace(project.settings, signatures=table)
    bench.release = replace(bench.release, project=replace(project, settings=settings))
    with sigstore_server.serving(Workflow(commit=bench.commit())) as instance:
        instance.write(project.root)
        for name, value in instance.environment.items():
            monkeypatch.setenv(name, value)
        bench.walk("stage")
        yield Signing(bench, instance, digest)


@pytest.mark.slow
@pytest.mark.parametrize("lists", [True, False], ids=["list of the registry", "list under a tag"])
def test_the_image_is_signed_before_it_has_a_name(signing: Signing, *, lists: bool) -> None:
    """The workflow signs the digest, the registry shows the signature, and a second walk signs nothing."""
    bench = signing.bench
    bench.registry.rules = RegistryRules(lists_referrers=lists)
    assert bench.states("publish") == ["absent", "absent"]
    bench.walk("publish", "verify")
    assert bench.states("publish", "verify") == ["done"] * 4
    assert signing.look() == Glance(Verdict.SAME, f"signed by release.yml of ada/contd at {bench.commit()[:12]}")
    (found,) = referrers.referrers(signing.there, signing.digest, BUNDLE)
    shown = {key.rpartition(".")[2]: value for key, value in found.annotations.items()}
    assert (shown["content"], shown["predicateType"]) == ("dsse-envelope", SIGNATURE)
    assert [one.name for one in image.offers(bench.release.project)] == ["1.2.0"]
    assert (signing.digest.replace(":", "-") in signing.there.tags()) is not lists
    asked = list(signing.instance.seen)
    assert bench.mutating("publish") == []
    assert signing.instance.seen == asked


def test_the_manifest_is_as_cosign_writes_it(signing: Signing) -> None:
    """An artifact of the bundle's type with an empty configuration, one layer, and the index as its subject."""
    content = signing.bundle()
    signing.attach(content)
    (found,) = referrers.referrers(signing.there, signing.digest, BUNDLE)
    manifest = signing.there.manifest(found.digest)
    assert manifest is not None
    said = json.loads(manifest.content)
    assert said["artifactType"] == said["layers"][0]["mediaType"] == BUNDLE
    assert said["config"]["mediaType"] == "application/vnd.oci.empty.v1+json"
    assert said["subject"]["digest"] == signing.digest
    assert referrers.content(signing.there, found, 1 << 20) == content


def test_absent(signing: Signing) -> None:
    """No signature, or a statement of another kind; `verify` waits for it."""
    assert signing.look() == Glance(Verdict.ABSENT, f"no signature is attached to {signing.digest[:19]}")
    signing.attach(signing.bundle(kind=SLSA), SLSA)
    signing.attach(signing.bundle(kind=SLSA))
    manifest = signing.there.manifest(signing.digest)
    assert manifest is not None
    of_bytes = Attachment(b"{}", BUNDLE, {"dev.sigstore.bundle.content": "message-signature"})
    referrers.attach(signing.there, manifest, of_bytes)
    assert signing.look().verdict is Verdict.ABSENT
    with pytest.raises(Unsettled, match=r"the signature of .* is absent"):
        signing.verify()


def test_stale(signing: Signing) -> None:
    """The registry lists a signature whose bytes are not there yet."""
    signing.bench.registry.rules = RegistryRules(lists_referrers=False)
    signing.attach(signing.bundle())
    (listed,) = referrers.referrers(signing.there, signing.digest, BUNDLE)
    assert signing.there.delete(listed.digest)
    assert signing.look().verdict is Verdict.STALE


WRONG: dict[str, tuple[Callable[[Signing], bytes], str]] = {
    "other workflow": (
        lambda one: one.bundle(replace(one.instance.workflow, file="other.yml")),
        "signed by other.yml of ada/contd",
    ),
    "other repository": (
        lambda one: one.bundle(replace(one.instance.workflow, repository="eve/contd")),
        "signed by release.yml of eve/contd",
    ),
    "other commit": (
        lambda one: one.bundle(replace(one.instance.workflow, commit="9" * 40)),
        "signed by release.yml of ada/contd at 999999999999, and ours is",
    ),
    "other digest": (lambda one: one.bundle(digest="a" * 64), f"for sha256:{'a' * 12}"),
    "expired certificate": (
        lambda one: replace(one.instance.root, late=timedelta(minutes=20)).bundle(
            Statement("", one.digest.removeprefix("sha256:"), SIGNATURE), one.instance.workflow
        ),
        "does not hold",
    ),
    "other trust root": (
        lambda one: SigstoreRoot().bundle(
            Statement("", one.digest.removeprefix("sha256:"), SIGNATURE), one.instance.workflow
        ),
        "does not hold",
    ),
    "no bundle": (lambda _: b'{"mediaType": "text/plain"}', "it is no bundle"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong(signing: Signing, case: str) -> None:
    """A signature that is not ours is wrong, and `verify` says what it is; ours beside it is right."""
    make, said = WRONG[case]
    signing.attach(make(signing))
    seen = signing.look()
    assert (seen.verdict, said in seen.what) == (Verdict.WRONG, True), seen.what
    with pytest.raises(Conflict, match=r"the signature of .* is wrong: "):
        signing.verify()
    signing.attach(signing.bundle())
    assert signing.look().verdict is Verdict.SAME


def test_a_job_without_an_identity_does_not_begin(signing: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is published unsigned where signatures are configured; what is signed needs no identity."""
    step = image.access_by_tag(signing.bench.release)[-1]
    assert isinstance(step, Step)
    assert step.observe().state is State.DONE
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    found = step.observe()
    assert (found.state, found.detail) == (
        State.ABSENT,
        "there is no identity to sign with: this job has no permission `id-token: write`",
    )
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert step.observe().detail == "there is no identity to sign with: this is no job of a workflow"
    signing.attach(signing.bundle())
    assert step.observe().state is State.DONE


def test_another_workflow_does_not_begin(signing: Signing) -> None:
    """A run that would sign as another workflow than the configured one says so before anything is published."""
    signing.instance.workflow = replace(signing.instance.workflow, file="other.yml")
    step = image.access_by_tag(signing.bench.release)[-1]
    assert isinstance(step, Step)
    found = step.observe()
    assert (found.state, found.detail.partition(" at ")[0]) == (
        State.ABSENT,
        "this run would sign as other.yml of ada/contd",
    )


@pytest.mark.parametrize("permission", ["id-token: write", "packages: write"])
def test_the_workflow_of_the_release_has_to_sign(signing: Signing, permission: str) -> None:
    """A release by a workflow that pushes the image without an identity does not begin."""
    bench = signing.bench
    root = bench.release.project.root
    path = root / ".github" / "workflows" / "release.yml"
    path.parent.mkdir(parents=True)
    job = {"permissions": dict([permission.split(": ")]), "steps": [{"run": "invoke publish --only image"}]}
    path.write_text(json.dumps({"jobs": {"registry": job}}), encoding="utf-8")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "Publish by a workflow")
    settings = replace(bench.release.project.settings, publisher="github-actions")
    project = replace(bench.release.project, settings=settings)
    step = image.access(replace(bench.release, project=project, base=git(root, "rev-parse", "HEAD")))[-1]
    assert isinstance(step, Step)
    found = step.observe()
    assert (found.state is State.DONE, "no permission `id-token: write`" in found.detail) == (
        permission == "id-token: write",
        permission != "id-token: write",
    )


def test_half_an_instance_signs_nothing(signing: Signing) -> None:
    """A trust root of one's own without the addresses of its servers: the public instance would sign, and not fit."""
    table = Signatures(repository="ada/contd", trusted_root="root.json")
    project = signing.bench.release.project
    project = replace(project, settings=replace(project.settings, signatures=table))
    step = image.access(replace(signing.bench.release, project=project))[-1]
    assert isinstance(step, Step)
    assert step.observe().detail.endswith("names one file of a sigstore instance and not its signing-config")


def test_a_release_from_here_is_not_signed(signing: Signing) -> None:
    """Not even in a job with an identity: it signs for the commit that started it. So the release does not begin."""
    step = image.access(signing.bench.release)[-1]
    assert isinstance(step, Step)
    found = step.observe()
    assert (found.state, found.detail.partition(":")[0]) == (State.ABSENT, "the image would not be signed")
