"""A table of changes of an API, and the part that each asks for, from 1.0 on and before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.prepare.fragments import needed
from contd_release.project.package.modules import Module
from contd_release.tools.griffe.griffe import Difference, Side, Size, compared

ORDER: tuple[Size, ...] = ("fix", "feature", "breaking")
TABLE = Path(__file__).parents[2] / "data" / "api_changes.txt"


@dataclass(frozen=True)
class Case:
    """One change: its files before and after, by path in the package, and its size."""

    name: str
    size: str
    old: dict[str, str]
    new: dict[str, str]


def cases() -> Iterator[Case]:
    """The table: `== NAME: SIZE`, the package before, `-- after`, the package after; `@@ PATH` begins another file."""
    for block in re.split(r"^== ", TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, body = block.partition("\n")
        name, _, size = title.rpartition(": ")
        old, new = (files(side) for side in body.split("-- after\n"))
        yield Case(name, size, old, new)


def files(text: str) -> dict[str, str]:
    """The files of one side."""
    first, *others = re.split(r"^@@ (\S+)\n", text, flags=re.MULTILINE)
    return {"__init__.py": first} | dict(zip(others[::2], others[1::2], strict=True))


CASES = tuple(cases())


def side(which: str) -> Side:
    """One side of every case, each in a package of its own."""
    among = tuple(Module("", f"contd{number}") for number in range(len(CASES)))
    texts = {}
    for module, case in zip(among, CASES, strict=True):
        for path, text in getattr(case, which).items():
            if module.has(f"{module.name}/{path}"):
                texts[f"{module.name}/{path}"] = text.replace("contd", module.name)
    return Side(among, texts)


@pytest.fixture(scope="module")
def found() -> dict[str, list[Difference]]:
    """What griffe finds for each case; one process compares them all."""
    differences = compared(side("old"), side("new")).differences
    return {
        case.name: [one for one in differences if one.path.partition("/")[0] == f"contd{number}"]
        for number, case in enumerate(CASES)
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_size_of_a_change(case: Case, found: dict[str, list[Difference]]) -> None:
    """The biggest difference that is found is as big as users would say."""
    sizes = [one.size for one in found[case.name]]
    assert max(sizes, key=ORDER.index, default="fix") == case.size, found[case.name]


@pytest.mark.parametrize(
    ("size", "current", "part"),
    [
        ("breaking", "1.4.2", "major"),
        ("feature", "1.4.2", "minor"),
        ("fix", "1.4.2", "patch"),
        ("breaking", "0.4.2", "minor"),
        ("feature", "0.4.2", "minor"),
        ("fix", "0.4.2", "patch"),
    ],
)
def test_the_part_that_it_asks_for(size: Size, current: str, part: str) -> None:
    """A breaking change asks for a major release, and for a minor one before 1.0."""
    assert needed(size, Version(current)) == part


@pytest.mark.parametrize(
    ("public", "names"),
    [
        (("*",), ["contd.core.a", "contd.core.sub.b", "contd.top"]),
        (("contd",), ["contd.top"]),
        (("contd.core",), ["contd.core.a"]),
        (("contd.core.*",), ["contd.core.sub.b"]),
        (("contd.core", "contd.core.*"), ["contd.core.a", "contd.core.sub.b"]),
    ],
)
def test_modules_that_are_public(public: tuple[str, ...], names: list[str]) -> None:
    """Only the names of modules that the settings list count."""
    among = (Module("src", "contd"),)
    paths = {"contd/__init__.py": "top", "contd/core/__init__.py": "a", "contd/core/sub.py": "b"}
    old, new = (
        Side(among, {f"src/{path}": text.format(name) for path, name in paths.items()})
        for text in ("def {}(): ...\n", "")
    )
    assert sorted(one.what.partition(" ")[0] for one in compared(old, new, public).differences) == names


def test_code_that_cannot_be_read(tmp_path: Path) -> None:
    """A module that is not Python is named, and nothing of it is claimed; no code is run while the rest is compared."""
    mark = tmp_path / "was-run"
    bad = f"from pathlib import Path\nPath({str(mark)!r}).touch()\n"
    among = (Module("", "contd"), Module("", "griffe"))
    old = {"contd/__init__.py": "def f(: ...\n", "griffe/__init__.py": bad, "griffe/a.py": "def f(): ...\n"}
    new = {"contd/__init__.py": "", "griffe/__init__.py": bad + "def g(): ...\n", "griffe/a.py": "\ndef f(: ...\n"}
    result = compared(Side(among, old), Side(among, new))
    assert result.problems == ("contd: SyntaxError in line 1", "griffe.a: SyntaxError in line 2")
    assert [one.what for one in result.differences] == ["griffe.g is new"]
    assert not mark.exists()
