"""
release-please: a configuration, a manifest, and lines that say `x-release-please-version`.

https://github.com/googleapis/release-please/blob/main/docs/customizing.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from contd_release.adopt.find.today.tool import Tool
from contd_release.adopt.place import ANY, Place, on_line
from contd_release.adopt.tree import Tree

_CONFIGURATIONS: Final = (
    "release-please-config.json",
    ".github/release-please-config.json",
    ".release-please-config.json",
)
_MANIFESTS: Final = (".release-please-manifest.json", ".github/.release-please-manifest.json")
_MARK: Final = "x-release-please-"


def find(tree: Tree) -> Tool | None:
    """The tool, where one of its files is there."""
    files = tuple(path for path in (*_CONFIGURATIONS, *_MANIFESTS) if path in tree.known)
    if not files:
        return None
    return Tool("release-please", f"{files[0]}:1", tuple(_places(tree, files[0])), files)


def _places(tree: Tree, path: str) -> Iterator[Place]:
    for one in _extra_files(tree.text(path) or ""):
        is_inside = False
        for number, line in enumerate((tree.text(one) or "").splitlines(), start=1):
            is_inside = (is_inside or f"{_MARK}start" in line) and f"{_MARK}end" not in line
            match = re.search(ANY, line) if is_inside or f"{_MARK}version" in line else None
            if match and (place := on_line(tree, one, number, match[0], "release-please changes it")):
                yield place


def _extra_files(text: str) -> list[str]:
    """The paths of every `extra-files`, of the repository and of the package at its root."""
    try:
        found: object = json.loads(text)
    except ValueError:
        return []
    if not isinstance(found, dict):
        return []
    packages = found.get("packages")
    root = packages.get(".") if isinstance(packages, dict) else None
    listed = [*_list(found.get("extra-files")), *_list(root.get("extra-files") if isinstance(root, dict) else None)]
    paths = (one if isinstance(one, str) else one.get("path") for one in listed if isinstance(one, str | dict))
    return [path for path in paths if isinstance(path, str)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
