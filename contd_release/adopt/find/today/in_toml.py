"""
Tools that are configured in pyproject.toml or a TOML file of their own: tbump, bumpver, commitizen, semantic-release.

https://github.com/your-tools/tbump, https://github.com/mbarkhau/bumpver,
https://commitizen-tools.github.io/commitizen/config/configuration_file/,
https://python-semantic-release.readthedocs.io/en/stable/configuration/configuration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contd_release.adopt.find.today.tool import Tool, matched, searched
from contd_release.adopt.finding import Finding
from contd_release.adopt.place import ANY, Place
from contd_release.adopt.tree import Tree

_PYPROJECT: Final = "pyproject.toml"


def find(tree: Tree, says: str) -> Iterator[Tool]:
    """
    Every one of them that is configured.

    Args:
        says: the version that the package states, for the tools that read it there.
    """
    for tool in (_tbump(tree), _bumpver(tree), _commitizen(tree, says), _semantic_release(tree)):
        if tool:
            yield tool


def _tbump(tree: Tree) -> Tool | None:
    path = "tbump.toml" if "tbump.toml" in tree.known else _PYPROJECT
    table = tree.table(path) if path == "tbump.toml" else tree.table(path, "tool", "tbump")
    version = _mapping(table.get("version")).get("current")
    if not isinstance(version, str):
        return None
    places: list[Place] = []
    for one in _tables(table.get("file")):
        src, search = str(one.get("src", "")), str(one.get("search", "{current_version}"))
        if src != path and "version_template" not in one:
            places += searched(tree, src, search, version, "tbump changes it")
    hooks = [
        Finding(f"tbump runs {hook.get('cmd')!r}, which a release does not", path, str(hook.get("name", key)))
        for key in ("before_commit", "after_push", "before_push")
        for hook in _tables(table.get(key))
    ]
    is_own = path == "tbump.toml"
    where = _where(tree, path, r"^current *=")
    files, tables = (("tbump.toml",), ()) if is_own else ((), ((path, "tool.tbump"),))
    return Tool("tbump", where, tuple(places), files, tables, tuple(hooks))


def _bumpver(tree: Tree) -> Tool | None:
    path = "bumpver.toml" if "bumpver.toml" in tree.known else _PYPROJECT
    table = tree.table(path, "bumpver") or tree.table(path, "tool", "bumpver")
    version = table.get("current_version")
    if not isinstance(version, str):
        return None
    name = "bumpver" if tree.table(path, "bumpver") else "tool.bumpver"
    places: list[Place] = []
    for src, patterns in _mapping(table.get("file_patterns")).items():
        for one in patterns if isinstance(patterns, list) else ():
            search = re.sub(r"\{(?:pep440_)?version\}", "{current_version}", str(one))
            if src != path or "current_version" not in str(one).replace("{current_version}", ""):
                places += searched(tree, src, search, version, "bumpver changes it")
    where = _where(tree, path, rf"^\[{re.escape(name)}\]")
    files, tables = (("bumpver.toml",), ()) if path == "bumpver.toml" else ((), ((path, name),))
    return Tool("bumpver", where, tuple(places), files, tables)


def _commitizen(tree: Tree, says: str) -> Tool | None:
    """It also checks the messages of commits: it stays, and its version follows the release."""
    for path in (".cz.toml", "cz.toml", _PYPROJECT):
        table = tree.table(path, "tool", "commitizen")
        if not table:
            continue
        version = table.get("version")
        places: list[Place] = []
        if isinstance(version, str):
            pattern = rf"^\[tool\.commitizen\][^\[]*?^version *= *[\"'](?P<version>{ANY})"
            places += matched(tree, path, pattern, "commitizen's own")
        for one in _list(table.get("version_files")):
            src, _, regex = one.partition(":")
            places += _lines(tree, src, regex, version if isinstance(version, str) else says)
        kept = Finding("commitizen stays, to check commits; invoke release takes the place of cz bump", path)
        where = _where(tree, path, r"^\[tool\.commitizen\]")
        return Tool("commitizen", where, tuple(places), ignored=(kept,))
    return None


def _semantic_release(tree: Tree) -> Tool | None:
    table = tree.table(_PYPROJECT, "tool", "semantic_release")
    if not table:
        return None
    places: list[Place] = []
    listed = [*_list(table.get("version_variables")), *_list(table.get("version_variable"))]
    for one in listed:
        src, _, name = one.partition(":")
        name = name.partition(":")[0]
        pattern = rf"^[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*(?::[^=\n]*)?[=:][ \t]*[\"']?v?(?P<version>{ANY})"
        places += matched(tree, src, pattern, "semantic-release changes it")
    line = tree.line_of(_PYPROJECT, r"^\[tool\.semantic_release[\].]")
    return Tool("semantic-release", f"{_PYPROJECT}:{line}", tuple(places), (), ((_PYPROJECT, "tool.semantic_release"),))


def _where(tree: Tree, path: str, pattern: str) -> str:
    return f"{path}:{tree.line_of(path, pattern) or 1}"


def _lines(tree: Tree, path: str, regex: str, version: str) -> Iterator[Place]:
    """The lines of a file that a pattern names and that have a version."""
    for number, line in enumerate((tree.text(path) or "").splitlines(), start=1):
        try:
            is_named = re.search(regex, line)
        except re.error:
            return
        match = re.search(rf"(?<![\w.])v?(?P<version>{re.escape(version)})(?![\w+-]|\.\w)", line) if is_named else None
        if match and "{" not in line[: match.start("version")]:
            before, after = line[: match.start("version")], line[match.end("version") :]
            yield Place(path, number, before, match["version"], after, "commitizen changes it")


def _tables(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split(",")
    return [str(one) for one in value] if isinstance(value, list) else []
