"""The links of a changelog's headings: each release gets one where the others have one."""

from __future__ import annotations

from packaging.version import Version

from contd_release.tools.markup.heading_links import with_links

OLD = "# Changelog\n\n## [0.1.0] - 2026-01-01\n\n- First.\n"


COMPARED = """\
[Unreleased]: https://example.com/a/b/compare/v1.2.0...HEAD
[1.2.0]: https://example.com/a/b/compare/v1.1.0...v1.2.0
[1.1.0]: https://example.com/a/b/releases/tag/v1.1.0
[#12]: https://example.com/a/b/issues/12
"""


def test_each_release_has_a_link() -> None:
    """A changelog that ends with links to what changed gets one more, and what is unreleased begins anew."""
    found = with_links(f"## [1.3.0]\n\n{COMPARED}", Version("1.3.0"))
    assert found.splitlines()[2:5] == [
        "[Unreleased]: https://example.com/a/b/compare/v1.3.0...HEAD",
        "[1.3.0]: https://example.com/a/b/compare/v1.2.0...v1.3.0",
        "[1.2.0]: https://example.com/a/b/compare/v1.1.0...v1.2.0",
    ]
    assert with_links(found, Version("1.3.0")) == found


def test_a_hotfix_has_its_link_below_the_later_release() -> None:
    """And what is unreleased stays as it is."""
    found = with_links(COMPARED, Version("1.1.1"))
    assert found.splitlines()[:4] == [
        "[Unreleased]: https://example.com/a/b/compare/v1.2.0...HEAD",
        "[1.2.0]: https://example.com/a/b/compare/v1.1.0...v1.2.0",
        "[1.1.1]: https://example.com/a/b/releases/tag/v1.1.1",
        "[1.1.0]: https://example.com/a/b/releases/tag/v1.1.0",
    ]


def test_a_changelog_without_links_gets_none() -> None:
    """Nothing is made up."""
    assert with_links(OLD, Version("0.2.0")) == OLD


def test_the_link_of_what_is_unreleased_begins_anew() -> None:
    """Where it is in the heading itself."""
    text = "## [Unreleased](https://x.org/compare/v1.2.0...HEAD)\n\n## [1.2.0](https://x.org/compare/v1.1.0...v1.2.0)\n"
    assert with_links(text, Version("1.3.0")).startswith("## [Unreleased](https://x.org/compare/v1.3.0...HEAD)\n")
    assert with_links(text, Version("1.1.1")) == text
