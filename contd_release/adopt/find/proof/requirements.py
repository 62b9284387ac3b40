"""Which extra or dependency group has a requirement, and how the repository keeps those of its developers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contd_release.adopt.tree import Tree

# What people call what the tests, or all developers, need; the smaller one first.
_NAMES: Final = ("test", "tests", "testing", "doc", "docs", "documentation", "dev", "develop", "development", "all")


@dataclass(frozen=True)
class Needs:
    """
    Where a requirement is: in an extra, or in a group; neither where it is nowhere.
    """

    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    where: str = ""

    def __bool__(self) -> bool:
        return bool(self.extras or self.groups)

    @property
    def reason(self) -> str:
        """Where it is, in words."""
        return (
            f"with the extra {self.extras[0]}"
            if self.extras
            else f"with the group {self.groups[0]}"
            if self.groups
            else ""
        )


def having(tree: Tree, name: str) -> Needs:
    """The group, else the extra, that has a requirement."""
    groups, extras = _groups(tree), _extras(tree)
    if found := _first(groups, name):
        return Needs((), (found,), f"pyproject.toml:{tree.line_of('pyproject.toml', rf'^{re.escape(found)} *=') or 1}")
    if found := _first(extras, name):
        path = "pyproject.toml" if tree.line_of("pyproject.toml", rf"^{re.escape(found)} *=") else "setup.cfg"
        return Needs((found,), (), f"{path}:{tree.line_of(path, rf'^{re.escape(found)} *=') or 1}")
    return Needs()


def _first(lists: Mapping[str, tuple[str, ...]], name: str) -> str:
    """The list that has a requirement: one that is called as it should be, else any."""
    having_it = [key for key, listed in lists.items() if any(_is(one, name) for one in listed)]
    return next((one for one in _NAMES if one in having_it), having_it[0] if having_it else "")


def _is(requirement: str, name: str) -> bool:
    return re.match(rf"{re.escape(name)}(?![\w.-])", requirement.strip(), re.IGNORECASE) is not None


def _groups(tree: Tree) -> dict[str, tuple[str, ...]]:
    """The dependency groups, with those that they include (PEP 735)."""
    table = tree.table("pyproject.toml", "dependency-groups")

    def whole(key: str, seen: frozenset[str]) -> tuple[str, ...]:
        listed = table.get(key)
        found: tuple[str, ...] = ()
        for one in listed if isinstance(listed, list) else ():
            other = one.get("include-group") if isinstance(one, dict) else None
            if isinstance(one, str):
                found += (one,)
            elif isinstance(other, str) and other not in seen:
                found += whole(other, seen | {other})
        return found

    return {key: whole(key, frozenset((key,))) for key in table}


def _extras(tree: Tree) -> dict[str, tuple[str, ...]]:
    table = tree.table("pyproject.toml", "project", "optional-dependencies")
    found = {key: tuple(map(str, listed)) for key, listed in table.items() if isinstance(listed, list)}
    parser = tree.ini("setup.cfg")
    if parser.has_section("options.extras_require"):
        found |= {key: tuple(value.split("\n")) for key, value in parser.items("options.extras_require")}
    return found
