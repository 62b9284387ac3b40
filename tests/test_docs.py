"""The pages say what the code does: every key, every exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from invoke.parser.argument import Argument

from contd_release import errors
from contd_release.project.settings import Settings
from contd_release.tasks import namespace
from tests.adopt.scenario import FOLDER, Scenario

DOCS = Path(__file__).parents[1] / "docs"
WORDS = {str: "string", bool: "true or false", float: "number", int: "whole number"}


def tables(kind: type, where: str = "tool.contd-release") -> Iterator[tuple[str, type]]:
    """The tables of the configuration, by the heading under which the page tells them."""
    yield where, kind
    for one in fields(kind):
        inner = unwrapped(get_type_hints(kind)[one.name])
        if is_dataclass(inner) and isinstance(inner, type):
            yield from tables(inner, f"{where}.{key(one)}")


def key(one: Field[Any]) -> str:
    """The name of a field as TOML spells it."""
    return one.name.replace("_", "-")


def unwrapped(hint: Any) -> Any:
    """The type of something optional."""
    return next(one for one in get_args(hint) if one is not type(None)) if isinstance(hint, UnionType) else hint


def type_words(hint: Any) -> str:
    """How the page spells a type."""
    hint = unwrapped(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        names = [f'`"{one}"`' for one in inner]
        return " or ".join((", ".join(names[:-1]), names[-1]))
    if origin is tuple:
        plural = f"{type_words(inner[0])}s" if inner[0] is str else type_words(inner[0])
        return f"list of {plural}"
    if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return "table of strings" if inner[1] is str else "table"
    return "table" if is_dataclass(hint) else WORDS[hint]


def default_words(one: Field[Any]) -> str:
    """How the page spells a default."""
    if one.default is MISSING and one.default_factory is MISSING:
        return "required"
    default = one.default if one.default_factory is MISSING else one.default_factory()
    if default is None:
        return "off"
    return "its own" if is_dataclass(default) else f"`{json.dumps(default)}`"


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    text = (DOCS / page).read_text(encoding="utf-8")
    _, _, below = f"\n{text}".partition(f"\n{heading}\n")
    body = re.split(r"\n#+ ", below)[0]
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line.startswith("|")
    ]
    return found[2:]


@pytest.mark.parametrize(("where", "kind"), [pytest.param(*one, id=one[0]) for one in tables(Settings)])
def test_every_key_is_documented(where: str, kind: type) -> None:
    """The configuration page lists exactly the keys there are, each with its type and its default."""
    expected = [
        [f"`{key(one)}`", type_words(get_type_hints(kind)[one.name]), default_words(one)] for one in fields(kind)
    ]
    assert expected == [row[:3] for row in rows("configuration.md", f"## {where}")]


def test_every_key_has_a_meaning() -> None:
    """No row of the configuration page ends before it says what the key is for."""
    told = [row for where, _ in tables(Settings) for row in rows("configuration.md", f"## {where}")]
    bare = [row for row in told if len(row) != 4 or not row[3]]
    assert not bare


def test_every_exit_code_is_documented() -> None:
    """The page of exit codes lists exactly the codes there are, by the name of the error that has them."""
    leaves = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.ReleaseError)]
    expected = {(str(one.exit_code), f"`{one.__name__}`") for one in leaves if "exit_code" in vars(one)}
    found = {(row[0], row[1]) for row in rows("exit-codes.md", "# Exit codes") if row[1]}
    assert expected == found


def test_every_task_is_documented() -> None:
    """The tables of the page of tasks have every task there is, and no other."""
    lines = (DOCS / "tasks.md").read_text(encoding="utf-8").splitlines()
    found = {name for line in lines for name in re.findall(r"^\| `invoke ([a-z.]+)", line)}
    assert set(namespace.task_names) == found


@pytest.mark.parametrize("page", [pytest.param(path, id=path.name) for path in sorted(DOCS.rglob("*.md"))])
def test_every_option_on_a_page_exists(page: Path) -> None:
    """A command that a page shows has only options that its task takes."""
    commands = re.findall(r"(?:`|^)invoke ([a-z.]+)([^`\n]*)", page.read_text(encoding="utf-8"), re.MULTILINE)
    for task, words in commands:
        known = {flag for arg in namespace[task].get_arguments() for flag in flags(arg)}
        assert {*re.findall(r"(--[a-z-]+)", words)} <= known


def flags(argument: Argument) -> Iterator[str]:
    """The options that an argument of a task can be given as."""
    return (f"--{name.replace('_', '-')}" for name in argument.names)


def blocks(page: Path) -> Iterator[list[str]]:
    """The tables of a page: runs of lines that begin with a bar."""
    run: list[str] = []
    for line in [*page.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("|"):
            run.append(line)
        elif run:
            yield run
            run = []


@pytest.mark.parametrize("page", [*sorted(DOCS.glob("**/*.md")), DOCS.parent / "README.md"], ids=lambda one: one.name)
def test_every_table_is_one(page: Path) -> None:
    """Each table has a heading and a rule, and each row as many cells as the heading."""
    for head, *rest in blocks(page):
        assert rest and set(rest[0]) <= set("|-: "), head
        cells = [len(re.findall(r"(?<!\\)\|", re.sub(r"`[^`]*`", "", row))) for row in (head, *rest)]
        assert cells == [cells[0]] * len(cells), head


def test_every_link_of_the_readme_works_on_pypi() -> None:
    """Links and pictures are absolute, and each names a file that is in this repository."""
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]*)\)", text)
    ours = re.compile(r"https://(?:raw\.githubusercontent|github)\.com/contd/contd-release/(?:blob/|tree/)?main/(.+)")
    assert [link for link in links if not ((found := ours.fullmatch(link)) and (DOCS.parent / found[1]).exists())] == []
    assert links


def test_command_lines_of_the_readme_are_short() -> None:
    """No line of a command is cut off at the width of PyPI's page."""
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert [line for line in lines if len(line) > 72] == []


@pytest.mark.parametrize("page", ["README.md", "docs/adopting.md"])
def test_what_adoption_prints_is_what_it_prints(page: str, tmp_path: Path) -> None:
    """Each line that a page shows of `contd-release adopt` is in what it says of that repository."""
    said = Scenario(FOLDER / "takeover-tbump-workflow").begun(tmp_path).say("adopt").out.splitlines()
    text = (DOCS.parent / page).read_text(encoding="utf-8")
    shown = [line for line in text.splitlines() if line.startswith("  ") and " (" in line and "gondola" in text]
    shown = shown[: next((n for n, line in enumerate(shown) if "tbump releases" in line), len(shown)) + 1]
    assert shown
    assert [line for line in shown if line not in said] == []


def test_every_question_of_adoption_is_documented() -> None:
    """Each key that `--answer` takes is in the table."""
    keys = set()
    for path in (DOCS.parent / "contd_release" / "adopt").rglob("*.py"):
        keys |= set(re.findall(r"Question\(\s*f?\"([a-z_.-]+)", path.read_text(encoding="utf-8")))
    text = (DOCS / "adopting.md").read_text(encoding="utf-8")
    assert sorted(key for key in keys if f"`{key}" not in text) == []


def test_every_word_of_the_glossary_is_used() -> None:
    """A word that neither the code nor another page uses is none of ours."""
    words = re.findall(r"^(\w[\w ]*)\n: ", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    pages = [path for path in DOCS.glob("*.md") if path.name != "glossary.md"]
    texts = [path.read_text(encoding="utf-8").lower() for path in (*pages, *Path(errors.__file__).parent.rglob("*.py"))]
    assert [word for word in words if sum(word in text for text in texts) < 2] == []
    assert len(words) > 30
