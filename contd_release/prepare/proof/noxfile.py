"""The sessions of a noxfile, read without running it: a proof that names one that is not there fails late otherwise."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from contd_release.engine.step import Found, State, Step
from contd_release.prepare.proof.sessions import Session
from contd_release.project.release import Release
from contd_release.tools import git

NOXFILE: Final = "noxfile.py"
# What is imported from another module may be a session of it.
_WITHOUT_SESSIONS: Final = sys.stdlib_module_names | {"nox"}
_EDIT: Final = "$EDITOR pyproject.toml   (proof in [tool.contd-release])"


def complete(release: Release, named: Sequence[Session]) -> Step:
    """
    The commit that is released has a noxfile, with every session that the proof names.

    A name that is made while the noxfile runs cannot be read: where one is, no session is missing.
    """

    def observe() -> Found:
        text = git.text(release.project.root, release.base, NOXFILE)
        if text is None:
            proof = "; ".join(release.project.settings.proof)
            return Found(State.ABSENT, f"the proof is {proof}, and {NOXFILE} is not there", _EDIT)
        names = [one.argv[one.argv.index("-s") + 1] for one in named if "-s" in one.argv]
        if missing := [name for name in names if not _may_have(text, name)]:
            known = sessions_of(text)
            near = get_close_matches(missing[0], known, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            listed = ", ".join(known) or "none"
            return Found(State.ABSENT, f"{NOXFILE} has no session {', '.join(missing)}, and has {listed}{meant}", _EDIT)
        return Found(State.DONE, ", ".join(names) or "the default ones")

    return Step(f"{NOXFILE} has the sessions of the proof", observe)


def sessions_of(text: str) -> dict[str, int]:
    """The sessions of a noxfile and their lines, read from its syntax tree."""
    return {name: line for name, line in _found(text) if name}


def _found(text: str) -> Iterator[tuple[str, int]]:
    """Every session by its name and line; an empty name where it is made while the noxfile runs."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from ((_name(node, one), node.lineno) for one in node.decorator_list if _makes_session(one))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] not in _WITHOUT_SESSIONS:
            yield from ((one.asname or one.name.replace("*", ""), node.lineno) for one in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and _makes_session(node.func):
            yield "", node.lineno


def _makes_session(node: ast.expr) -> bool:
    return re.search(r"\bsession\b", ast.unparse(node)) is not None


def _name(function: ast.FunctionDef, decorator: ast.expr) -> str:
    """The name of the session that a decorator makes of a function."""
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    named = next((one.value for one in keywords if one.arg == "name"), None)
    if named is None:
        return function.name
    return str(named.value) if isinstance(named, ast.Constant) else ""


def _may_have(text: str, name: str) -> bool:
    """Whether a noxfile may have a session: `tests-3.12` and `tests(lowest)` are of `tests`."""
    known = {one for one, _ in _found(text)}
    return "" in known or any(name == one or name.startswith((f"{one}-", f"{one}(")) for one in known)
