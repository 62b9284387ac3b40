"""Everything that is printed to type next can be typed: the task, the option, the subcommand exist."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from invoke.exceptions import ParseError
from invoke.parser import Parser

from contd_release.project.version import AUTO, PARTS
from contd_release.tasks import namespace

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "contd_release").rglob("*.py"))
SNAPSHOTS = sorted((ROOT / "tests").rglob("__snapshots__/*.ambr"))
# What a hint may begin with besides tasks, git and nox: programs that a person has, or is asked to install.
PROGRAMS = {
    "$EDITOR",
    "apt",
    "buildah",
    "cd",
    "command",
    "df",
    "docker",
    "echo",
    "export",
    "file",
    "gh",
    "helm",
    "less",
}
PROGRAMS |= {"ls", "open", "pip", "python", "rm", "skopeo", "twine", "unset", "uv"}
# Values that stand for a person's own.
BLANK = "X"


def hints_of(source: Path) -> Iterator[str]:
    """What a module's `type_next` and `otherwise` say; a value that is put in is a blank."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "type_next":
            yield from texts(node.value)
        elif isinstance(node, ast.Constant | ast.JoinedStr):
            yield from (text for text in texts(node) if re.match(r"invoke [a-z.]+(?: --|,|;|   \(|$).*\S$", text))
        elif isinstance(node, ast.ClassDef):
            ours = [one for one in node.body if ast.unparse(one).startswith("otherwise")]
            yield from (
                text for one in ours if isinstance(one, ast.Assign | ast.AnnAssign) for text in texts(one.value)
            )
        elif isinstance(node, ast.Call) and len(node.args) == 3 and getattr(node.func, "id", "") == "Found":
            yield from texts(node.args[2])


def texts(value: ast.expr | None) -> Iterator[str]:
    """The text of an expression, or of both its branches; nothing where it is computed elsewhere."""
    if isinstance(value, ast.IfExp):
        yield from texts(value.body)
        yield from texts(value.orelse)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        parts = [str(one.value) if isinstance(one, ast.Constant) else BLANK for one in value.values]
        if parts[0] != BLANK:
            # A blank at the end of a word is options that may follow it.
            yield re.sub(rf"(?<=[a-z]){BLANK}+", "", "".join(parts))


def snapshot_hints(snapshot: Path) -> Iterator[str]:
    """Every `type:` of a file of snapshots."""
    for line in snapshot.read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\s*type:\s+(.*)", line):
            yield found[1]


def found() -> list[tuple[str, str]]:
    """Every hint once, with the file that has it."""
    there = {hint: path for path in SOURCES for hint in hints_of(path)}
    there |= {hint: path for path in SNAPSHOTS for hint in snapshot_hints(path)}
    return [(hint, path.relative_to(ROOT).as_posix()) for hint, path in there.items()]


@cache
def git_commands() -> frozenset[str]:
    """The subcommands of git."""
    listed = subprocess.run(("git", "--list-cmds=main"), capture_output=True, text=True, check=True)
    return frozenset(listed.stdout.split())


def problem(hint: str) -> str:
    """Why a hint cannot be typed; empty where it can."""
    command = re.sub(r"\s{3}\(.*", "", hint)
    return next(filter(None, map(problem_of_one, command.split("; "))), "")


def problem_of_one(command: str) -> str:
    """Why one command line cannot be typed."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        return str(error)
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    if not words:
        return "no command"
    name, *rest = words
    if name == BLANK:
        return ""
    if name in ("invoke", "contd-release"):
        return task_problem(rest)
    if name == "git":
        rest = rest[2:] if rest[:1] == ["-C"] else rest
        return "" if rest and rest[0] in git_commands() else f"git has no {rest[:1]}"
    return "" if name in PROGRAMS or shutil.which(name) else f"{name!r} is no program"


def task_problem(words: list[str]) -> str:
    """Why invoke cannot parse the words after its name; a blank that is no value stands for options."""
    words = [
        word for before, word in zip(["", *words], words, strict=False) if word != BLANK or before.startswith("--")
    ]
    try:
        with patch.object(sys, "argv", ["invoke", *words]):
            parsed = Parser(contexts=namespace.to_contexts()).parse_argv(words)
    except ParseError as error:
        return str(error)
    parts = [argument.value for one in parsed for argument in one.args.values() if argument.name == "part"]
    wrong = [part for part in parts if part and BLANK not in part and part not in (*PARTS, AUTO)]
    return f"there is no part {wrong[0]!r}" if wrong else "" if parsed else "no task"


@pytest.mark.parametrize(("hint", "where"), found())
def test_a_hint_can_be_typed(hint: str, where: str) -> None:
    """A task with options that it has, a subcommand of git, or a program: nothing else is printed after `type:`."""
    assert problem(hint) == "", where


@pytest.mark.parametrize(
    "hint",
    [
        "the same command again, in a while",
        "invoke release to go on with 1.0",
        "invoke relase",
        "invoke release --parts minor",
        "invoke release --part …",
        "git comit",
        'invoke news "unbalanced',
    ],
)
def test_what_cannot_be_typed_is_found(hint: str) -> None:
    """Prose, misspelt tasks, options and subcommands are none."""
    assert problem(hint) != ""
