"""What the table of `invoke verify` says of images and charts: as built, absent, stale, wrong, unanswered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contd_release.channels.chart import channel as chart
from contd_release.channels.image import channel as image
from contd_release.channels.image.names import repository
from contd_release.channels.readings import Glance, Verdict
from contd_release.errors import Unanswered
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.project.settings import Chart
from contd_release.sandbox.registry.api import Registry

# Each walks an image through a registry.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("impatient", "alone")]

if TYPE_CHECKING:
    from image_bench import Bench


def glances(release: Release) -> dict[str, Glance]:
    """What is seen of the image, by tag."""
    return {one.name.rpartition(":")[2]: one.look() for one in image.readings(release)}


def verdicts(release: Release) -> list[str]:
    """The verdicts on the version's tag, `1.2`, `1` and `latest`."""
    return [one.verdict.value for one in glances(release).values()]


def test_an_image_from_nothing_to_promoted(bench: Bench) -> None:
    """
    Nothing to say before the build; absent, staged and so stale, as built; the moving tags come with the promotion.
    """
    assert image.readings(bench.release) == ()
    bench.seal()
    assert verdicts(bench.release) == ["absent"] * 4
    bench.walk("stage")
    assert verdicts(bench.release) == ["stale", "absent", "absent", "absent"]
    assert glances(bench.release)["1.2.0"].what.endswith(" is there, and no tag names it")
    bench.walk("publish")
    assert verdicts(bench.release) == ["as built", "absent", "absent", "absent"]
    bench.walk("promote")
    assert verdicts(bench.release) == ["as built"] * 4
    assert [one.is_promoted for one in image.readings(bench.release)] == [False, True, True, True]


def test_moving_tags_may_be_ahead_or_behind(bench_of: Callable[[str], Bench]) -> None:
    """A tag that stays with a higher version is right, one that still names a lower version is stale."""
    older, newer = bench_of("1.1.0"), bench_of("1.2.0")
    for bench in (older, newer):
        bench.seal(f"of {bench.release.version}")
    older.walk("stage", "publish", "promote")
    newer.walk("stage", "publish")
    assert verdicts(newer.release) == ["as built", "absent", "stale", "stale"]
    assert glances(newer.release)["latest"].what == "still 1.1.0"
    newer.walk("promote")
    assert verdicts(older.release) == ["as built"] * 4
    assert glances(older.release)["latest"].what.endswith("latest stays with 1.2.0")


def test_another_image_is_wrong(bench: Bench) -> None:
    """Something else under our version, or under a moving tag, is neither absent nor late."""
    bench.seal()
    bench.walk("stage")
    there = repository(bench.release)
    other = there.manifest(image.readings(bench.release)[0].built)
    assert other is not None
    platform = there.manifest(other.manifests[0].digest)
    assert platform is not None
    for tag in ("1.2.0", "latest"):
        there.put(tag, platform)
    found = glances(bench.release)
    assert (Verdict.WRONG, platform.digest) == (found["1.2.0"].verdict, found["1.2.0"].what)


def test_a_registry_that_does_not_answer_is_no_verdict(bench: Bench) -> None:
    """A 502 says nothing about an image."""
    bench.seal()
    bench.world.faults.order("* * every 502")
    with pytest.raises(Unanswered):
        image.readings(bench.release)[0].look()


def test_an_image_that_users_cannot_pull_is_as_built_with_a_warning(bench: Bench) -> None:
    """The bytes are right, and only our login sees them: the table says so, unless it is meant."""
    bench.seal()
    bench.walk("stage", "publish")
    assert image.readings(bench.release)[0].look().warning == ""
    part = bench.world.part(Registry)
    part.rules = replace(part.rules, public=False)
    found = image.readings(bench.release)[0].look()
    assert found.verdict is Verdict.SAME
    assert found.warning.startswith("users cannot pull this: make the package public")
    settings = bench.release.project.settings
    assert settings.image
    meant = replace(settings, image=replace(settings.image, private=True))
    release = replace(bench.release, project=replace(bench.release.project, settings=meant))
    assert image.readings(release)[0].look().warning == ""


def test_a_chart_is_absent_or_wrong(bench: Bench) -> None:
    """No chart of this version is absent; an image under its name is something else."""
    settings = replace(bench.release.project.settings, chart=Chart("helm/contd", f"oci://{bench.world.registry}/owner"))
    release = replace(bench.release, project=replace(bench.release.project, settings=settings))
    assert chart.readings(release) == ()
    sealed = bench.seal()
    ours = Artifact("contd-1.2.0.tgz", "chart", "a" * 64, 1)
    artifacts.seal(release.dist, replace(sealed, artifacts=(*sealed.artifacts, ours)))
    (reading,) = chart.readings(release)
    assert (f"oci://{bench.world.registry}/owner/contd:1.2.0", f"sha256:{'a' * 64}") == (reading.name, reading.built)
    assert Verdict.ABSENT is reading.look().verdict
    bench.walk("stage", "publish")
    assert Verdict.WRONG is reading.look().verdict
    bench.world.faults.order("* * every 502")
    with pytest.raises(Unanswered):
        reading.look()
