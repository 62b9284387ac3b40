"""
The Pythons of this machine, of which one has to fit what a package requires.

https://packaging.python.org/en/latest/specifications/core-metadata/#requires-python
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.process.command import Command

# pip works on another Python from outside, and itself needs this one at least.
# https://pip.pypa.io/en/stable/user_guide/#managing-a-different-python-interpreter
_OLDEST: Final = Version("3.9")


@dataclass(frozen=True)
class Interpreter:
    """One Python."""

    path: Path
    version: Version

    def __str__(self) -> str:
        return f"Python {self.version}"


def this() -> Interpreter:
    """The Python that runs us."""
    return Interpreter(Path(sys.executable), Version(platform.python_version()))


def fitting(requires: str) -> Interpreter:
    """
    This Python where it fits, or else the newest one on this machine that does.

    Args:
        requires: as `requires-python` has it, such as `>=3.12`; empty for any.

    Raises:
        Usage: it is no specifier.
        NotReady: no Python here fits.
    """
    ours, wanted = this(), _specifier(requires)
    if fits(ours, requires):
        return ours
    others = [one for one in _others() if one.version >= _OLDEST and wanted.contains(one.version)]
    if not others:
        raise NotReady(
            f"no Python on this machine fits requires-python {requires!r}; this one is {ours.version}",
            expected="a Python that can install what is released",
            type_next=f"{shlex.quote(sys.executable)} -m uv python install {shlex.quote(requires)}",
        )
    return max(others, key=lambda one: one.version)


def fits(interpreter: Interpreter, requires: str) -> bool:
    """Whether a Python is one of those that `requires-python` allows; an early version of it counts as well."""
    return _specifier(requires).contains(interpreter.version, prereleases=True)


def _specifier(requires: str) -> SpecifierSet:
    try:
        return SpecifierSet(requires)
    except InvalidSpecifier as error:
        raise Usage(
            f"requires-python is {requires!r}", expected='such as ">=3.11"', type_next="$EDITOR pyproject.toml"
        ) from error


def _others() -> Iterator[Interpreter]:
    """The other Pythons that uv and pyenv know, and those on PATH."""
    yield from _known_to_uv(os.environ.get("PATH", os.defpath))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for path in sorted(pyenv.glob("*/bin/python3")):
        if version := _version(path.parents[1].name):
            yield Interpreter(path, version)


@cache
def _known_to_uv(path: str) -> tuple[Interpreter, ...]:
    """The Pythons that uv finds with this PATH; it starts each of them, which takes a second."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        return ()
    words = ("python", "list", "--only-installed", "--no-python-downloads", "--output-format", "json")
    answer = Command((uv, *words), timeout=60).ask()
    try:
        listed = json.loads(answer.out)
        found = [(Path(one["path"]), _version(one["version"])) for one in listed if one["implementation"] == "cpython"]
    except (ValueError, TypeError, KeyError) as error:
        raise Unanswered(
            f"uv python list ended with {answer.code}: {answer.err.strip()[-200:]}",
            expected="the Pythons of this machine",
            type_next="uv python list --only-installed",
        ) from error
    return tuple(Interpreter(python, version) for python, version in found if version)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
