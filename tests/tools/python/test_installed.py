"""The program that says what an environment has: its version, and where its modules are imported from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contd_release.tools.python import installed


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("contd/__init__.py", "contd/line.py", "contd/core/__init__.py", "contd-1.dist-info/RECORD"), ["contd"]),
        (("contd.py", "_contd.abi3.so", "contd.pyi"), ["_contd", "contd"]),
        (("space/contd/__init__.py", "space/other.py"), ["space.contd"]),
        (("contd/__init__.py", "tests/__init__.py", "../../bin/contd", "contd-data/x.py"), ["contd"]),
        (("contd/__init__.cpython-311-x86_64-linux-gnu.so",), ["contd"]),
        (("__editable___contd_finder.py",), []),
    ],
)
def test_top_level_modules(files: tuple[str, ...], expected: list[str]) -> None:
    """The outermost packages and modules; neither scripts, stubs, nor what a wheel brings along by mistake."""
    assert expected == installed.top_level(list(files))


def asked(folder: Path, *words: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Ask about a package `small` with these files."""
    info = folder / "small-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: small\nVersion: 1.0\n", encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    record = [f"{name}.py,," for name in files] + ["small-1.0.dist-info/METADATA,,"]
    (info / "RECORD").write_text("\n".join(record), encoding="utf-8")
    code = (
        f"import runpy, sys; sys.path.insert(0, {str(folder)!r}); "
        f"runpy.run_path({installed.__file__!r}, run_name='__main__')"
    )
    argv = (sys.executable, "-I", "-c", code, *words)
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)


def test_what_a_module_prints_is_not_the_answer(tmp_path: Path) -> None:
    """The version and each module's file, whatever is printed while it is imported."""
    done = asked(tmp_path, "small", small="print('0.9')")
    assert installed.Installed("1.0", {"small": str(tmp_path / "small.py")}) == installed.read(done.stdout)


def test_a_module_that_cannot_be_imported(tmp_path: Path) -> None:
    """The exit code says so, and the traceback which."""
    done = asked(tmp_path, "small", small="import nowhere_to_be_found")
    assert done.returncode == 1
    assert "No module named 'nowhere_to_be_found'" in done.stderr


def test_an_empty_package(tmp_path: Path) -> None:
    """A wheel in which the build backend found no module is refused."""
    done = asked(tmp_path, "small")
    assert (done.returncode, done.stderr) == (1, "the package is empty: no module, no other file, no requirement\n")
