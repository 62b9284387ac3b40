"""Tools that release today: the lines that they change are followed, wherever they are configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from contd_release.adopt import tree
from contd_release.adopt.find.today import bump2version, in_toml
from contd_release.adopt.find.today.tool import Tool
from contd_release.adopt.write.superseded import without_tables
from tests.conftest import git

SEMANTIC = (
    '[tool.semantic_release]\nversion_variables = ["a.py:VERSION", "b.yml:tag"]\n[tool.semantic_release.branches]\n'
)
BUMPVER = (
    '[tool.bumpver]\ncurrent_version = "1.2.0"\n[tool.bumpver.file_patterns]\n"a.py" = [\'VERSION = "{version}"\']\n'
)


def tool(tmp_path: Path, **files: str) -> Tool:
    """The tool of a repository with these files, whose names have `_` for the dot."""
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x")
    found = tree.of(tmp_path)
    one = bump2version.find(found) or next(in_toml.find(found, "1.2.0"), None)
    assert one
    return one


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"setup_cfg": "[metadata]\nname = a\n[bumpversion]\ncurrent_version = 1.2.0\n[bumpversion:file:a.py]\n"},
         ["a.py:1"]),
        ({"pyproject_toml": BUMPVER}, ["a.py:1"]),
        ({"pyproject_toml": SEMANTIC}, ["a.py:1", "b.yml:2"]),
        ({"tbump_toml": '[version]\ncurrent = "1.2.0"\n[[file]]\nsrc = "a.py"\n[[file]]\nsrc = "gone.py"\n'},
         ["a.py:1"]),
        ({"_cz_toml": '[tool.commitizen]\nversion = "1.2.0"\nversion_files = ["b.yml"]\n'}, [".cz.toml:2", "b.yml:2"]),
    ],
)  # fmt: skip
def test_the_lines_that_it_changes(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    """Each with its file and its line."""
    found = tool(tmp_path, **files, a_py='VERSION = "1.2.0"\n', b_yml="name: b\ntag: 1.2.0\n")
    assert [one.where for one in found.places] == expected


def test_a_place_that_was_forgotten_is_found(tmp_path: Path) -> None:
    """Its search says where it is, whatever version is there."""
    cfg = "[bumpversion]\ncurrent_version = 1.2.0\n[bumpversion:file:a.py]\nsearch = V = {current_version}\n"
    found = tool(tmp_path, _bumpversion_cfg=cfg, a_py="V = 1.1.0\n")
    assert [one.says for one in found.places] == ["1.1.0"]


def test_a_short_version_is_not_followed(tmp_path: Path) -> None:
    """It is said instead."""
    cfg = "[bumpversion]\ncurrent_version = 1.2.0\n[bumpversion:file:a.py]\nserialize = {major}.{minor}\n"
    found = tool(tmp_path, _bumpversion_cfg=cfg, a_py="V = 1.2\n")
    assert (found.places, len(found.ignored)) == ((), 1)


def test_a_table_is_taken_out_of_a_shared_file() -> None:
    """With those below it, and without the comment of the next one."""
    text = "[a]\nx = 1\n\n[tool.b]\ny = 1\n\n[[tool.b.file]]\nz = 1\n\n# About c.\n[tool.c]\n"
    assert without_tables(text, ["tool.b"]) == "[a]\nx = 1\n\n# About c.\n[tool.c]\n"
