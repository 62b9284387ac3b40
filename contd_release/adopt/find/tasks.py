"""The tasks that a repository has already, and how ours get beside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contd_release.adopt.finding import Finding
from contd_release.adopt.questions import Answers, Question
from contd_release.adopt.tree import Tree
from contd_release.errors import Usage

FILES: Final = ("tasks.py", "tasks/__init__.py")
OURS: Final = frozenset(
    "release plan status abort rehearse bump changelog check build publish verify promote announce schedule monitor "
    "watch report news rollback clean adopt doctor hotfix".split()
)
BESIDE: Final = "beside"


@dataclass(frozen=True)
class Tasks:
    """
    The tasks of a repository.

    Args:
        path: the file that has them; the one that will be written if there is none.
        is_there: whether there is such a file.
        has_ours: whether it has ours as well.
        namespace: the name of the collection that it makes; empty if every task of the module counts.
        imports_end: the line of the last import, counted from 1; 0 if there is none.
        prefix: the collection that ours get; empty if they stand beside the others.
    """

    path: str
    is_there: bool = False
    has_ours: bool = False
    namespace: str = ""
    imports_end: int = 0
    prefix: str = ""
    findings: tuple[Finding, ...] = ()


def file_of(tree: Tree) -> str:
    """The file that has tasks; empty if there is none."""
    return next((one for one in FILES if one in tree.known), "")


def has_ours(tree: Tree) -> bool:
    """Whether that file has ours."""
    return "contd_release" in (tree.text(file_of(tree)) or "")


def find(tree: Tree, answers: Answers) -> Tasks:
    """
    The tasks of this tree.

    Raises:
        Usage: an answer asks for what cannot be.
    """
    path = file_of(tree)
    text = tree.text(path) if path else None
    if text is None:
        return Tasks(FILES[0])
    if has_ours(tree):
        return Tasks(path, is_there=True, has_ours=True)
    names = dict(_tasks(text))
    taken = sorted(OURS & names.keys())
    prefix = _prefix(path, taken, answers)
    if not prefix and taken:
        raise Usage(
            f"{path} has tasks of these names: {', '.join(taken)}",
            expected="a collection of its own for ours",
            type_next="contd-release adopt --answer tasks=rel",
        )
    where = f"{path}:{next(iter(names.values()), 1)}"
    how = f"as invoke {prefix}.release" if prefix else "as invoke release"
    reason = f"{', '.join(taken)} {'is' if len(taken) == 1 else 'are'} there already" if taken else "no name is taken"
    found = Finding(f"ours stand beside its {len(names)} tasks, {how}", where, reason)
    return Tasks(path, True, False, _namespace(text), _imports_end(text), prefix, (found,))


def _prefix(path: str, taken: list[str], answers: Answers) -> str:
    question = Question(
        "tasks",
        f"{path} has tasks: the collection of ours, or {BESIDE} for none",
        "rel" if taken else BESIDE,
        f"{', '.join(taken)} would be there twice" if taken else "no name is taken",
    )
    answer = answers.of(question)
    if not answer.replace("-", "_").isidentifier():
        raise Usage(
            f"{answer!r} is no name of a collection", "a word such as rel", "contd-release adopt --answer tasks=rel"
        )
    return "" if answer == BESIDE else answer


def _tasks(text: str) -> Iterator[tuple[str, int]]:
    """The names that tasks, and collections, have on the command line, with their lines."""
    for node in _body(text):
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(node, ast.FunctionDef) and ast.unparse(call).rpartition(".")[2] == "task":
                yield (_given(decorator) or node.name).replace("_", "-"), node.lineno
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and ast.unparse(inner.func).rpartition(".")[2] in ("Collection", "add_task"):
                yield from ((str(one.value), inner.lineno) for one in inner.args if isinstance(one, ast.Constant))


def _given(decorator: ast.expr) -> str:
    """The name that a decorator gives a task; empty if it gives none."""
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return next(
        (str(one.value.value) for one in keywords if one.arg == "name" and isinstance(one.value, ast.Constant)), ""
    )


def _namespace(text: str) -> str:
    """The name that invoke looks for, where the module binds it."""
    bound = {
        target.id
        for node in _body(text)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    return next((name for name in ("ns", "namespace") if name in bound), "")


def _imports_end(text: str) -> int:
    return max(
        (node.end_lineno or 0 for node in _body(text) if isinstance(node, ast.Import | ast.ImportFrom)), default=0
    )


def _body(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError):
        return []
