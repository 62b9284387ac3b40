"""A large repository that is not adopted yet, for the time that `contd-release adopt --yes` takes."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.subject import NOBODY
from benchmarks.timing import PROGRAMS, Cost, timed

FILES: Final = 5_000
# What a person waits without asking what is going on.
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


@dataclass(frozen=True)
class Large:
    """A repository of many modules in many packages, with two releases."""

    root: Path

    def adopted(self) -> Cost:
        """The time of adopting it; it is as it was before, first."""
        self._git("clean", "-ffdxq")
        self._git("reset", "--quiet", "--hard")
        return timed([str(PROGRAMS / "contd-release"), "adopt", "--yes"], self.root)

    def _git(self, *words: str) -> None:
        subprocess.run(("git", *words), cwd=self.root, env=NOBODY, check=True, capture_output=True)

    def make(self) -> None:
        """Write and commit it."""
        self._write("pyproject.toml", _PYPROJECT)
        self._write("README.md", "# Many files\n")
        self._write("many_files/__init__.py", '__version__ = "1.2.2"\n')
        for number in range(FILES - 3):
            body = "".join(f"def function_{line}():\n    return {number * line}\n\n\n" for line in range(30))
            self._write(f"many_files/part_{number % 70}/piece_{number % 7}/module_{number}.py", body)
        self._git("init", "--quiet", "--initial-branch=main")
        for version in ("1.2.2", "1.2.3"):
            self._write("many_files/__init__.py", f'__version__ = "{version}"\n')
            self._git("add", "--all")
            self._git("commit", "--quiet", "--message", version)
            self._git("tag", f"v{version}")

    def _write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")


def large(root: Path) -> Large:
    """The repository, made."""
    found = Large(root)
    found.make()
    return found
