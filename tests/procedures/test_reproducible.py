"""The same commit, released twice: other machines, other times, other habits, and not one other byte."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import needed
from released import NAME, Lab

from contd_release.sandbox.world import World
from contd_release.tools.helm import registry
from contd_release.tools.oci.repository import OciRepository

pytestmark = [pytest.mark.slow, pytest.mark.integration]


@pytest.fixture
def labs(tmp_path: Path) -> Iterator[tuple[Lab, Lab]]:
    """Two worlds, each with a home and a cache of its own, and the same commit."""
    needed("buildah")
    pytest.importorskip("helm_python", reason="pip install contd-release[helm]")
    here, there = tmp_path / "here", tmp_path / "a-longer-name" / "there"
    with World(here / "world") as one, World(there / "world") as other:
        found = Lab(here, one, is_quick=False), Lab(there, other, is_quick=False)
        for lab in found:
            lab.prepare()
        yield found


def found(lab: Lab) -> dict[str, str]:
    """The digests of what is public: as the index, the registry and GitHub have it."""
    world = lab.world.registry
    charts = registry.repository(f"oci://{world}/contd/charts/contd", anonymous=True)
    return {
        **{one.name: one.sha256 for one in lab.sealed().artifacts},
        "image": OciRepository.named(f"{world}/{NAME}", anonymous=True).digest("0.2.0") or "",
        "chart": registry.layer(charts, "0.2.0") or "",
        "manifest": charts.digest("0.2.0") or "",
    }


def test_two_rehearsals_of_one_commit_give_equal_digests(labs: tuple[Lab, Lab]) -> None:
    """
    Wheel, sdist, image index and chart are byte for byte the same, and so is everything else that was published.

    The example's own backend builds, in an environment of its own; the second machine lets its group write.
    """
    before = os.umask(0o022)
    try:
        for lab, mask in zip(labs, (0o022, 0o002), strict=True):
            os.umask(mask)
            said = lab.run("release", "--part", "minor", "--yes")
            assert said.returncode == 0, said.stdout + said.stderr
    finally:
        os.umask(before)
    one, other = map(found, labs)
    assert one == other
    assert {"contd-0.2.0-py3-none-any.whl", "contd-0.2.0.tar.gz", "contd-0.2.0.tgz", "image", "chart"} <= one.keys()
    assert "" not in one.values()
    assert labs[0].end_state() == labs[1].end_state()
