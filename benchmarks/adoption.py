"""A large repository that is not adopted yet, for the time that `contd-release adopt --yes` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.subject import git
from benchmarks.timing import PROGRAMS, Cost, timed

FILES: Final = 5_000
# The seconds that a person waits without a doubt that the program still runs.
LIMIT: Final = Cost(3.0)
_PYPROJECT: Final = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "many-files"
version = "1.2.3"
readme = "README.md"
"""


def adopted(root: Path) -> Cost:
    """Measure the adoption of a repository, from a clean checkout on."""
    git(root, "clean", "-ffdxq")
    git(root, "reset", "--quiet", "--hard")
    return timed([str(PROGRAMS / "contd-release"), "adopt", "--yes"], root)


def make(root: Path) -> None:
    """Make a repository of many modules in many packages, with two releases, in a folder that is not there yet."""
    _write(root / "pyproject.toml", _PYPROJECT)
    _write(root / "README.md", "# Many files\n")
    for number in range(FILES - 3):
        body = "".join(f"def function_{line}():\n    return {number * line}\n\n\n" for line in range(30))
        _write(root / f"many_files/part_{number % 70}/piece_{number % 7}/module_{number}.py", body)
    git(root, "init", "--quiet", "--initial-branch=main")
    for version in ("1.2.2", "1.2.3"):
        _write(root / "many_files/__init__.py", f'__version__ = "{version}"\n')
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--message", version)
        git(root, "tag", f"v{version}")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
