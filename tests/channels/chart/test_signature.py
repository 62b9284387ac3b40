"""The chart's signature: on the manifest that its version names, also once a withdrawn chart has another tag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import packed_chart
import pytest
import sigstore_server
from packaging.version import Version
from sigstore_root import Statement, Workflow
from sigstore_server import SigstoreServer

from contd_release.channels.attached import signature
from contd_release.channels.chart import channel as chart
from contd_release.channels.chart import names, verify
from contd_release.channels.readings import Glance, Verdict
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Chart, Settings, Signatures
from contd_release.sandbox.world import World
from contd_release.tools.helm import registry
from contd_release.tools.oci import referrers, upload
from contd_release.tools.oci.referrers import Attachment
from contd_release.tools.oci.repository import OciRepository
from contd_release.tools.sigstore.bundle import BUNDLE
from contd_release.tools.sigstore.signing import SIGNATURE

pytestmark = pytest.mark.usefixtures("impatient", "alone", "publisher")
COMMIT = "5" * 40


@dataclass
class Signing:
    """A chart that is in the registry, and the instance that signs it."""

    release: Release
    instance: SigstoreServer
    there: OciRepository
    digest: str

    def attach(self, workflow: Workflow, digest: str = "") -> None:
        """Attach a bundle of this workflow to the chart's manifest."""
        statement = Statement("", (digest or self.digest).removeprefix("sha256:"), SIGNATURE)
        manifest = self.there.manifest(self.digest)
        assert manifest is not None
        content = self.instance.root.bundle(statement, workflow)
        referrers.attach(self.there, manifest, Attachment(content, BUNDLE, {}))

    def look(self) -> Glance:
        """What the table says of the signature."""
        return chart.readings(self.release)[-1].look()


@pytest.fixture
def signing(tmp_path: Path, world: World) -> Iterator[Signing]:
    """The chart is pushed as helm pushes it, and not signed yet."""
    packed = packed_chart.packed("1.2.0")
    table = Signatures(repository="ada/contd", trusted_root="root.json", signing_config="signing.json")
    settings = Settings(chart=Chart("helm/contd", f"oci://{world.registry}/owner/charts"), signatures=table)
    project = Project(tmp_path, tmp_path / "state", "contd", settings, News())
    release = Release(project, Version("1.2.0"), Version("1.1.0"), COMMIT, packed_chart.EPOCH)
    release.dist.mkdir(parents=True)
    (release.dist / names.file_name(release)).write_bytes(packed.archive.content)
    artifacts.seal(release.dist, Sealed("contd", "1.2.0", COMMIT, packed_chart.EPOCH, chart.built(release)))
    there = registry.repository(names.ref(release))
    for one in (packed.archive, packed.config):
        upload.upload(there, one)
    there.put("1.2.0", packed.manifest)
    with sigstore_server.serving(Workflow(commit=COMMIT)) as instance:
        instance.write(tmp_path)
        yield Signing(release, instance, there, packed.manifest.digest)


@pytest.mark.slow
def test_the_chart_is_signed(signing: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workflow signs the manifest that helm made, and the registry shows the signature."""
    for name, value in signing.instance.environment.items():
        monkeypatch.setenv(name, value)
    step = signature.signed(signing.release, verify.subject(signing.release))
    assert step.observe().state is State.ABSENT
    Checklist((step,)).walk(lambda _: None, Running(tmp_path / "log"))
    assert step.observe().state is State.DONE
    assert signing.look() == Glance(Verdict.SAME, "signed by release.yml of ada/contd at 555555555555")


def test_each_verdict(signing: Signing) -> None:
    """Absent, then wrong by another workflow and for another digest, then ours beside both."""
    ours = signing.instance.workflow
    assert signing.look().verdict is Verdict.ABSENT
    signing.attach(replace(ours, file="other.yml"))
    assert signing.look().what.startswith("signed by other.yml of ada/contd")
    signing.attach(ours, f"sha256:{'a' * 64}")
    assert signing.look().verdict is Verdict.WRONG
    signing.attach(ours)
    assert signing.look().verdict is Verdict.SAME


def test_a_withdrawn_chart_keeps_its_signature(signing: Signing) -> None:
    """The version names a copy that helm warns of; the signature of the chart as it was released is read."""
    signing.attach(signing.instance.workflow)
    released, copy = signing.there.manifest(signing.digest), packed_chart.packed("1.2.0", "a: 2\n")
    assert released is not None
    signing.there.put(names.kept_tag(signing.release), released)
    for one in (copy.archive, copy.config):
        upload.upload(signing.there, one)
    signing.there.put("1.2.0", copy.manifest)
    assert signing.look().verdict is Verdict.SAME


def test_the_list_of_signatures_is_no_version(signing: Signing) -> None:
    """`invoke watch` takes the tag under which clients keep signatures for no chart."""
    manifest = signing.there.manifest(signing.digest)
    assert manifest is not None
    signing.there.put(signing.digest.replace(":", "-"), manifest)
    assert [one.name for one in chart.offers(signing.release.project)] == ["1.2.0"]


def test_a_signed_chart_is_signed_right_after_its_push(signing: Signing) -> None:
    """The manifest to sign is there once helm has pushed it."""
    titles = [one.title for one in chart.publish(signing.release) if isinstance(one, Step)]
    assert [title.rpartition(" is ")[2] for title in titles] == ["in the chart registry", "signed"]
