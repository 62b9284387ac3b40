"""The working tree as it is, committed or not. It is only read here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from configparser import RawConfigParser
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

from contd_release.errors import NotReady
from contd_release.project.package.package_files import ini
from contd_release.tools import git

# Folders whose files are not the project's own, or describe no release of it.
APART: Final = frozenset(
    "test tests testing fixtures example examples docs doc vendor vendored _vendor third_party thirdparty extern "
    "node_modules site-packages templates template cookiecutter benchmarks .devcontainer samples sample demo".split()
)
_BIG: Final = 2_000_000


@dataclass(frozen=True)
class Tree:
    """
    A working tree.

    Args:
        files: every file that git knows or would know, sorted; links and submodules are left out.
        others: the names of the other packages of the repository, if the tree is the folder of one of several.
        folder: that folder, as seen from the root of the repository: `packages/cli`; empty elsewhere.
    """

    clone: git.Clone
    files: tuple[str, ...]
    others: tuple[str, ...] = ()
    folder: str = ""
    _texts: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def root(self) -> Path:
        """The root of the working tree."""
        return self.clone.root

    @property
    def above(self) -> str:
        """The path from here to the root of the repository: `../..` if this is the folder of one of its packages."""
        return "/".join(".." for _ in PurePosixPath(self.folder).parts)

    @cached_property
    def known(self) -> frozenset[str]:
        """The files, to ask whether one is there."""
        return frozenset(self.files)

    def text(self, path: str) -> str | None:
        """The text of a file, with line feeds alone and U+FFFD for what is not UTF-8; None without such a file."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def table(self, path: str, *keys: str) -> dict[str, object]:
        """A table of a TOML file; empty if there is none, or the file cannot be read."""
        try:
            found: object = tomllib.loads(self.text(path) or "")
        except (tomllib.TOMLDecodeError, RecursionError):
            return {}
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    def ini(self, path: str) -> RawConfigParser:
        """An INI file such as setup.cfg; without any section if it is not there, or cannot be read."""
        return ini(self.text(path) or "")

    def named(self, *names: str) -> Iterator[str]:
        """The files with one of these base names, those of the upper folders first."""
        found = [path for path in self.files if PurePosixPath(path).name in names]
        return iter(sorted(found, key=lambda path: (path.count("/"), path)))

    def is_apart(self, path: str) -> bool:
        """Whether a file lies in a folder of tests, examples or other people's code."""
        return not APART.isdisjoint(PurePosixPath(path).parts[:-1])

    def line_of(self, path: str, pattern: str) -> int:
        """The first line that a pattern matches, counted from 1; 0 if none does."""
        text = self.text(path) or ""
        found = re.search(pattern, text, re.MULTILINE)
        return text.count("\n", 0, found.start()) + 1 if found else 0

    def git(self, *words: str) -> str:
        """What git says; empty if it ends with an error."""
        answer = git.git(self.root, *words).ask()
        return answer.out if answer.code == 0 else ""

    def _read(self, path: str) -> str | None:
        file = self.root / path
        if path not in self.known and (file.is_symlink() or not file.is_file()):
            return None
        try:
            if file.stat().st_size > _BIG:
                return None
            return file.read_text(encoding="utf-8-sig", errors="replace")
        except OSError:
            return None


def of(where: Path) -> Tree:
    """
    The working tree of a folder.

    Raises:
        NotReady: there is no clone, no working tree or no commit.
    """
    bare = git.git(where, "rev-parse", "--is-bare-repository").ask()
    if bare.out.strip() == "true":
        raise NotReady(f"{where} is a bare repository", expected="a clone with files", type_next=f"git clone {where}")
    clone = git.clone(where)
    if not clone.head:
        raise NotReady(
            f"{clone.root} has no commit", expected="a project to release", type_next='git commit -m "Begin"'
        )
    listed = git.git(clone.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").ask()
    paths = sorted({path for path in listed.out.split("\0") if path})
    return Tree(clone, tuple(path for path in paths if _is_file(clone.root / path)))


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
