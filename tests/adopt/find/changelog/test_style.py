"""How a changelog is written, so that the next section looks like the last one."""

from __future__ import annotations

import pytest

from contd_release.adopt.find.changelog.style import read


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("## [1.2.0] - 2026-01-10", "## [{version}] - {project_date}"),
        ("# v1.2.0 (2026-01-10)", "# v{version} ({project_date})"),
        ("### Version 1.2.0, January 10, 2026", "### Version {version}, {project_date}"),
        ("## 1.2.0 / 10.01.2026", "## {version} / {project_date}"),
        ("## 1.2.0", "## {version}"),
        ("## 1.2.0 - The one with the codename", "## {version}"),
        ("## [1.2.0](https://x.org/a/b/compare/v1.1.0...v1.2.0) (2026-01-10)",
         "## [{version}](https://x.org/a/b/releases/tag/v{version}) ({project_date})"),
        ("## [1.2.0](https://x.org/a/b/tree/1.2.0) (2026-01-10)",
         "## [{version}](https://x.org/a/b/tree/{version}) ({project_date})"),
        ("## 1.2.0 {stable} - 2026-01-10", "## {version} {{stable}} - {project_date}"),
    ],
)  # fmt: skip
def test_the_heading_of_a_release(heading: str, expected: str) -> None:
    """What changes from release to release becomes a field, and what only this one says is left out."""
    assert read(f"# Log\n\n## [Unreleased]\n\n{heading}\n\n- One\n", is_rst=False).title_format == expected


def test_what_most_headings_look_like() -> None:
    """One that was written in a hurry does not decide."""
    text = "## 1.3.0\n\n## [1.2.0] - 2026-01-10\n\n## [1.1.0] - 2025-11-02\n"
    assert read(text, is_rst=False).title_format == "## [{version}] - {project_date}"


def test_without_a_release_it_is_keep_a_changelog() -> None:
    """Whatever there is to continue."""
    found = read("# Changelog\n", is_rst=False)
    assert (found.title_format, found.line, found.is_flat) == ("## [{version}] - {project_date}", 0, False)


def test_the_lines_below_headings() -> None:
    """And the headings below that of a release, by what they mean."""
    found = read('Log\n===\n\n1.2.0 (2026-01-10)\n~~~~~~~~~~~~~~~~~~\n\nBugs fixed\n""""""""""\n\n- One\n', is_rst=True)
    assert (found.title_format, found.underlines[:2]) == ("{version} ({project_date})", ("~", '"'))
    assert found.titles == {"bugfix": "Bugs fixed"}


@pytest.mark.parametrize(
    ("text", "is_flat"),
    [("## 1.2.0\n\n- One\n", True), ("## 1.2.0\n\n### Fixed\n\n- One\n", False),
     ("## 1.2.0\n\n**Fixed**\n\n- One\n", False)],
)  # fmt: skip
def test_a_release_without_headings_of_its_own(text: str, is_flat: bool) -> None:
    """It is one list."""
    assert read(text, is_rst=False).is_flat is is_flat


@pytest.mark.parametrize(
    ("entry", "is_rst", "expected"),
    [
        ("- One ([#5](https://x.org/a/pull/5))", False, "[#{issue}](https://x.org/a/pull/{issue})"),
        ("- One (`#5 <https://x.org/a/pull/5>`_)", True, "`#{issue} <https://x.org/a/pull/{issue}>`__"),
        ("- One (#5)", False, ""),
    ],
)
def test_links_to_issues(entry: str, is_rst: bool, expected: str) -> None:
    """New entries link to theirs as the old ones do."""
    assert read(f"{entry}\n", is_rst=is_rst).issue_format == expected


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("Released 2026-01-10", "Released {{ versiondata.date }}"),
        ("*Release date: January 10, 2026*", "*Release date: {{ versiondata.date }}*"),
        ("In 2026-01-10 nothing happened, and then it did.", ""),
        ("- One", ""),
    ],
)
def test_the_line_below_a_heading_that_has_the_date(below: str, expected: str) -> None:
    """It goes on below the next heading."""
    if "nothing happened" in below:
        expected = "In {{ versiondata.date }} nothing happened, and then it did."
    assert read(f"Version 1.2.0\n-------------\n\n{below}\n\n- One\n", is_rst=True).dated == expected
