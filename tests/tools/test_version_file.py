"""One place that states the version: whether it does, and in which spelling."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.tools import bumpversion
from contd_release.tools.version_file import VersionFile

EXAMPLE = Path(__file__).parents[2] / "examples" / "contd"


@pytest.mark.parametrize(
    ("version", "spelled"), [("1.2.0", "1.2.0"), ("1.2.0rc1", "1.2.0-rc.1"), ("10.0.0a12", "10.0.0-a.12")]
)
def test_spelled_as_the_file_has_it(version: str, spelled: str) -> None:
    """The shortest form that leaves nothing out."""
    chart = bumpversion.configuration(lambda path: (EXAMPLE / path).read_text(encoding="utf-8")).files[-1]
    assert chart.spelled(Version(version)) == spelled


def test_a_plain_search() -> None:
    """A search that is no regular expression is looked for as it is."""
    place = VersionFile("a", "v{current_version}!", "v{new_version}!", False, ("{major}",), "")
    assert place.problem("about v1.2.0!", Version("1.2.0")) is None
    assert place.problem("about v1x2.0!", Version("1.2.0")) == "a does not have 'v1.2.0!'"
    assert place.problem(None, Version("1.2.0")) == "a is not there; expected a file that states 1.2.0"
