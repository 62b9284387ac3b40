"""One place that states the version: whether it does, and in which spelling."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.tools import bumpversion
from contd_release.tools.version_file import VersionFile

_PARSE = r"(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)(?:(?P<pre_l>rc)(?P<pre_n>\d+))?"
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


@pytest.mark.parametrize(
    ("forms", "version", "spelled"),
    [
        (("{major}.{minor}",), "1.2.3", "1.2"),
        (("{major}",), "1.2.3rc1", "1"),
        (("{major}.{minor}", "{minor}"), "1.2.3", "2"),
    ],
)
def test_a_spelling_that_is_short_on_purpose(forms: tuple[str, ...], version: str, spelled: str) -> None:
    """Of formats that all lack a number, the one with the fewest parts counts, as bump-my-version has it."""
    place = VersionFile("a", "{current_version}", "{new_version}", True, forms, _PARSE)
    assert place.can_spell(Version(version))
    assert place.spelled(Version(version)) == spelled


def test_a_spelling_that_loses_a_pre_release() -> None:
    """A format with all three numbers is no short one: it cannot spell what it leaves out."""
    place = VersionFile("a", "{current_version}", "{new_version}", True, ("{major}.{minor}.{patch}",), _PARSE)
    assert not place.can_spell(Version("1.2.3rc1"))
