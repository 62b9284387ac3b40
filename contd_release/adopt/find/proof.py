"""What proves a release: the sessions, tests and commands that the repository runs today."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Final

from contd_release.adopt.find.package import Package
from contd_release.adopt.finding import Finding
from contd_release.adopt.tree import Tree

# The words by which people call what has to pass before a release.
_WANTED: Final = (
    "tests",
    "test",
    "unit",
    "unittests",
    "pytest",
    "benchmarks",
    "docs",
    "examples",
    "lint",
    "mypy",
    "typing",
)


@dataclass(frozen=True)
class Proof:
    """
    The proof.

    Args:
        lines: as the setting `proof` has them.
        is_default: whether they are what the setting says when it is left out.
    """

    lines: tuple[str, ...]
    is_default: bool
    findings: tuple[Finding, ...]


def find(tree: Tree, package: Package | None) -> Proof:
    """The proof of this tree."""
    sessions = _sessions(tree.text("noxfile.py") or "")
    wanted = [name for name in _WANTED if name in sessions]
    if wanted:
        line = f"nox -s {' '.join(wanted)}"
        where = f"noxfile.py:{sessions[wanted[0]]}"
        is_default = {"tests", "benchmarks", "docs", "examples"} == set(wanted)
        return Proof((line,), is_default, (Finding(f"a release is proved by: {line}", where),))
    tests = next((path for path in tree.files if re.fullmatch(r"(.*/)?tests?/.*(test_\w+|\w+_test)\.py", path)), "")
    if tests:
        line = "python -m pytest"
        return Proof((line,), False, (Finding(f"a release is proved by: {line}", tests),))
    if package and package.modules:
        name = package.modules[0].rpartition("/")[2].removesuffix(".py")
        line = f'python -c "import {name}"'
        return Proof(
            (line,), False, (Finding(f"a release is proved by: {line}", package.modules[0], "there is no test"),)
        )
    return Proof((), False, (Finding("nothing proves a release", "", "there is no test"),))


def _sessions(text: str) -> dict[str, int]:
    """The sessions of a noxfile and their lines, read from its syntax tree."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {}
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any("session" in ast.unparse(one) for one in node.decorator_list):
            name = node.name
            for decorator in node.decorator_list:
                for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                        name = str(keyword.value.value)
            found[name] = node.lineno
    return found
