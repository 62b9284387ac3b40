"""Where the marker goes, and what stays of the changelog."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.adopt import tree
from contd_release.adopt.draft import Draft
from contd_release.adopt.find.changelog import changelog
from contd_release.adopt.write.changelog import write
from tests.conftest import git

MARK = "<!-- towncrier release notes start -->"
RST = ".. towncrier release notes start"


def written(tmp_path: Path, text: str, path: str = "CHANGELOG.md", **files: str) -> str:
    """The changelog after adoption."""
    (tmp_path / path).write_text(text, encoding="utf-8")
    for name, other in files.items():
        (tmp_path / name.replace("_", ".")).write_text(other, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x")
    made = Draft(tree.of(tmp_path))
    write(made, changelog.find(made.tree, Version("1.2.0")))
    return made.text(path) or ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Log\n\n## Unreleased\n\n- One\n\n## 1.2.0\n\n- Old\n",
         f"# Log\n\n## Unreleased\n\n{MARK}\n\n## 1.2.0\n\n- Old\n"),
        ("# Log\n\n## 1.3.0 (TBD)\n\n- One\n\n## 1.2.0\n\n- Old\n", f"# Log\n\n{MARK}\n\n## 1.2.0\n\n- Old\n"),
        ("# Log\n\n## 1.2.0\n\n- Old\n", f"# Log\n\n{MARK}\n\n## 1.2.0\n\n- Old\n"),
        ("# Log\n\n<a id='x'></a>\n## 1.2.0\n", f"# Log\n\n{MARK}\n\n<a id='x'></a>\n## 1.2.0\n"),
        ("Some text.\n\n**1.2.0**\n\n- Old\n", f"Some text.\n\n{MARK}\n\n**1.2.0**\n\n- Old\n"),
        ("# Log\n\nNothing yet.\n", f"# Log\n\nNothing yet.\n\n{MARK}\n"),
        (f"# Log\n\n{MARK}\n\n## 1.2.0\n", f"# Log\n\n{MARK}\n\n## 1.2.0\n"),
        ("# Log\n\n## [Unreleased]\n\n[Unreleased]: http://x/y\n",
         f"# Log\n\n## [Unreleased]\n\n{MARK}\n\n[Unreleased]: http://x/y\n"),
    ],
)  # fmt: skip
def test_where_the_next_section_goes(tmp_path: Path, text: str, expected: str) -> None:
    """Below what is unreleased, and above the newest release; a marker that is there stays."""
    assert written(tmp_path, text) == expected


def test_a_heading_with_lines_above_and_below(tmp_path: Path) -> None:
    """They stay together, with the anchor before them."""
    text = "Log\n===\n\n.. _v1:\n\n=====\n1.2.0\n=====\n\n- Old\n"
    assert written(tmp_path, text, "CHANGES.rst") == text.replace(".. _v1:", f"{RST}\n\n.. _v1:")


def test_the_marker_that_towncrier_is_configured_to_look_for(tmp_path: Path) -> None:
    """Its configuration is there, and the marker was never written."""
    table = '[tool.towncrier]\ndirectory = "news"\nfilename = "CHANGES.md"\nstart_string = "<!-- here -->\\n"\n'
    found = written(tmp_path, "# Log\n\n## 1.2.0\n\n- Old\n", "CHANGES.md", towncrier_toml=table)
    assert found == "# Log\n\n<!-- here -->\n\n## 1.2.0\n\n- Old\n"
