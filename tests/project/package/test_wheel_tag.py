"""The tag of the wheel, computed as each build backend computes it, and compared with what the backends build."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contd_release.project.package import metadata
from contd_release.project.package.wheel_tag import BOTH, PYTHON_3, wheel_tag

PROJECT = '[project]\nname = "demo"\nversion = "1.0.0"\ndescription = "A demo."\n'
SYSTEM = '[build-system]\nrequires = ["{0}"]\nbuild-backend = "{1}"\n'
POETRY = (
    '[tool.poetry]\nname = "demo"\nversion = "1.0.0"\ndescription = "A demo."\nauthors = ["Ada <ada@example.org>"]\n'
)


@pytest.mark.parametrize(
    ("backend", "requires", "expected"),
    [
        ("hatchling.build", "", BOTH),
        ("hatchling.build", ">=3.9", PYTHON_3),
        ("hatchling.build", ">=2.7", BOTH),
        ("hatchling.build", ">=2.7,!=3.0.*", BOTH),
        ("flit_core.buildapi", "", BOTH),
        ("flit_core.buildapi", ">=3.6", PYTHON_3),
        ("flit_core.buildapi", "!=3.0.*,>=3.6", PYTHON_3),
        ("poetry.core.masonry.api", "", BOTH),
        ("poetry.core.masonry.api", "*", BOTH),
        ("poetry.core.masonry.api", "^3.9", PYTHON_3),
        ("poetry.core.masonry.api", "~2.7 || ^3.6", BOTH),
        ("poetry.core.masonry.api", "^3.6 || ^4.0", PYTHON_3),
        ("poetry_dynamic_versioning.backend", "<3.13,>=3.9", PYTHON_3),
        ("setuptools.build_meta", "", PYTHON_3),
        ("uv_build", "", PYTHON_3),
    ],
)
def test_each_backend_has_a_tag(backend: str, requires: str, expected: str) -> None:
    """The backend and the versions of Python that the package allows say which tag its wheel has."""
    assert wheel_tag(backend, requires, is_universal=False) == expected


def test_setuptools_can_be_asked_for_both() -> None:
    """A universal wheel is a wish in setup.cfg or in pyproject.toml, and of setuptools alone."""
    assert wheel_tag("setuptools.build_meta", ">=3.9", is_universal=True) == BOTH
    assert wheel_tag("hatchling.build", ">=3.9", is_universal=True) == PYTHON_3


SETUP = "from setuptools import setup\nsetup(name='demo', version='1.0.0', py_modules=['demo'])\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": SYSTEM.format("hatchling", "hatchling.build") + PROJECT},
        {"pyproject.toml": SYSTEM.format("hatchling", "hatchling.build") + PROJECT + 'requires-python = ">=3.11"\n'},
        {"pyproject.toml": SYSTEM.format("flit_core", "flit_core.buildapi") + PROJECT},
        {"pyproject.toml": SYSTEM.format("setuptools", "setuptools.build_meta") + PROJECT},
        {"pyproject.toml": SYSTEM.format("poetry-core", "poetry.core.masonry.api") + POETRY},
        {
            "pyproject.toml": SYSTEM.format("poetry-core", "poetry.core.masonry.api")
            + POETRY
            + '[tool.poetry.dependencies]\npython = "^3.9"\n'
        },
        {"setup.py": SETUP},
        {"setup.py": SETUP, "setup.cfg": "[bdist_wheel]\nuniversal = 1\n"},
        {"setup.py": SETUP, "setup.cfg": "[wheel]\nuniversal = 1\n"},
    ],
    ids=["hatchling", "hatchling 3", "flit", "setuptools", "poetry", "poetry 3", "setup.py", "universal", "old name"],
)
def test_the_backends_make_that_wheel(files: dict[str, str], tmp_path: Path) -> None:
    """The name that is computed beforehand is the name of the file that a real build makes."""
    for path, text in {**files, "demo.py": '"""A demo."""\n', "README.md": "A demo.\n"}.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    command = (sys.executable, "-m", "build", "--wheel", "--outdir", "dist", ".")
    built = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    said = built.stdout + built.stderr
    if built.returncode and "No matching distribution" in said:
        pytest.skip("the package index does not have this build backend")
    assert built.returncode == 0, said
    expected = metadata.of(files.get).wheel
    assert [one.name for one in (tmp_path / "dist").iterdir()] == [f"demo-1.0.0-{expected}.whl"]
