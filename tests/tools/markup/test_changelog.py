"""The changelog as text: what was put below its marker, told from what was there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contd_release.project.news import News
from contd_release.tools.markup.changelog import added, has_section, sections

NEWS = News()
OLD = f"# Changelog\n\n{NEWS.marker}\n## [0.1.0] - 2026-01-01\n\n- First.\n"
SECTION = "## [0.2.0] - 2026-02-01\n\n### Added\n\n- More.\n  ## [0.1.0] is what it was before."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD, OLD.replace(f"{NEWS.marker}\n", f"{NEWS.marker}\n{SECTION}\n\n")),
        (f"# Changelog\n\n{NEWS.marker}", f"# Changelog\n\n{NEWS.marker}\n{SECTION}\n"),
        (f"# Changelog\n{NEWS.marker}\n\n\nold\n\n", f"# Changelog\n\n{NEWS.marker}\n{SECTION}\nold\n\n"),
    ],
)
def test_what_was_added_is_told(before: str, after: str) -> None:
    """The section alone, whatever headings it holds, whether or not there is one below."""
    assert added(before, after, NEWS) == SECTION


@pytest.mark.parametrize("after", ["# Changelog\n", f"# Changelog\n\n{NEWS.marker}\n{SECTION}\n", ""])
def test_a_changelog_that_lost_something_has_nothing_added(after: str) -> None:
    """The marker is gone, or the older sections are."""
    assert added(OLD, after, NEWS) is None


RST = News(
    changelog="NEWS.rst", marker=".. towncrier release notes start\n", title_format="{name} {version} ({project_date})"
)
RST_TEXT = """\
.. towncrier release notes start

Lodestar 1.3.0 (2026-05-01)
===========================

- Lodestar 1.2.0 (2026-01-01) was slow.

===========================
Lodestar 1.2.0 (2026-01-01)
===========================

- First.
"""


@pytest.mark.parametrize("title_format", [RST.title_format, ""])
def test_sections_of_restructuredtext(title_format: str) -> None:
    """A heading has a line below it, and perhaps one above; a sentence is none."""
    news = replace(RST, title_format=title_format)
    found = sections(RST_TEXT, news)
    assert [str(one.version) for one in found] == ["1.3.0", "1.2.0"]
    assert RST_TEXT[found[1].start :].startswith("=====")
    assert has_section(RST_TEXT, news, "1.2.0")
    assert not has_section(RST_TEXT, news, "1.2")


@pytest.mark.parametrize("heading", ["# Thing 1.2.0 - today", "## [1.2.0]", "### v1.2.0, at last"])
def test_a_heading_whose_form_is_not_known(heading: str) -> None:
    """Any heading with the version is one."""
    assert has_section(f"{heading}\n\n- One.\n", News(title_format=""), "1.2.0")
    assert not has_section(f"{heading}\n\n- One.\n", News(title_format=""), "1.2.1")
