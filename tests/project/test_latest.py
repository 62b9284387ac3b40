"""The package whose releases are the latest on GitHub."""

from __future__ import annotations

import pytest

from contd_release.errors import Usage
from contd_release.project.latest import leading

PLAIN = {"tag-format": "v{version}"}


@pytest.mark.parametrize(
    ("core", "cli", "expected"),
    [
        ({}, {}, "core"),
        ({}, PLAIN, "cli"),
        ({}, {"tag-format": "{version}"}, "cli"),
        ({"tag-format": "release-{version}"}, PLAIN, "core"),
        ({}, {"latest": True}, "cli"),
        (PLAIN, {"latest": True}, "cli"),
        ({"latest": False} | PLAIN, {}, "cli"),
    ],
)
def test_one_package_leads(core: dict[str, object], cli: dict[str, object], expected: str) -> None:
    """The one that says so, else the one whose tags name no package, else the first one."""
    assert leading({"core": core, "cli": cli}).name == expected


@pytest.mark.parametrize(
    ("core", "cli", "expected"),
    [
        (
            {"latest": True},
            {"latest": True},
            "[tool.contd-release.packages.core] and [tool.contd-release.packages.cli] have latest = true",
        ),
        ({"latest": False}, {"latest": False}, "no package is left: all have latest = false"),
        ({"latest": "yes"}, {}, "[tool.contd-release.packages.core] has latest = 'yes'"),
    ],
)
def test_tables_in_which_no_package_leads(core: dict[str, object], cli: dict[str, object], expected: str) -> None:
    """Two latest packages, none, and what is no yes or no are refused."""
    with pytest.raises(Usage) as caught:
        leading({"core": core, "cli": cli})
    assert caught.value.what_is == expected


def test_the_latest_package_is_known_by_its_tags_and_marks() -> None:
    """Another package can tell its releases, and those that were withdrawn."""
    found = leading({"core": PLAIN, "cli": {}})
    assert (str(found.tags), found.withdrawal) == ("v{version}", "withdrawn/core/v")
