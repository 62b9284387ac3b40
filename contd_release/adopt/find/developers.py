"""Where the repository lists what its developers install, and whether contd-release can be added there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from contd_release.adopt.find.proof.proof import Proof
from contd_release.adopt.finding import Finding
from contd_release.adopt.tree import Tree

NAME: Final = "contd-release"
_FILE: Final = "pyproject.toml"
_LOCKS: Final = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm"}
_TABLES: Final = ("dependency-groups", "project.optional-dependencies")
_LISTS: Final = ("dev", "develop", "development")


@dataclass(frozen=True)
class Developers:
    """
    The list.

    Args:
        table: of pyproject.toml; empty where nothing is added.
        name: of the list in that table.
    """

    table: str = ""
    name: str = ""
    findings: tuple[Finding, ...] = ()


def find(tree: Tree, proof: Proof) -> Developers:
    """The list of this tree; one that a lock file or the proof depends on is left as it is."""
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
        return Developers(
            table, name, (Finding(f"{NAME} is added to what developers install", where, f"[{table}] {name}"),)
        )
    return Developers()
