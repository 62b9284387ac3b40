"""What users see of a repository: everything, nothing without a login, or no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contd_release.channels.read_back import consumer, only_with_login
from contd_release.errors import Unanswered
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
