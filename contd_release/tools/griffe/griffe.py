"""
griffe: what changed between the public API of two trees.

https://mkdocstrings.github.io/griffe/
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal, get_args

from contd_release.errors import Unanswered
from contd_release.process.command import Command
from contd_release.project.package.modules import Module

Size = Literal["breaking", "feature", "fix"]
EXTRA: Final = 'python -m pip install "contd-release[api]"'
_TIMEOUT: Final = 300
# Not imported: griffe is an extra.
_PROGRAM: Final = Path(__file__).with_name("program.py")


@dataclass(frozen=True)
class Side:
    """One of the two trees: its modules, and the text of each Python file by its path."""

    modules: tuple[Module, ...]
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """
    One difference of the public API.

    Args:
        is_old: whether the line is one of the older tree.
    """

    size: Size
    what: str
    path: str
    line: int
    is_old: bool


@dataclass(frozen=True)
class Comparison:
    """The differences, and the modules that could not be read."""

    differences: tuple[Difference, ...] = ()
    problems: tuple[str, ...] = ()


def is_here() -> bool:
    """Whether griffe is installed."""
    return find_spec("griffe") is not None


def compared(old: Side, new: Side, public: tuple[str, ...] = ("*",)) -> Comparison:
    """
    What changed in the public API. The files are parsed by another process, and never imported.

    Args:
        public: the modules whose names count, `contd.*` for all below `contd`.

    Raises:
        Unanswered: griffe gave no answer.
    """
    with tempfile.TemporaryDirectory(prefix="api-") as folder:
        sides = {name: _written(Path(folder) / name, side) for name, side in (("old", old), ("new", new))}
        asked = {**sides, "public": public}
        command = (sys.executable, "-P", str(_PROGRAM))
        answer = Command(command, cwd=Path(folder), stdin=json.dumps(asked), timeout=_TIMEOUT).ask()
    try:
        found = json.loads(answer.out)
        differences = tuple(_difference(one) for one in found["changes"])
        problems = tuple(str(one) for one in found["problems"])
    except (ValueError, KeyError, TypeError) as error:
        last = (answer.err.strip().splitlines() or ["nothing on standard error"])[-1]
        raise Unanswered(
            f"griffe ended with {answer.code} and without an answer: {last}", expected="the changes of the API"
        ) from error
    return Comparison(differences, problems)


def _written(folder: Path, side: Side) -> list[tuple[str, str]]:
    """Write the files of one tree, and say where its modules are."""
    for path, text in side.texts.items():
        if not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", errors="replace")
    return [(f"{folder.name}/{module.root}", module.name) for module in side.modules]


def _difference(one: Mapping[str, Any]) -> Difference:
    if one["size"] not in get_args(Size):
        raise ValueError(one["size"])
    path = "/".join(str(one["path"]).split("/")[1:])
    return Difference(one["size"], str(one["what"]), path, int(one["line"]), bool(one["is_old"]))
