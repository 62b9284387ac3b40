"""
The changelog as text: what was put below its marker, told from what was there.
"""

from __future__ import annotations

import pytest

from contd_release.settings import News
from contd_release.tools.changelog import added

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
    """
    The section alone, whatever headings it holds, whether or not there is one below.
    """
    assert SECTION == added(before, after, NEWS)


@pytest.mark.parametrize("after", ["# Changelog\n", f"# Changelog\n\n{NEWS.marker}\n{SECTION}\n", ""])
def test_a_changelog_that_lost_something_has_nothing_added(after: str) -> None:
    """
    The marker is gone, or the older sections are.
    """
    assert added(OLD, after, NEWS) is None
