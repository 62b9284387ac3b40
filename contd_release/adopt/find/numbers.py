"""A version that a module states as three constants: its major, minor and patch number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from packaging.version import Version

from contd_release.adopt.finding import Finding
from contd_release.adopt.place import Place, Spelling, on_line
from contd_release.adopt.tree import Tree

_NAMES: Final = ("major", "minor", "patch|micro|bugfix")
_LINE: Final = (
    r"""^\w*(?i:{name})\w*(?:[ \t]*:[^=\n]*)?[ \t]*=[ \t]*(?P<quote>["']?)(?P<number>\d+(?:\.dev\d+)?)(?P=quote)"""
    r"""[ \t]*(?:\#.*)?$"""
)
_PATTERNS: Final = tuple(re.compile(_LINE.replace("{name}", name)) for name in _NAMES)
# They stand below each other, perhaps with a comment between them.
_APART: Final = 3


def places(tree: Tree, path: str, version: Version) -> tuple[Place, ...]:
    """The three lines of a module that together say this version; none if it has no such lines, or one has a suffix."""
    found = _matched(tree, path, version)
    if any(not one["number"].isdigit() for _, one in found):
        return ()
    spellings: tuple[Spelling, ...] = ("major", "minor", "patch")
    lines = (
        (on_line(tree, path, number, one["number"], "a number of the version"), spelling)
        for (number, one), spelling in zip(found, spellings, strict=False)
    )
    return tuple(replace(place, spelling=spelling) for place, spelling in lines if place)


def unfollowed(tree: Tree, path: str, version: Version) -> Iterator[Finding]:
    """The constants of a module whose last one has a suffix between releases: `PATCH_VERSION = "0.dev0"`."""
    found = _matched(tree, path, version)
    for number, one in found[-1:]:
        if not one["number"].isdigit():
            yield Finding(
                f"also says {version}, not followed",
                f"{path}:{number}",
                f"{one['number']} is a number with a suffix: the module can ask importlib.metadata instead",
            )


def _matched(tree: Tree, path: str, version: Version) -> list[tuple[int, re.Match[str]]]:
    """The three lines that together say this version, with their numbers; none if there are no such lines."""
    found: list[tuple[int, re.Match[str]]] = []
    for number, line in enumerate((tree.text(path) or "").splitlines(), start=1):
        match = _PATTERNS[len(found)].match(line)
        if not match or (found and number > found[-1][0] + _APART):
            continue
        found.append((number, match))
        if len(found) == len(_PATTERNS):
            return found if Version(".".join(one["number"] for _, one in found)) == version else []
    return []
