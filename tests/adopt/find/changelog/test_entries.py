"""The entries of a section: each whole, in their order, and of the type that its heading says."""

from __future__ import annotations

import pytest

from contd_release.adopt.find.changelog.entries import definitions, entries, meaning_of_title


def found(text: str, *, is_rst: bool = False) -> list[tuple[str, str]]:
    """The meaning and the text of each entry."""
    return [(one.meaning, one.text) for one in entries(text.splitlines(), 1, definitions(text), is_rst=is_rst)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("### Fixed\n- One\n  goes on\n- Two\n", [("bugfix", "One\ngoes on"), ("bugfix", "Two")]),
        ("- Lazy\ncontinuation\n\n  Second paragraph\n", [("change", "Lazy\ncontinuation\n\nSecond paragraph")]),
        ("1. First\n2. Second\n   - inside\n", [("change", "First"), ("change", "Second\n- inside")]),
        ("**Features**\n\n* A\n\nBug fixes:\n\n* B\n", [("feature", "A"), ("bugfix", "B")]),
        ("### Added\n\nA paragraph alone.\n", [("feature", "A paragraph alone.")]),
        ("- Add a thing\n- Fixes the other\n", [("feature", "Add a thing"), ("bugfix", "Fixes the other")]),
        ("### Added\n\n<!-- - Not me -->\n\n- Nothing yet\n\n### Fixed\n", []),
        ("- See [#1] and [it][a].\n\n[#1]: http://x/1\n[a]: http://x/a\n",
         [("change", "See [#1](http://x/1) and [it](http://x/a).")]),
        ("- `[#1]` and [x](y) and [ ] stay\n\n[#1]: http://x/1\n", [("change", "`[#1]` and [x](y) and [ ] stay")]),
        ("### 🐛 Bug Fixes\n- One\n### Docker\n- Two\n", [("bugfix", "One"), ("docker", "Two")]),
    ],
)  # fmt: skip
def test_markdown(text: str, expected: list[tuple[str, str]]) -> None:
    """Lists of every kind, paragraphs, words in bold as headings; no comment, and no "nothing yet"."""
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fixed\n^^^^^\n\n- One\n  goes on\n\n- Two::\n\n    code\n",
         [("bugfix", "One\ngoes on"), ("bugfix", "Two::\n\n  code")]),
        (" * One\n   more\n * Two\n", [("change", "One\nmore"), ("change", "Two")]),
        ("**New features**\n\n- A\n\n.. a comment\n\n- B\n", [("feature", "A"), ("feature", "B")]),
        ("A paragraph\nof two lines.\n\nAnother.\n",
         [("change", "A paragraph\nof two lines."), ("change", "Another.")]),
        ("- `#1`_ is done.\n\n.. _#1: http://x/1\n", [("change", "`#1`_ is done.")]),
    ],
)  # fmt: skip
def test_restructuredtext(text: str, expected: list[tuple[str, str]]) -> None:
    """The same, with headings that have a line below them, and lists that are indented as a whole."""
    assert found(text, is_rst=True) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Added", "feature"), ("New Features", "feature"), ("Bug fixes", "bugfix"),
        ("Backwards incompatible changes", "breaking"),
        ("Deprecations and Removals", "deprecation"), ("API Changes", "change"), ("Docs", "doc"),
        ("Performance", "performance"),
        ("⚡ Speed & size", "speed-size"),
    ],
)  # fmt: skip
def test_what_a_heading_means(title: str, expected: str) -> None:
    """Other people's words for our types; a heading that we do not know is a type of its own."""
    assert meaning_of_title(title) == expected
