"""Fragments by their names, and what they ask of the next version."""

from __future__ import annotations

import shlex

import pytest
from packaging.version import Version

from contd_release.prepare import fragments
from contd_release.prepare.fragments import Fragment
from contd_release.project.news import News
from contd_release.tools.markup.changelog import has_section

NEWS = News(ignore=("README.md",))


@pytest.mark.parametrize(
    ("name", "issue", "kind"),
    [
        ("12.feature.md", "12", "feature"),
        ("12.feature.1.md", "12", "feature"),
        ("+short-name.bugfix.md", "+short-name", "bugfix"),
        ("gh-7.breaking.rst", "gh-7", "breaking"),
        ("12.misc", "12", "misc"),
    ],
)
def test_good_names(name: str, issue: str, kind: str) -> None:
    """An issue or an orphan's name, a type, perhaps a counter."""
    assert Fragment(name, issue, kind) == fragments.fragment(name, NEWS)


@pytest.mark.parametrize(
    "name",
    ["notes.md", "feature.md", ".feature.md", "12.Feature.md", "12.feat.md", "größe.misc.md", "my change.feature.md"],
)
def test_bad_names(name: str) -> None:
    """Each is told with what was expected; towncrier would drop it without a word."""
    found = fragments.fragment(name, NEWS)
    assert isinstance(found, fragments.Misnamed)
    assert found.what.startswith(f"newsfragments/{name}: ")


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("12.feat.md", "12.feature.md"),
        ("12.Bugfix.md", "12.bugfix.md"),
        ("12.md", "12.feature.md"),
        ("größe.misc.md", "+groesse.misc.md"),
        ("my notes.md", "+my-notes.feature.md"),
        ("my change.bugfix.md", "+my-change.bugfix.md"),
        ("12 .misc.md", "12.misc.md"),
    ],
)
def test_the_name_that_was_meant(name: str, better: str) -> None:
    """The remedy is a `git mv` to the nearest good name."""
    found = fragments.fragment(name, NEWS)
    assert isinstance(found, fragments.Misnamed)
    assert shlex.split(found.remedy) == ["git", "mv", f"newsfragments/{name}", f"newsfragments/{better}"]
    assert isinstance(fragments.fragment(better, NEWS), Fragment)


@pytest.mark.parametrize(
    ("kinds", "current", "least"),
    [
        ("breaking feature", "1.2.3", "major"),
        ("breaking feature", "0.2.3", "minor"),
        ("feature bugfix", "1.2.3", "minor"),
        ("bugfix doc misc security", "1.2.3", "patch"),
        ("", "1.2.3", "patch"),
    ],
)
def test_the_least_part(kinds: str, current: str, least: str) -> None:
    """Breaking asks for a major, under 1.0 for a minor; a feature for a minor; everything else for a patch."""
    found = fragments.read([f"{number}.{kind}.md" for number, kind in enumerate(kinds.split())], NEWS)
    assert least == found.least_part(Version(current))
    assert ("breaking" in kinds) is found.is_breaking


def test_what_is_no_fragment() -> None:
    """The README, the template and git's own files are left alone."""
    found = fragments.read(["README.md", "_template.md", ".gitignore", "newsfragments/1.doc.md"], NEWS)
    assert [one.name for one in found.fragments] == ["1.doc.md"]
    assert found.problems == ()
    assert found.counted() == "1 doc"


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("## [1.2.0] - 2020-01-01", True),
        ("## [1.2.0] - someday", True),
        ("## [1.2.0rc1] - 2020-01-01", False),
        ("## [11.2.0] - 2020-01-01", False),
        ("see ## [1.2.0] - 2020-01-01", False),
        ("## [1x2.0] - 2020-01-01", False),
    ],
)
def test_a_section_of_this_version(text: str, is_there: bool) -> None:
    """Whatever its date, so that the same version on another day gives no second section."""
    assert is_there is has_section(f"# Changelog\n\n{text}\n\n- Something.\n", NEWS, "1.2.0")
