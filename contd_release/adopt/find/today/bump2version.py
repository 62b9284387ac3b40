"""
bumpversion and bump2version: `.bumpversion.cfg`, which bump-my-version would prefer to ours, and setup.cfg.

https://github.com/c4urself/bump2version#configuration-file
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import PurePosixPath
from typing import Final

from contd_release.adopt.find.today.tool import Tool, searched
from contd_release.adopt.finding import Finding
from contd_release.adopt.place import Place
from contd_release.adopt.tree import Tree

NAME: Final = "bump2version"
OWN: Final = ".bumpversion.cfg"
_FILE: Final = re.compile(r"bumpversion:(?P<kind>file|glob)\s*(?:\([^)]*\))?:(?P<path>.+)")


def find(tree: Tree) -> Tool | None:
    """The tool, where one of its two files configures it."""
    for path in (OWN, "setup.cfg"):
        found = tree.ini(path)
        if found.has_section("bumpversion"):
            line = tree.line_of(path, r"^\[bumpversion\]")
            is_own = path == OWN
            return Tool(
                NAME,
                f"{path}:{line}",
                tuple(_places(tree, found)),
                (OWN,) if is_own else (),
                () if is_own else tuple((path, name) for name in found.sections() if name.startswith("bumpversion")),
                tuple(_ignored(path, found)),
            )
    return None


def _places(tree: Tree, found: RawConfigParser) -> Iterator[Place]:
    current = found.get("bumpversion", "current_version", fallback="")
    default = found.get("bumpversion", "search", fallback="{current_version}")
    for section in found.sections():
        match = _FILE.fullmatch(section)
        if not match or not _is_whole(found, section):
            continue
        paths = [match["path"].strip()] if match["kind"] == "file" else _globbed(tree, match["path"].strip())
        search = found.get(section, "search", fallback=default).strip("\n")
        for path in paths:
            yield from searched(tree, path, search, current, f"{NAME} changes it")


def _ignored(path: str, found: RawConfigParser) -> Iterator[Finding]:
    for section in found.sections():
        if _FILE.fullmatch(section) and not _is_whole(found, section):
            yield Finding("a version that is not whole is not followed", path, f"[{section}]")


def _is_whole(found: RawConfigParser, section: str) -> bool:
    serialize = found.get(section, "serialize", fallback="")
    return not serialize.strip() or "patch}" in serialize or "release}" in serialize


def _globbed(tree: Tree, pattern: str) -> list[str]:
    return [path for path in tree.files if PurePosixPath(path).match(pattern)]
