"""What a person has to know of a package on GitHub's registry, before the first push and after it."""

from __future__ import annotations

import pytest

from contd_release.channels import visibility
from contd_release.sandbox.world import World
from contd_release.tools.oci.repository import OciRepository

PAGE = (
    "https://github.com/orgs/owner/packages/container/charts%2Fcontd/settings "
    "(of a person: https://github.com/users/owner/packages/container/charts%2Fcontd/settings)"
)


def test_a_new_package_on_github() -> None:
    """The first push makes it private; the page on which a person changes that is named."""
    assert visibility.said("ghcr.io", "owner/charts/contd", (), "chart") == (
        "; ghcr.io/owner/charts/contd is new, and the first push makes it private: "
        f"make the package public at {PAGE}, or set [tool.contd-release.chart] private = true"
    )


@pytest.mark.parametrize(("registry", "tags"), [("ghcr.io", ("1.0.0",)), ("quay.io", ()), ("127.0.0.1:5000", ())])
def test_nothing_to_know(registry: str, tags: tuple[str, ...]) -> None:
    """A package that is there already, and other registries, need no word."""
    assert visibility.said(registry, "owner/contd", tags, "image") == ""


def test_another_registry_is_asked_nothing(world: World) -> None:
    """Only GitHub's is asked whether the package is new."""
    there = OciRepository.named(f"{world.registry}/owner/app")
    assert visibility.before(there, "image", is_meant=False) == ""
    assert list(world.ledger.requests()) == []


@pytest.mark.parametrize("registry", ["docker.io", "quay.io"])
def test_another_registry_than_githubs_is_not_asked(registry: str) -> None:
    """Its packages are not private at first, and it has no such page; nothing is asked where private is meant."""
    assert visibility.before(OciRepository.named(f"{registry}/owner/app"), "image", is_meant=False) == ""
    assert visibility.before(OciRepository.named("ghcr.io/owner/app"), "image", is_meant=True) == ""
    assert visibility.remedy(registry, "owner/app", "image") == (
        "make the package public, or set [tool.contd-release.image] private = true"
    )
