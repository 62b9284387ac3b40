"""The layout: a person who knows what to type finds the file, its work and its tests by that word."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import contd_release
from contd_release.tasks import namespace

PACKAGE = Path(contd_release.__file__).parent
TESTS = Path(__file__).parent
FILES, LINES = 15, 300
EXTRAS = ("apprise", "feedgen", "griffe", "helm_python", "cyclonedx", "cyclonedx_py", "sigstore", "pypi_attestations")
TASKS = sorted(namespace.task_names)


def modules(folder: Path) -> list[Path]:
    """The modules below a folder."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def named(folder: Path, name: str) -> list[Path]:
    """The modules below a folder that have this name."""
    return [path for path in modules(folder) if path.stem == name]


@pytest.mark.parametrize("task", TASKS)
def test_task_has_its_files(task: str) -> None:
    """`hotfix.start` is in `tasks/hotfix.py` and `procedures/hotfix/start.py`, and so on."""
    family, _, verb = task.rpartition(".")

    assert len(named(PACKAGE / "tasks", family or verb)) == 1
    assert len(named(PACKAGE / "procedures" / family, verb)) == 1


@pytest.mark.parametrize("task", TASKS)
def test_task_has_a_test_of_its_name(task: str) -> None:
    """`invoke verify` is tested below `tests/procedures` in `test_verify.py`, and so on."""
    family, _, verb = task.rpartition(".")

    assert len(named(TESTS / "procedures" / family, f"test_{verb}")) == 1


def test_three_modules_are_loose() -> None:
    """Everything else is in a folder."""
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py", "errors.py"}


def test_no_folder_has_too_many_files() -> None:
    """A folder that grows beyond this number needs folders of its own."""
    folders = {path.parent for path in modules(PACKAGE)}
    counts = {str(one.relative_to(PACKAGE)): len(list(one.glob("*.py"))) for one in folders}

    assert {name: count for name, count in counts.items() if count > FILES} == {}


def test_no_module_is_too_long() -> None:
    """A module that grows beyond this number of lines has two subjects."""
    lengths = {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(PACKAGE)
    }

    assert {name: length for name, length in lengths.items() if length > LINES} == {}


def test_nothing_needs_an_extra_to_be_imported() -> None:
    """Every module can be imported where no extra is installed; the programs that a module starts are not imported."""
    names = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in modules(PACKAGE)]
    wanted = [one for one in names if not one.endswith(("__main__", "griffe.program"))]
    program = (
        "import importlib, sys\n"
        f"for name in {EXTRAS!r}:\n    sys.modules[name] = None\n"
        f"for name in {wanted!r}:\n    importlib.import_module(name)\n"
    )
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
