"""The bill of materials of the image: attached before the version has a name, once, and read back by digest."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contd_release.channels.attached import materials
from contd_release.channels.image import channel as image
from contd_release.channels.readings import Verdict
from contd_release.project import artifacts
from contd_release.project.settings import Sbom
from contd_release.sandbox.registry.api import RegistryRules
from contd_release.tools.oci import referrers
from contd_release.tools.oci.repository import OciRepository

if TYPE_CHECKING:
    from image_bench import Bench

pytestmark = pytest.mark.usefixtures("impatient", "alone")
NAME = "contd-1.2.0.cdx.json"


@pytest.mark.parametrize("lists", [True, False], ids=["list of the registry", "list under a tag"])
def test_the_image_has_its_bill_of_materials(bench: Bench, *, lists: bool) -> None:
    """The sealed bytes, by their artifact type; a second walk attaches nothing."""
    bench.registry.rules = RegistryRules(lists_referrers=lists)
    project = bench.release.project
    settings = replace(project.settings, sbom=Sbom(attach_to_image=True))
    bench.release = replace(bench.release, project=replace(project, settings=settings))
    sealed = bench.seal()
    (bench.release.dist / NAME).write_text(json.dumps({"bomFormat": "CycloneDX"}), encoding="utf-8")
    ours = artifacts.measured(bench.release.dist / NAME, "sbom")
    artifacts.seal(bench.release.dist, replace(sealed, artifacts=(*sealed.artifacts, ours)))
    bench.walk("stage")
    assert bench.states("publish") == ["absent", "absent"]
    row = next(one for one in image.readings(bench.release) if one.name.endswith("(bill of materials)"))
    assert row.look().verdict is Verdict.ABSENT
    bench.walk("publish")
    assert bench.states("publish") == ["done", "done"]
    assert (row.built, row.look().verdict) == (f"sha256:{ours.sha256}", Verdict.SAME)
    there = OciRepository.named(bench.image.name)
    (found,) = referrers.referrers(there, sealed.artifacts[0].digest, materials.KIND)
    assert referrers.content(there, found, 1 << 10) == (bench.release.dist / NAME).read_bytes()
    assert bench.mutating("publish") == []


def test_without_the_setting_nothing_is_attached(bench: Bench) -> None:
    """A bill of materials goes out with the files of the release, and no further."""
    bench.seal()
    assert [one for one in image.publish(bench.release) if one.title.endswith("bill of materials")] == []  # type: ignore[union-attr]
