"""The headings of a changelog, and the entries below those that name no release."""

from __future__ import annotations

import pytest

from contd_release.project.news import News
from contd_release.tools.markup.headings import unreleased

NEWS = News()
OLD = f"# Changelog\n\n{NEWS.marker}\n## [0.1.0] - 2026-01-01\n\n- First.\n"


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


def test_code_is_no_heading() -> None:
    """An entry may show a comment of a shell; the entries below it are unreleased as well."""
    text = "## Unreleased\n\n- One:\n\n  ```sh\n# 1.0 is old\n  ```\n\n- Two\n\n## 1.0.0\n"
    assert unreleased(text)[0].entries == ("- One:", "- Two")


def test_a_line_below_a_heading_says_that_it_is_not_released() -> None:
    """And the name of a branch is no release."""
    older = "Version 1.2.0\n-------------\n\nReleased 2026-01-10\n\n- Old\n"
    text = f"Version 1.3.0\n-------------\n\nUnreleased\n\n-   One\n\n{older}"
    assert [one.heading for one in unreleased(text)] == ["Version 1.3.0"]
    assert [one.heading for one in unreleased("## main\n\n- One\n\n## Maintenance\n\n- Two\n")] == ["main"]


def test_an_old_section_without_a_date_is_history() -> None:
    """A section named unreleased below newer releases is of a release; in a file with the oldest first it is not."""
    newest_first = (
        "# Changes\n\n## 2.1.0 (2026-01-01)\n\n- New\n\n## 1.0.0 (Unreleased)\n\n- Old\n\n## 0.9.0\n\n- Older\n"
    )
    assert unreleased(newest_first) == ()
    oldest_first = "# Changes\n\n## 0.9.0\n\n- Older\n\n## 1.0.0\n\n- Old\n\n## 1.1.0 (Unreleased)\n\n- New\n"
    assert [one.heading for one in unreleased(oldest_first)] == ["1.1.0 (Unreleased)"]
