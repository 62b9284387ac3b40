"""The changelog as text: what was put below its marker, told from what was there."""

from __future__ import annotations

import pytest

from contd_release.project.settings import News
from contd_release.tools.changelog import added, unreleased

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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## [Unreleased]\n\n### Added\n\n- One\n  more of it\n- Two\n\n## [0.1.0]\n\n- Old\n", (1, "[Unreleased]", 2)),
        ("# Log\n\n## Unreleased\n* One\n", (3, "Unreleased", 1)),
        ("## 1.2.0 (unreleased)\n\n1. One\n", (1, "1.2.0 (unreleased)", 1)),
        ("## 1.2.0 - TBD\n\nA paragraph.\n\nAnother\nof two lines.\n", (1, "1.2.0 - TBD", 2)),
        ("Unreleased\n----------\n\n- One\n\n1.0.0\n-----\n\n- Old\n", (1, "Unreleased", 1)),
        ("Unreleased\n==========\n\nAdded\n-----\n\n* One\n* Two\n\n0.9\n===\n* Old\n", (1, "Unreleased", 2)),
        ("# Unreleased\n\n- One\n\n### 0.1.0\n\n- Old\n", (1, "Unreleased", 1)),
    ],
)
def test_entries_of_no_version(text: str, expected: tuple[int, str, int]) -> None:
    """
    A section without a version has its entries counted, in Markdown and in reStructuredText, up to the next version.
    """
    [found] = unreleased(text)
    assert expected == (found.line, found.heading, len(found.entries))


@pytest.mark.parametrize(
    "text",
    [
        OLD,
        f"## [Unreleased]\n\n{NEWS.marker}\n## [0.1.0] - 2026-01-01\n\n- First.\n",
        "## [Unreleased]\n\n### Added\n\n### Fixed\n\n## [0.1.0]\n\n- Unreleased memory is freed.\n",
        "## [Unreleased]\n\n<!-- say\n- what changed\n-->\n\n- Nothing yet.\n",
        "## [0.1.0]\n\n- First.\n\n[Unreleased]: https://example.com/compare/v0.1.0...HEAD\n",
        "Unreleased\n----------\n\n.. towncrier release notes start\n\nNo changes yet.\n",
        "",
    ],
)
def test_nothing_is_unreleased(text: str) -> None:
    """Empty headings, comments, links, and the sentence that nothing has changed are no entries."""
    assert unreleased(text) == ()
