"""Windows and macOS: nothing outside of one room asks for what only some systems have."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "contd_release"
SYSTEM = ROOT / "process" / "system"
# https://docs.python.org/3/library/ says "Availability: Unix" of each.
ONLY_POSIX = frozenset("fcntl grp posix pty pwd resource termios tty".split())
# Imports every module of the package while none of ours can import those; modules of others decide for themselves.
WITHOUT_THEM = f"""
import builtins, importlib, pkgutil
there = builtins.__import__
def refused(name, globals=None, locals=None, fromlist=(), level=0):
    if name in {sorted(ONLY_POSIX)!r} and (globals or {{}}).get("__name__", "").startswith("contd_release"):
        raise ImportError(f"there is no {{name}} on Windows")
    return there(name, globals, locals, fromlist, level)
builtins.__import__ = refused
import contd_release
for one in pkgutil.walk_packages(contd_release.__path__, "contd_release."):
    if not one.name.endswith(("__main__", ".program")):
        importlib.import_module(one.name)
"""


def systems(tree: ast.AST) -> Iterator[str]:
    """What a module asks of the system it runs on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in ONLY_POSIX)
        elif isinstance(node, ast.ImportFrom) and node.module in ONLY_POSIX:
            yield str(node.module)
        elif isinstance(node, ast.Compare) and ast.unparse(node.left) in ("sys.platform", "os.name"):
            yield ast.unparse(node)


@pytest.mark.parametrize(
    "source", ["import fcntl", "from pwd import getpwuid", "if sys.platform == 'win32': pass", "x = os.name != 'nt'"]
)
def test_each_question_about_the_system_is_found(source: str) -> None:
    """The test below sees what it looks for."""
    assert len(list(systems(ast.parse(source)))) == 1


def test_one_room_knows_which_system_this_is() -> None:
    """What differs between systems is found in `process/system`."""
    elsewhere = [
        f"{path.relative_to(ROOT)}: {asked}"
        for path in ROOT.rglob("*.py")
        if not path.is_relative_to(SYSTEM)
        for asked in systems(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert elsewhere == []


@pytest.mark.slow
def test_every_module_can_be_imported_where_posix_modules_are_missing() -> None:
    """No module of ours needs one of them before it is used."""
    done = subprocess.run((sys.executable, "-c", WITHOUT_THEM), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
