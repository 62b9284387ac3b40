"""Images and charts that are withdrawn, in a registry that is one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from contd_release.channels.chart import withdraw as charts
from contd_release.channels.image import promote
from contd_release.channels.image import withdraw as images
from contd_release.channels.withdrawal import Rollback
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.errors import Unanswered
from contd_release.procedures.rollback import tag as tags
from contd_release.process.action import Running
from contd_release.records import journal
from contd_release.records.entries import Left
from contd_release.sandbox.registry.api import Registry, RegistryRules
from contd_release.sandbox.world import World
from contd_release.tools.oci.manifest import INDEX, Manifest
from contd_release.tools.oci.repository import OciRepository

# Each walks a release through registries.
pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from rollback_bench import Withdrawal


def image(version: str) -> Manifest:
    """An index like no other version's."""
    said = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [], "annotations": {"version": version}}
    return Manifest(json.dumps(said).encode(), INDEX)


@pytest.fixture
def there(world: World, withdrawal: Withdrawal) -> OciRepository:
    """1.0.0, 1.1.0 and 1.2.0, with the tags that move at 1.2.0."""
    found = OciRepository.named(f"{world.registry}/owner/contd")
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        found.put(version, image(version))
        minor = version.rpartition(".")[0]
        for tag in (minor, "1", "latest"):
            found.put(tag, image(version))
    return found


def walk(rollback: Rollback, *steps: Step) -> None:
    """Make steps true."""
    Checklist(steps).walk(lambda _: None, Running(rollback.release.logs))


def test_tags_are_led_back(there: OciRepository, withdrawal: Withdrawal) -> None:
    """
    The line's highest good release is named again; a line without one loses its tag, where the registry deletes tags.
    """
    rollback = withdrawal("1.2.0")
    assert [step.observe().state.value for step in images.steps(rollback)] == ["absent"] * 3
    row = images.row(rollback)
    assert row.undone == "1.2 names nothing again; 1 names 1.1.0 again; latest names 1.1.0 again"
    walk(rollback, tags.marked(rollback), *images.steps(rollback))
    assert image("1.1.0").digest == there.digest("latest") == there.digest("1")
    assert image("1.2.0").digest == there.digest("1.2.0")
    assert [step.observe().state.value for step in images.steps(rollback)] == ["done"] * 3
    left = [one.what for one in journal.of(rollback.release.project).entries(Left)]
    if there.digest("1.2"):
        assert [f"{there}:1.2"] == left
        assert "stays: the registry deletes no tags" in images.steps(rollback)[0].observe().detail
    second = withdrawal("1.1.0")
    walk(second, tags.marked(second), *images.steps(second))
    assert image("1.0.0").digest == there.digest("latest") == there.digest("1")


@pytest.mark.parametrize("gone", ["nothing", "the recorded image", "the version before", "all that was good"])
def test_what_the_tag_should_name_is_gone(there: OciRepository, withdrawal: Withdrawal, gone: str) -> None:
    """
    The highest good release that is still there is named; else what was recorded, if it is; else nothing is claimed.
    """
    rollback = withdrawal("1.2.0")
    recorded = image("nightly")
    there.put("nightly", recorded)
    note = [{"tag": "1", "previous": recorded.digest, "to": image("1.2.0").digest}]
    rollback.release.home.mkdir(parents=True)
    (rollback.release.home / promote.FILE).write_text(json.dumps(note), encoding="utf-8")
    lost = {
        "nothing": (),
        "the recorded image": ("nightly",),
        "the version before": ("1.1.0",),
        "all that was good": ("1.1.0", "1.0.0"),
    }[gone]
    for version in lost:
        assert there.delete(there.digest(version) or "")
    walk(rollback, tags.marked(rollback), *images.steps(rollback))
    named = {"the version before": image("1.0.0"), "all that was good": recorded}.get(gone, image("1.1.0"))
    assert named.digest == there.digest("1")


def test_nothing_good_is_left(there: OciRepository, withdrawal: Withdrawal) -> None:
    """Neither a good release nor what was recorded is there any more: the tag goes, or it is said that it stays."""
    rollback = withdrawal("1.2.0")
    note = [{"tag": "1", "previous": image("1.1.0").digest, "to": image("1.2.0").digest}]
    rollback.release.home.mkdir(parents=True)
    (rollback.release.home / promote.FILE).write_text(json.dumps(note), encoding="utf-8")
    for version in ("1.1.0", "1.0.0"):
        assert there.delete(there.digest(version) or "")
    assert "1 names nothing again" in images.row(rollback).undone
    walk(rollback, tags.marked(rollback), *images.steps(rollback))
    (_, step, _) = images.steps(rollback)
    told = "is not there" if there.digest("1") is None else "stays: the registry deletes no tags"
    assert told in step.observe().detail


def test_what_names_something_else_is_left_alone(there: OciRepository, withdrawal: Withdrawal) -> None:
    """`latest` was moved by somebody else: it is not ours to move."""
    there.put("latest", image("somebody's"))
    rollback = withdrawal("1.2.0")
    walk(rollback, tags.marked(rollback), *images.steps(rollback))
    assert image("somebody's").digest == there.digest("latest")


def test_no_answer_is_not_absent(there: OciRepository, withdrawal: Withdrawal, world: World) -> None:
    """
    A registry that says nothing has neither tags nor no tags; and a tag is not deleted as long as one place is silent.
    """
    world.faults.order("* /v2/* every 500")
    rollback = withdrawal("1.2.0")
    for step in images.steps(rollback):
        with pytest.raises(Unanswered):
            step.observe()
    with pytest.raises(Unanswered):
        list(tags.pointing(rollback.release))


@pytest.mark.parametrize("deletes", [True, False])
def test_a_chart_is_deleted_where_asked_and_allowed(world: World, withdrawal: Withdrawal, deletes: bool) -> None:
    """
    Not asked: nothing is done, and what to do is said. Asked: gone, or the registry keeps it, which is said as well.
    """
    world.part(Registry).rules = RegistryRules(deletes=deletes)
    there = OciRepository.named(f"{world.registry}/owner/charts/contd")
    there.put("1.2.0", image("1.2.0"))
    kept = withdrawal("1.2.0")
    assert charts.steps(kept) == ()
    asked = "1.2.1 replaces it; or invoke rollback with --deprecate-chart or --delete-chart"
    assert asked == charts.row(kept).instead
    rollback = withdrawal("1.2.0", "delete-chart")
    (step,) = charts.steps(rollback)
    assert State.ABSENT is step.observe().state
    walk(rollback, step)
    assert (there.digest("1.2.0") is None) is deletes
    detail = step.observe().detail
    assert ("is not there" if deletes else "the registry does not let us delete it") in detail
