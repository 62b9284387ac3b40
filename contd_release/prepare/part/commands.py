"""
The commands and entry points of the distribution, compared with those of the last release.

https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import ast
import configparser
import tomllib
from collections.abc import Iterator
from functools import partial
from typing import Any

from contd_release.prepare.part.change import Change, Since
from contd_release.project.defaults import Read
from contd_release.project.package.metadata import line_of
from contd_release.project.project import Project
from contd_release.tools import git

Known = dict[tuple[str, str], str]


def compared(project: Project, base: str, since: Since) -> Iterator[Change]:
    """The commands that users typed and the entry points that programs looked up, removed or new."""
    folder = project.package.folder
    old, new = (stated(partial(git.text, project.root, commit), folder) for commit in (since.commit, base))
    for key in old.keys() - new.keys():
        yield Change("breaking", f"{since.tag}:{old[key]}", f"{_named(key)} is gone")
    for key in new.keys() - old.keys():
        yield Change("feature", new[key], f"{_named(key)} is new")


def stated(text_of: Read, folder: str) -> Known:
    """Each entry point by group and name, with the line that states it."""
    found: Known = {}
    path = f"{folder}pyproject.toml"
    text = text_of(path) or ""
    for header, group, names in _tables(text):
        for name in names:
            found[group, name] = f"{path}:{line_of(text, header, name) or line_of(text, header, repr(name)) or 1}"
    for path, texts in ((f"{folder}setup.cfg", _in_cfg), (f"{folder}setup.py", _in_setup)):
        for group, name, line in texts(text_of(path) or ""):
            found.setdefault((group, name), f"{path}:{line}")
    return found


def _tables(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """The tables of pyproject.toml that state entry points: header, group, names."""
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    project, poetry = _table(tables, "project"), _table(_table(tables, "tool"), "poetry")
    yield "project.scripts", "console_scripts", list(_table(project, "scripts"))
    yield "project.gui-scripts", "gui_scripts", list(_table(project, "gui-scripts"))
    yield "tool.poetry.scripts", "console_scripts", list(_table(poetry, "scripts"))
    for header, groups in (
        ("project.entry-points", project.get("entry-points")),
        ("tool.poetry.plugins", poetry.get("plugins")),
    ):
        for group, names in groups.items() if isinstance(groups, dict) else ():
            yield f'{header}."{group}"', group, list(names) if isinstance(names, dict) else []


def _in_cfg(text: str) -> Iterator[tuple[str, str, int]]:
    cfg = configparser.RawConfigParser(strict=False)
    try:
        cfg.read_string(text)
    except configparser.Error:
        return
    if cfg.has_section("options.entry_points"):
        for group, lines in cfg.items("options.entry_points"):
            for name in _names(lines.splitlines()):
                yield group, name, _line(text, name)


def _in_setup(text: str) -> Iterator[tuple[str, str, int]]:
    """The literal `entry_points=` of setup.py, which is never run."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "entry_points":
            try:
                groups = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError, RecursionError):
                continue
            for group, lines in groups.items() if isinstance(groups, dict) else ():
                listed = lines.splitlines() if isinstance(lines, str) else lines
                yield from ((str(group), name, _line(text, name)) for name in _names(map(str, listed)))


def _names(lines: Any) -> Iterator[str]:
    yield from (line.partition("=")[0].strip() for line in lines if "=" in line)


def _line(text: str, name: str) -> int:
    numbered = enumerate(text.splitlines(), 1)
    return next((number for number, line in numbered if line.strip(" '\"[(,").startswith(name) and "=" in line), 1)


def _named(key: tuple[str, str]) -> str:
    group, name = key
    return (
        f"the command {name}" if group in ("console_scripts", "gui_scripts") else f"the entry point {name} of {group}"
    )


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key)
    return found if isinstance(found, dict) else {}
