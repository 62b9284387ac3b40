"""
scriv: a folder of fragments, each with headings and entries, that become fragments of towncrier.

https://scriv.readthedocs.io/en/latest/configuration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Final

from contd_release.adopt.find.changelog.entries import Entry, definitions, entries
from contd_release.adopt.find.today.tool import Tool
from contd_release.adopt.tree import Tree

MARKER: Final = "scriv-insert-here"
_INI: Final = ("setup.cfg", "tox.ini")


@dataclass(frozen=True)
class Scriv:
    """
    scriv, as it is configured.

    Args:
        entries: those of its fragments, in the order of the files' names.
        fragments: the files that hold them.
        changelog: the file that it writes.
    """

    tool: Tool
    entries: tuple[Entry, ...]
    fragments: tuple[str, ...]
    changelog: str


def find(tree: Tree) -> Scriv | None:
    """scriv, where a file configures it."""
    where, table, name = _configured(tree)
    if not where:
        return None
    folder = table.get("fragment_directory", "changelog.d").rstrip("/")
    form = table.get("format", "rst")
    skipped = table.get("skip_fragments", "README.*")
    own = f"{folder}/scriv.ini"
    fragments = tuple(
        path
        for path in tree.files
        if path.rpartition("/")[0] == folder
        and path.endswith(f".{form}")
        and not fnmatch(PurePosixPath(path).name, skipped)
        and not path.rpartition("/")[2].startswith("_")
    )
    found = [one for path in fragments for one in _entries(tree.text(path) or "", is_rst=form == "rst")]
    changelog = table.get("changelog", table.get("output_file", f"CHANGELOG.{form}")).replace("${config:format}", form)
    files = tuple(path for path in (own,) if path in tree.known)
    tool = Tool("scriv", where, (), files, ((where.partition(":")[0], name),) if name else ())
    return Scriv(tool, tuple(found), fragments, changelog)


def _configured(tree: Tree) -> tuple[str, Mapping[str, str], str]:
    """The line that configures it, its settings, and the name of the table where that is in a shared file."""
    if "scriv" in tree.table("pyproject.toml", "tool"):
        line = tree.line_of("pyproject.toml", r"^\[tool\.scriv\]")
        table = tree.table("pyproject.toml", "tool", "scriv")
        return f"pyproject.toml:{line}", {key: str(value) for key, value in table.items()}, "tool.scriv"
    own = next((path for path in tree.files if path.endswith("/scriv.ini") and path.count("/") == 1), "")
    for path in (*_INI, *([own] if own else [])):
        found = tree.ini(path)
        for name in ("scriv", "tool.scriv"):
            if found.has_section(name):
                settings = dict(found.items(name)) | (
                    {"fragment_directory": own.partition("/")[0]} if path == own else {}
                )
                line = tree.line_of(path, r"^\[(tool\.)?scriv\]")
                return f"{path}:{line}", settings, "" if path == own else name
    return "", {}, ""


def _entries(text: str, *, is_rst: bool) -> tuple[Entry, ...]:
    return entries(text.splitlines(), 1, {} if is_rst else definitions(text), is_rst=is_rst)
