"""The literals of a `setup.py`, read from its syntax tree. The file is never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

# Their presence means that a wheel holds compiled code, so that there is one for each platform.
_COMPILED: Final = frozenset({"ext_modules", "rust_extensions", "cffi_modules"})


@dataclass(frozen=True)
class SetupPy:
    """
    What a `setup.py` says in so many words.

    Args:
        texts: the keywords of `setup()` that are a string literal, or a name that is one above.
        lines: the line of each of them, counted from 1.
        keywords: every keyword of `setup()`, literal or not.
        modules: the modules that it imports.
        looked_up: the keywords that are an entry of a mapping, such as `about["__title__"]`, and its key.
        files: the Python files that it names.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    keywords: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    looked_up: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    @property
    def is_compiled(self) -> bool:
        """Whether it builds extension modules."""
        return bool(_COMPILED & self.keywords)


def parsed(text: str) -> SetupPy | None:
    """The literals of this text; None if it is no Python that this interpreter can parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    call = next((one for one in ast.walk(tree) if isinstance(one, ast.Call) and _is_setup(one.func)), None)
    modules = frozenset(_imported(tree))
    if call is None:
        return SetupPy(modules=modules)
    names = dict(_constants(tree))
    found = {}
    for keyword in call.keywords:
        value = names.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else keyword.value
        if keyword.arg and isinstance(value, ast.Constant) and isinstance(value.value, str):
            found[keyword.arg] = value
    return SetupPy(
        texts={name: str(value.value) for name, value in found.items()},
        lines={name: value.lineno for name, value in found.items()},
        keywords=frozenset(one.arg for one in call.keywords if one.arg),
        modules=modules,
        looked_up=dict(_looked_up(call)),
        files=tuple(dict.fromkeys(_files(tree))),
    )


def mistake(text: str) -> str:
    """Why this text is no Python, and the line; empty if it is."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError) as error:
        return str(error)
    return ""


def _is_setup(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "setup") or (
        isinstance(function, ast.Attribute) and function.attr == "setup"
    )


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.Constant]]:
    """The names that the module binds to a string."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            yield from ((one.id, node.value) for one in node.targets if isinstance(one, ast.Name))
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.target, ast.Name)
        ):
            yield node.target.id, node.value


def _looked_up(call: ast.Call) -> Iterator[tuple[str, str]]:
    """The keywords whose value is an entry of a mapping with a literal key."""
    for one in call.keywords:
        key = one.value.slice if isinstance(one.value, ast.Subscript) else None
        if one.arg and isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield one.arg, key.value


def _files(tree: ast.Module) -> Iterator[str]:
    """The Python files that are named: in one string, or in the last arguments of a call such as `os.path.join`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if words and words[-1].endswith(".py"):
            yield words[-1].removeprefix("./") if "/" in words[-1] else "/".join(words).removeprefix("./")


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
