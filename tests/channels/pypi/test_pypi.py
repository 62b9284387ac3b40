"""The package index: what each look says, and what an upload does on a bad day."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contd_release.channels.pypi import access, build, publish, verify
from contd_release.channels.pypi import channel as pypi
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, FailedCommand, ReleaseError, Unanswered, Unsettled
from contd_release.prepare import seal
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed, Tampered
from contd_release.project.release import Release
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Beginning

WHEEL, SDIST = "contd-0.2.0-py3-none-any.whl", "contd-0.2.0.tar.gz"
SERVED, SENT = "GET /simple/*", "POST /legacy/"


@pytest.fixture
def built(beginning: Beginning, foreign: Callable[[str], bytes]) -> Release:
    """A release whose wheel and sdist are sealed, without the minutes it takes to make them."""
    release = beginning()
    release.dist.mkdir(parents=True)
    for name in (WHEEL, SDIST):
        (release.dist / name).write_bytes(foreign(name))
    return sealed(release)


def sealed(release: Release) -> Release:
    """Seal what is there."""
    artifacts.seal(
        release.dist, Sealed("contd", str(release.version), release.base, release.epoch, pypi.built(release))
    )
    return release


def make(step: Step, logs: Path) -> Step:
    """Make a step true."""
    Checklist((step,)).walk(lambda _: None, Running(logs))
    return step


def test_a_file_is_free_then_ours(built: Release, world: World, tmp_path: Path) -> None:
    """ABSENT, then DONE by its digest; there is no undo."""
    for item in pypi.publish(built):
        assert isinstance(item, Step)
        assert State.ABSENT is item.observe().state
        assert State.DONE is make(item, tmp_path).observe().state
        assert item.undo is None
    assert {f"file {WHEEL}": 1, f"file {SDIST}": 1} == dict(world.ledger.effects())
    assert access.accepted(built).observe().detail == "everything is uploaded"


def test_other_bytes(built: Release, upload: Callable[[str], None], world: World, tmp_path: Path) -> None:
    """CONFLICT, before and after the build, and nothing is sent."""
    upload(WHEEL)
    step = publish.uploaded(built, WHEEL)
    assert State.DONE is step.observe().state
    (built.dist / WHEEL).write_bytes(b"PK other bytes")
    sealed(built)
    sent = len(world.ledger.mutating())
    found = step.observe()
    assert State.CONFLICT is found.state
    assert "an index never gives a file name out twice" in found.type_next
    with pytest.raises(Conflict):
        make(step, tmp_path)
    (built.dist / artifacts.SEAL).unlink()
    assert step.observe().detail.endswith("and is not ours")
    assert sent == len(world.ledger.mutating())


def test_bytes_that_changed_since_they_were_sealed(built: Release, world: World, tmp_path: Path) -> None:
    """They are compared right before they are sent, and not sent."""
    (built.dist / WHEEL).write_bytes(b"PK other bytes")
    with pytest.raises(Tampered):
        make(publish.uploaded(built, WHEEL), tmp_path)
    assert State.CONFLICT is seal.sealed(built, pypi.built).observe().state
    assert world.ledger.mutating() == ()


def test_nothing_is_sealed(beginning: Beginning, tmp_path: Path, world: World) -> None:
    """An unbuilt release is not an uploaded one, and nothing is sent."""
    step = publish.uploaded(beginning(), WHEEL)
    assert State.ABSENT is step.observe().state
    with pytest.raises(ReleaseError, match="is not sealed"):
        make(step, tmp_path)
    assert world.ledger.mutating() == ()
    assert State.ABSENT is verify.installable(beginning()).observe().state


@pytest.mark.parametrize("fault", ["401", "403", "500", "502", "drop", "refuse", "truncate"])
def test_no_answer_is_never_absent(built: Release, world: World, fault: str) -> None:
    """An index that does not say what it serves is not an empty one."""
    world.faults.order(f"{SERVED} every {fault}")
    with pytest.raises(Unanswered):
        publish.uploaded(built, WHEEL).observe()


def walked_on(built: Release, world: World, fault: str, logs: Path) -> str:
    """Order a fault and upload; when that stops, go on without the fault. How it stopped, or nothing."""
    world.faults.order(fault)
    step, stopped = publish.uploaded(built, WHEEL), ""
    try:
        make(step, logs)
    except ReleaseError as error:
        stopped = f"{type(error).__name__}: {error}"
        world.faults.clear()
        make(step, logs)
    assert State.DONE is step.observe().state
    assert {f"file {WHEEL}": 1} == dict(world.ledger.effects())
    return stopped


@pytest.mark.parametrize("fault", [f"{SENT} 1 accept-then-drop", f"{SENT} 1 accept-then-500", f"{SENT} 1 503"])
def test_a_bad_day_that_ends(built: Release, world: World, fault: str, tmp_path: Path) -> None:
    """R3: an upload converges, and the file is stored once, whether or not the answer came."""
    assert walked_on(built, world, fault, tmp_path) == ""


@pytest.mark.slow
@pytest.mark.parametrize("request_of", [f"{SERVED} 1", f"{SENT} 1", f"{SERVED} 2"])
@pytest.mark.parametrize(
    "what",
    "refuse drop cut reset truncate slow=1 trickle=0.1 401 403 404 409 422 429=1 500 502 504 "
    "accept-then-drop accept-then-502".split(),
)
def test_every_request_on_every_bad_day(
    built: Release, world: World, what: str, request_of: str, tmp_path: Path
) -> None:
    """R3: each request of an upload met by each misfortune: it converges, or stops with a cause and then goes on."""
    stopped = walked_on(built, world, f"{request_of} {what}", tmp_path)
    status = what.partition("=")[0]
    if stopped and request_of.startswith(SENT):
        assert stopped.startswith("FailedCommand: ")
        assert not status.isdigit() or status in stopped
    elif stopped:
        assert stopped.startswith("Unanswered: ")
    assert "  type:" in stopped or not stopped


def test_an_index_that_says_yes_and_stores_nothing(built: Release, world: World, tmp_path: Path) -> None:
    """Nothing is done because a command exited 0: what the index never shows is unsettled."""
    world.faults.order(f"{SENT} every lie")
    with pytest.raises(Unsettled, match="done without an error, and still"):
        make(replace(publish.uploaded(built, WHEEL), patience=1), tmp_path)
    assert dict(world.ledger.effects()) == {}


@pytest.mark.parametrize("status", [400, 401, 403, 413])
@pytest.mark.slow
def test_a_refusal_is_not_tried_again(built: Release, world: World, status: int, tmp_path: Path) -> None:
    """R3: what will not change by itself stops at once, and the answer is told."""
    world.faults.order(f"{SENT} every {status}")
    began = time.monotonic()
    with pytest.raises(FailedCommand, match=str(status)):
        make(publish.uploaded(built, WHEEL), tmp_path)
    assert len(world.ledger.mutating()) == 1
    assert time.monotonic() - began < 60


def test_the_login(built: Release, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """DONE when the index knows us, ABSENT without a credential or with a wrong one, Unanswered without an answer."""
    step = access.accepted(built)
    assert State.DONE is step.observe().state
    assert "cannot be checked beforehand" in step.observe().detail
    world.faults.order(f"{SENT} every 503")
    with pytest.raises(Unanswered):
        step.observe()
    world.faults.clear()
    monkeypatch.setenv("TWINE_PASSWORD", "guessed")
    found = step.observe()
    assert State.ABSENT is found.state
    assert "guessed" not in found.detail
    monkeypatch.delenv("TWINE_PASSWORD")
    assert step.observe().detail == "there is no credential for the package index"


def test_half_a_build(built: Release) -> None:
    """Without a seal, files of a build that was killed are PARTIAL, and all of them DONE; a seal is believed."""
    step = build.distributed(built)
    assert State.DONE is step.observe().state
    (built.dist / artifacts.SEAL).unlink()
    assert State.DONE is step.observe().state
    (built.dist / WHEEL).unlink()
    assert State.PARTIAL is step.observe().state
    (built.dist / SDIST).unlink()
    assert State.ABSENT is step.observe().state
