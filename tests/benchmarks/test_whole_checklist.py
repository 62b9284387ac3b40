"""The channels of the example that a benchmark measures."""

from __future__ import annotations

import tomllib

import pytest

from benchmarks import whole_checklist
from benchmarks.whole_checklist import Machine

EXAMPLE = whole_checklist.EXAMPLE / "pyproject.toml"


@pytest.mark.parametrize(
    ("machine", "channels"),
    [
        (Machine(base="oci-archive:base.tar"), {"pypi", "github", "image", "chart"}),
        (Machine(), {"pypi", "github", "chart"}),
        (Machine(base="oci-archive:base.tar", has_charts=False), {"pypi", "github", "image"}),
    ],
)
def test_only_what_this_machine_can_publish_is_measured(machine: Machine, channels: set[str]) -> None:
    """The settings lose the tables of channels that cannot be published from here, and nothing else."""
    before = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["tool"]
    after = tomllib.loads(whole_checklist.settings(machine))["tool"]

    ours = after["contd-release"]
    assert {name for name, value in ours.items() if isinstance(value, dict)} == channels
    assert ours == {name: value for name, value in before["contd-release"].items() if name in ours}
    assert {name: value for name, value in after.items() if name != "contd-release"} == {
        name: value for name, value in before.items() if name != "contd-release"
    }
