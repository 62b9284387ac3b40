"""The places that state the version: brought to the current one, and listed for bump-my-version."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Sequence
from typing import Final

from packaging.version import Version

from contd_release.adopt.draft import Draft
from contd_release.adopt.place import Place
from contd_release.adopt.templates import template

FILE: Final = ".bumpversion.toml"


def agree(draft: Draft, places: Sequence[Place], version: Version) -> None:
    """Have every place say the current version."""
    for place in places:
        if place.says != place.spelled(version):
            draft.edit(place.path, lambda text, one=place: _restated(text, one, version))  # type: ignore[misc]


def list_all(draft: Draft, places: Sequence[Place], version: Version, *, between: bool = False) -> None:
    """
    Have bump-my-version's configuration list every place.

    Args:
        between: whether the places state versions between releases as well.
    """
    path, text = _configuration(draft)
    if text is None:
        entries = _entries(places, between=between)
        head = template("bumpversion.toml").replace("VERSION", str(version))
        draft.write(FILE, "\n".join((_with_development(head) if between else head, *entries)))
        return
    listed = _listed(text)
    missing = [place for place in places if not _is_listed(place, listed)]
    if missing:
        draft.write(path, "\n".join((text.rstrip("\n") + "\n", *_entries(missing, between=between))))


def _with_development(head: str) -> str:
    """The patterns for a project whose main says `1.2.1.dev0` between releases."""
    head = head.replace("[1-9]\\d*))?$\n", "[1-9]\\d*))?(?:[.-](?P<dev>dev(?:0|[1-9]\\d*)))?$\n")
    return head.replace('{pre_n}", "', '{pre_n}", "{major}.{minor}.{patch}.{dev}", "')


def state_in_package(draft: Draft, path: str, version: Version) -> int:
    """Give a package a `__version__`, below its docstring; the line it is on, counted from 1."""
    text = draft.text(path) or ""
    tree = ast.parse(text)
    line = 0
    for node in tree.body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_docstring or is_future):
            break
        line = node.end_lineno or line
    lines = text.splitlines()
    statement = f'__version__ = "{version}"'
    above = [*lines[:line], ""] if line else []
    below = lines[line:]
    while below and not below[0].strip():
        below.pop(0)
    draft.write(path, "\n".join([*above, statement, *(["", *below] if below else [])]) + "\n")
    return len(above) + 1


def _entries(places: Sequence[Place], *, between: bool) -> list[str]:
    """One entry for equal lines of a file: bump-my-version changes all of them with the first."""
    return list(dict.fromkeys(place.entry(between=between) for place in places))


def _restated(text: str, place: Place, version: Version) -> str:
    lines = text.split("\n")
    assert lines[place.line - 1] == f"{place.before.rpartition(chr(10))[2]}{place.says}{place.after}" or place.context
    line = lines[place.line - 1]
    head, _, tail = line.rpartition(place.says)
    lines[place.line - 1] = f"{head}{place.spelled(version)}{tail}"
    return "\n".join(lines)


def _configuration(draft: Draft) -> tuple[str, str | None]:
    """The file that configures bump-my-version, and its text; the one that will, and None."""
    for path in (FILE, "pyproject.toml"):
        text = draft.text(path)
        if text and re.search(r"^\[tool\.bumpversion\]", text, re.MULTILINE):
            return path, text
    return FILE, None


def _listed(text: str) -> tuple[tuple[str, str], ...]:
    """The file and the pattern of each entry."""
    table = tomllib.loads(text).get("tool", {}).get("bumpversion", {})
    files = table.get("files", ()) if isinstance(table, dict) else ()
    default = str(table.get("search", "{current_version}"))
    return tuple(
        (str(one.get("filename", "")), str(one.get("search", default))) for one in files if isinstance(one, dict)
    )


def _is_listed(place: Place, listed: tuple[tuple[str, str], ...]) -> bool:
    """Whether an entry finds this place: the file's, with a pattern that begins as the line does."""
    key = place.before.partition(":")[0] if place.is_chart else place.before.strip().rstrip("=:\"' ")
    for path, search in listed:
        plain = search.replace("\\", "")
        if path == place.path and (plain.strip("^") == "{current_version}" or key in plain or key == ""):
            return True
    return False
