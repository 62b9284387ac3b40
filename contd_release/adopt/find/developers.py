"""Where the repository lists what its developers install, and whether contd-release can be added there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from contd_release.adopt.find.proof.proof import Proof
from contd_release.adopt.finding import Finding
from contd_release.adopt.tree import Tree

NAME: Final = "contd-release"
# The minor version of the oldest Python 3 that runs it.
OLDEST: Final = 11
_ADDED: Final = f"{NAME} is added to what developers install"
_FILE: Final = "pyproject.toml"
_LOCKS: Final = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm"}
_TABLES: Final = ("dependency-groups", "project.optional-dependencies")
_LISTS: Final = ("dev", "develop", "development")
_POETRY: Final = ("tool.poetry.group.dev.dependencies", "tool.poetry.dev-dependencies")
_REQUIREMENTS: Final = re.compile(
    r"(?:(?:dev|develop|development)[-_]requirements|requirements[-_/](?:dev|develop|development))\.(?:txt|in)"
)


@dataclass(frozen=True)
class Developers:
    """
    The list.

    Args:
        path: the file; empty where nothing is added.
        table: of pyproject.toml; empty for a file with a requirement on each line.
        name: of the list in that table; empty where the table itself lists what is installed, as poetry's does.
        is_marked: whether the repository supports Pythons that contd-release does not, so that only later ones get it.
    """

    path: str = ""
    table: str = ""
    name: str = ""
    findings: tuple[Finding, ...] = ()
    is_marked: bool = True


def find(tree: Tree, proof: Proof, requires_python: str) -> Developers:
    """
    The list of this tree; one that a lock file or the proof depends on is left as it is.

    Args:
        requires_python: as the package states it; empty where it does not.
    """
    return replace(_found(tree, proof), is_marked=not _is_new(requires_python))


def _is_new(requires_python: str) -> bool:
    """Whether every Python that is supported runs contd-release."""
    try:
        allowed = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return False
    return bool(requires_python) and not any(allowed.contains(f"3.{minor}.99") for minor in range(OLDEST))


def _found(tree: Tree, proof: Proof) -> Developers:
    text = tree.text(_FILE) or ""
    if NAME in text.replace(f"tool.{NAME}", ""):
        return Developers()
    for table in _TABLES:
        match = re.search(rf"^\[{re.escape(table)}\](?P<body>(?:\n(?!\[).*)*)", text, re.MULTILINE)
        name = next((one for one in _LISTS if match and re.search(rf"^{one} *= *\[", match["body"], re.MULTILINE)), "")
        if not name:
            continue
        where = f"{_FILE}:{tree.line_of(_FILE, rf'^{name} *= *')}"
        if lock := next((one for one in _LOCKS if one in tree.known), ""):
            what = f"{NAME} is not among what developers install: {_LOCKS[lock]} add --group dev {NAME}"
            return Developers(findings=(Finding(what, where, f"{lock} would be stale"),))
        if {name, "all"} & {*proof.extras, *proof.groups}:
            return Developers()
        return Developers(_FILE, table, name, (Finding(_ADDED, where, f"[{table}] {name}"),))
    return _of_poetry(tree, text) or _of_requirements(tree) or Developers()


def _of_poetry(tree: Tree, text: str) -> Developers | None:
    table = next((one for one in _POETRY if re.search(rf"^\[{re.escape(one)}\]", text, re.MULTILINE)), "")
    if not table:
        return None
    line = tree.line_of(_FILE, rf"^\[{re.escape(table)}\]")
    where = f"{_FILE}:{line}"
    if "poetry.lock" in tree.known:
        what = f"{NAME} is not among what developers install: poetry add --group dev {NAME}"
        return Developers(findings=(Finding(what, where, "poetry.lock would be stale"),))
    return Developers(_FILE, table, "", (Finding(_ADDED, where, f"[{table}]"),))


def _of_requirements(tree: Tree) -> Developers | None:
    """A file of requirements; one that is compiled from another gets nothing."""
    found = [path for path in tree.files if _REQUIREMENTS.fullmatch(path)]
    path = next((one for one in found if f"{one.removesuffix('.txt')}.in" not in tree.known or one.endswith(".in")), "")
    if not path or NAME in (tree.text(path) or "") or "--hash=" in (tree.text(path) or ""):
        return None
    return Developers(path, "", "", (Finding(_ADDED, path, "it lists what developers install"),))
