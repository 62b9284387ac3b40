"""What users see of a repository: everything, nothing without a login, or no answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.channels.read_back import Claim, consumer, only_with_login, read_back
from contd_release.engine.checklist import Checklist
from contd_release.engine.step import State
from contd_release.errors import FailedCommand, NotReady, Unanswered
from contd_release.process.action import Call, Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.sandbox.registry.api import Registry
from contd_release.sandbox.world import World
from contd_release.tools.oci.repository import OciRepository

pytestmark = pytest.mark.usefixtures("impatient", "alone", "publisher")


def seen(world: World) -> OciRepository:
    """The repository as users see it."""
    name = f"{world.registry}/owner/app"
    return consumer(OciRepository.named(name, anonymous=True), OciRepository.named(name), "1.2.0")


def test_a_public_repository_is_read_without_a_login(world: World) -> None:
    """Then there is nothing to warn of."""
    assert seen(world).login is None
    assert only_with_login(seen(world), "image", is_meant=False) == ""


def test_a_private_repository_is_read_with_our_login_and_said(world: World) -> None:
    """Users cannot pull it, and that is a warning where it is not meant."""
    part = world.part(Registry)
    part.rules = replace(part.rules, public=False)
    assert seen(world).login is not None
    assert only_with_login(seen(world), "image", is_meant=False) == (
        "users cannot pull this: make the package public, or set [tool.contd-release.image] private = true"
    )
    assert only_with_login(seen(world), "image", is_meant=True) == ""


@pytest.mark.parametrize("fault", ["drop", "503", "429"])
def test_no_answer_is_not_private(world: World, fault: str) -> None:
    """A registry that times out, drops the line or is overloaded has not refused users."""
    world.faults.order(f"* /v2/* every {fault}")
    with pytest.raises(Unanswered):
        seen(world)


def test_a_channel_is_verified_against_one_seal(tmp_path: Path) -> None:
    """The check runs once for each seal; without a seal nothing can be verified."""
    project = Project(tmp_path, tmp_path, "contd", Settings(), News())
    release = Release(project, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1_800_000_000)
    running, checked = Running(tmp_path / "log"), list[str]()
    step = read_back(release, Claim("pypi", "read back", "installed"), (Call("check", lambda: checked.append("")),))
    assert step.observe().detail == "nothing is built yet"
    with pytest.raises(NotReady, match="nothing is sealed"):
        step.act[-1].run(running)

    for count, epoch in enumerate((1, 2), start=1):
        artifacts.seal(release.dist, Sealed("contd", "1.2.0", "0" * 40, epoch, ()))
        assert (step.observe().state, step.observe().detail) == (State.ABSENT, "not installed yet")
        Checklist((step,)).walk(lambda _: None, running)
        assert len(checked) == count
        assert step.observe().state is State.DONE
        Checklist((step,)).walk(lambda _: None, running)
        assert len(checked) == count


def test_a_check_that_fails_is_not_noted(tmp_path: Path) -> None:
    """The channel is read back again the next time."""

    def fail() -> None:
        raise FailedCommand("other bytes")

    project = Project(tmp_path, tmp_path, "contd", Settings(), News())
    release = Release(project, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1_800_000_000)
    artifacts.seal(release.dist, Sealed("contd", "1.2.0", "0" * 40, 1, ()))
    step = read_back(release, Claim("pypi", "read back", "installed"), (Call("check", fail),))
    with pytest.raises(FailedCommand, match="other bytes"):
        Checklist((step,)).walk(lambda _: None, Running(tmp_path / "log"))
    assert step.observe().state is State.ABSENT
