"""The mark on a withdrawn chart: a copy that helm warns of, in its place, and the chart itself beside it."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packed_chart import packed

from contd_release.channels.chart import channel as chart
from contd_release.channels.chart import mark, withdraw
from contd_release.channels.readings import Glance, Verdict
from contd_release.channels.withdrawal import Rollback
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State
from contd_release.errors import Conflict, NotReady, Unanswered
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact, Sealed
from contd_release.sandbox.registry.api import Registry, RegistryRules
from contd_release.sandbox.world import World
from contd_release.tools.helm import helm, registry
from contd_release.tools.helm.copy import Packed, read
from contd_release.tools.oci import upload
from contd_release.tools.oci.repository import OciRepository

if TYPE_CHECKING:
    from rollback_bench import Withdrawal

# Each walks through a registry.
pytestmark = pytest.mark.slow

KEPT = "withdrawn-1.2.0"


def put(there: OciRepository, found: Packed, *tags: str) -> str:
    """Put a chart into the registry; its digest."""
    for blob in (found.archive, found.config):
        upload.upload(there, blob)
    for tag in tags:
        there.put(tag, found.manifest)
    return found.manifest.digest


def walk(rollback: Rollback) -> None:
    """Make true what was asked for about the chart."""
    Checklist(withdraw.steps(rollback)).walk(lambda _: None, Running(rollback.release.logs))


def seal(rollback: Rollback, found: Packed) -> None:
    """Let this clone be the one that released the chart."""
    release, name = rollback.release, "contd-1.2.0.tgz"
    release.dist.mkdir(parents=True)
    (release.dist / name).write_bytes(found.archive.content)
    one = Artifact(name, "chart", found.archive.digest.removeprefix("sha256:"), found.archive.size)
    artifacts.seal(release.dist, Sealed("contd", "1.2.0", release.base, release.epoch, (one,)))


@pytest.fixture
def there(world: World, withdrawal: Withdrawal) -> OciRepository:
    """The charts 1.1.0 and 1.2.0."""
    found = OciRepository.named(f"{world.registry}/owner/charts/contd")
    for version in ("1.1.0", "1.2.0"):
        put(found, packed(version), version)
    return found


@pytest.fixture
def rollback(withdrawal: Withdrawal, there: OciRepository) -> Rollback:
    """The rollback of 1.2.0, whose chart is to be marked."""
    return withdrawal("1.2.0", "deprecate-chart")


def test_a_copy_takes_its_place(there: OciRepository, rollback: Rollback, world: World) -> None:
    """
    Helm warns of 1.2.0; the chart as it was is under its digest and a tag; again changes nothing; undone, it is back.
    """
    (step,) = withdraw.steps(rollback)
    assert State.ABSENT is step.observe().state
    walk(rollback)
    original = packed("1.2.0").manifest.digest
    copy = there.digest("1.2.0") or ""
    assert original == there.digest(KEPT)
    assert packed("1.2.0").deprecated("WITHDRAWN: it was bad.").manifest.digest == copy
    assert packed("1.1.0").manifest.digest == there.digest("1.1.0")
    found = step.observe()
    assert (State.DONE, f"helm warns of it; as it was it is {KEPT}, {original[:19]}") == (found.state, found.detail)

    asked = len(world.ledger.mutating())
    walk(rollback)
    assert asked == len(world.ledger.mutating())

    Checklist((step,)).undo(lambda _: None, Running(rollback.release.logs))
    assert original == there.digest("1.2.0")
    assert State.ABSENT is step.observe().state
    walk(rollback)
    assert copy == there.digest("1.2.0")


def test_killed_half_way(there: OciRepository, rollback: Rollback) -> None:
    """
    The chart has its second name and still the first: it is continued, and the second name never leads to the copy.
    """
    put(there, packed("1.2.0"), KEPT)
    (step,) = withdraw.steps(rollback)
    assert State.ABSENT is step.observe().state
    walk(rollback)
    assert State.DONE is step.observe().state
    assert packed("1.2.0").manifest.digest == there.digest(KEPT)
    mark._mark(rollback)
    assert packed("1.2.0").manifest.digest == there.digest(KEPT)


def offered(rollback: Rollback, version: str) -> str:
    """The digest with which `invoke watch` sees a version of the chart."""
    return next(one.digest for one in chart.offers(rollback.release.project) if one.name == version)


def test_the_watch_sees_the_chart_that_was_released(there: OciRepository, rollback: Rollback) -> None:
    """The copy that this tool makes is offered as the chart that it was made of, before, half way, and after."""
    original = packed("1.2.0").archive.digest
    assert original == offered(rollback, "1.2.0")
    put(there, packed("1.2.0"), KEPT)
    assert original == offered(rollback, "1.2.0")
    walk(rollback)
    assert original != registry.layer(there, "1.2.0")
    assert original == offered(rollback, "1.2.0")


@pytest.mark.parametrize("is_marked", [False, True])
def test_the_watch_sees_what_only_looks_like_a_copy(
    there: OciRepository, rollback: Rollback, *, is_marked: bool
) -> None:
    """Another chart under the version is offered as what it is, though the released one has the second name."""
    other = packed("1.2.0", values="a: 2\n")
    other = other.deprecated("WITHDRAWN: it was bad.") if is_marked else other
    put(there, packed("1.2.0"), KEPT)
    put(there, other, "1.2.0")
    assert other.archive.digest == offered(rollback, "1.2.0")


def test_the_watch_sees_that_the_version_is_no_chart(there: OciRepository, rollback: Rollback) -> None:
    """A manifest without a chart has its own digest, and the second name does not hide it."""
    put(there, packed("1.2.0"), KEPT)
    plain = packed("1.2.0").manifest.content.replace(b"helm.chart.content", b"something.else")
    there.put("1.2.0", type(packed("1.2.0").manifest)(plain, packed("1.2.0").manifest.media_type))
    assert there.digest("1.2.0") == offered(rollback, "1.2.0")


def test_it_is_not_there(rollback: Rollback, withdrawal: Withdrawal) -> None:
    """A version that has no chart needs no mark."""
    nothing = withdrawal("1.3.0", "deprecate-chart")
    (step,) = withdraw.steps(nothing)
    assert State.DONE is step.observe().state
    assert withdraw.row(nothing).there == "nothing of this version"


@pytest.mark.parametrize("what", ["another chart", "no chart", "a taken name"])
def test_what_is_not_ours_is_not_replaced(there: OciRepository, rollback: Rollback, what: str) -> None:
    """
    Another chart under the version, something that is no chart, another chart under the second name: each stops it.
    """
    seal(rollback, packed("1.2.0"))
    other = packed("1.2.0", values="a: 2\n")
    if what == "no chart":
        plain = other.manifest.content.replace(b"helm.chart.content", b"something.else")
        put(there, other)
        there.put("1.2.0", type(other.manifest)(plain, other.manifest.media_type))
    else:
        put(there, other, "1.2.0" if what == "another chart" else KEPT)
    before = {tag: there.digest(tag) for tag in there.tags()}
    (step,) = withdraw.steps(rollback)
    assert State.CONFLICT is step.observe().state
    with pytest.raises(Conflict):
        walk(rollback)
    assert before == {tag: there.digest(tag) for tag in there.tags()}


def test_somebody_is_faster(there: OciRepository, rollback: Rollback, world: World) -> None:
    """Another chart is put under the version while the copy is on its way: it stays, and the walk stops."""
    other = put(there, packed("1.2.0", values="a: 2\n"))
    world.faults.order("POST /v2/owner/charts/contd/blobs/uploads/ 1 slow=3")
    with ThreadPoolExecutor(1) as pool:
        walking = pool.submit(walk, rollback)
        while there.digest(KEPT) is None and not walking.done():
            time.sleep(0.05)
        there.put("1.2.0", packed("1.2.0", values="a: 2\n").manifest)
        with pytest.raises(Conflict, match=f"{KEPT} is there with"):
            walking.result()
    assert other == there.digest("1.2.0")


@pytest.mark.parametrize("status", [400, 403, 405, 409, 412])
def test_a_registry_whose_tags_stand(there: OciRepository, rollback: Rollback, world: World, status: int) -> None:
    """
    A registry that lets nobody replace a tag keeps the chart as it is, and that is said: it is not tried for ever.
    """
    world.faults.order(f"PUT /v2/owner/charts/contd/manifests/1.2.0 every {status}")
    walk(rollback)
    assert packed("1.2.0").manifest.digest == there.digest("1.2.0")
    (step,) = withdraw.steps(rollback)
    assert "stays as it is: the registry allows no replacement" in step.observe().detail


@pytest.mark.parametrize(
    "orders",
    [
        ("PUT /v2/* every 403",),
        ("PUT /v2/*/manifests/1.2.0 every 401", "PATCH /v2/*/blobs/uploads/00000000-* every 401"),
    ],
    ids=["from the beginning", "at the end"],
)
def test_a_refused_login_is_not_a_standing_tag(
    there: OciRepository, rollback: Rollback, world: World, orders: tuple[str, ...]
) -> None:
    """Who may push nothing at all, or no more, is told so, and nothing is taken for tried."""
    world.faults.order(*orders)
    with pytest.raises(Unanswered, match="refused our credential"):
        walk(rollback)
    world.faults.clear()
    (step,) = withdraw.steps(rollback)
    assert State.ABSENT is step.observe().state


def test_no_answer_is_not_absent(there: OciRepository, rollback: Rollback, world: World) -> None:
    """A registry that says nothing has neither the chart nor no chart."""
    (step,) = withdraw.steps(rollback)
    world.faults.order("* /v2/* every 500")
    with pytest.raises(Unanswered):
        step.observe()


@pytest.mark.parametrize("deletes", [True, False])
def test_deleted_or_else_marked(there: OciRepository, withdrawal: Withdrawal, world: World, deletes: bool) -> None:
    """
    Both asked for: a registry that deletes has nothing of it any more, neither marked nor kept; another has the mark.
    """
    walk(withdrawal("1.2.0", "deprecate-chart"))
    world.part(Registry).rules = RegistryRules(deletes=deletes)
    both = withdrawal("1.2.0", "deprecate-chart", "delete-chart")
    assert withdraw.row(both).undone == "it is deleted, if the registry lets us; if not, helm warns of it"
    walk(both)
    assert (not deletes) is bool(there.digest("1.2.0")) is bool(there.digest(KEPT))
    assert [step.observe().state.value for step in withdraw.steps(both)] == ["done"] * 2


def test_what_is_said_of_it(there: OciRepository, rollback: Rollback) -> None:
    """The table says what changes under the name, what stays, and what cannot be undone with what to do about it."""
    assert [
        "chart",
        f"    is there: oci://{there}:1.2.0 is {packed('1.2.0').manifest.digest[:19]}",
        "    will be done: a copy takes its place that helm warns of (deprecated: true, and the reason); as it is it "
        "stays as withdrawn-1.2.0, under the same digest",
        "    cannot be undone: helm still takes it without --version, until a higher one is out; who pulled it has it; "
        "a signature of 1.2.0 does not cover the copy",
        "    so: 1.2.1 replaces it; sign the copy where charts have to be signed",
    ] == list(withdraw.row(rollback).lines())


def test_the_release_knows_the_mark(there: OciRepository, rollback: Rollback) -> None:
    """Neither status nor verify takes the copy for somebody else's chart; without the kept one they do."""
    seal(rollback, packed("1.2.0"))
    (published,), (reading,) = chart.publish(rollback.release), chart.readings(rollback.release)
    assert Glance(Verdict.SAME, packed("1.2.0").archive.digest) == reading.look()
    walk(rollback)
    assert Glance(Verdict.SAME, f"withdrawn: it is {KEPT}") == reading.look()
    assert (State.DONE, f"withdrawn: helm warns of it; as it was released it is {KEPT}") == (
        published.observe().state,
        published.observe().detail,
    )
    there.delete(there.digest(KEPT) or "")
    assert State.CONFLICT is published.observe().state
    assert Verdict.WRONG is reading.look().verdict


def test_what_helm_makes_of_it(there: OciRepository, rollback: Rollback, tmp_path: Path) -> None:
    """
    Helm itself: pulled with and without the version, the chart says that it is deprecated, and renders as before.

    The kept one is no version to helm.
    """
    try:
        helm.here()
    except NotReady as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    before = helm.rendered(_pulled(there, tmp_path / "before", "1.2.0"))
    walk(rollback)
    for name, version in (("pinned", "1.2.0"), ("any", ">=1.0")):
        archive = _pulled(there, tmp_path / name, version)
        assert archive.name == "contd-1.2.0.tgz"
        assert before == helm.rendered(archive)
        said = Command((*helm.program(), "show", "chart", "--", str(archive))).ask().out
        assert "deprecated: true" in said.splitlines()
        assert "WITHDRAWN: it was bad." in said
    assert not read(there, there.digest(KEPT) or "").is_deprecated


def _pulled(there: OciRepository, folder: Path, version: str) -> Path:
    folder.mkdir()
    argv = ("pull", "--version", version, "--destination", str(folder), "--plain-http", "--", f"oci://{there}")
    with registry.logged_in(there, "pull", Command((*helm.program(), *argv))) as command:
        answer = command.ask()
    assert answer.code == 0, answer.err
    (found,) = folder.iterdir()
    return found
