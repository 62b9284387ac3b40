"""
The modules that a distribution has, read from the configuration of its build tool and the paths of its files.

hatchling, setuptools, poetry, flit, pdm, uv and maturin name them in different places; where none does, they are the
outermost packages below `src`, or those of the root. https://setuptools.pypa.io/en/latest/userguide/package_discovery.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from contd_release.project.defaults import Read
from contd_release.project.package import package_files, sources
from contd_release.project.package.package_files import PackageFiles
from contd_release.project.project import Project

# Folders of a package that users do not import, and those beside it that are not installed either.
_INNER: Final = frozenset({"test", "tests", "template", "templates", "node_modules"})
_APART: Final = _INNER | frozenset(
    "docs doc example examples benchmark benchmarks vendor scripts tools ci build dist bin notebooks samples fixtures"
    " tasks noxfile conftest".split()
)
_ROOTS: Final = ("src", "lib", "python", "")


@dataclass(frozen=True)
class Module:
    """A module or package: the folder that its import begins in, below the repository, and its name."""

    root: str
    name: str

    @property
    def path(self) -> str:
        """Its folder, or its file without the ending."""
        return "/".join(part for part in (self.root, *self.name.split(".")) if part)

    def has(self, path: str) -> bool:
        """Whether this file belongs to it, and is neither a test nor a program."""
        parts = PurePosixPath(path).parts
        is_api = path.endswith((".py", ".pyi")) and _INNER.isdisjoint(parts[self.path.count("/") + 1 : -1])
        is_inside = path.startswith(f"{self.path}/") or path in (f"{self.path}.py", f"{self.path}.pyi")
        return is_api and is_inside and parts[-1] not in ("__main__.py", "conftest.py")


def modules(project: Project, names: Sequence[str], text_of: Read) -> tuple[Module, ...]:
    """
    The modules of the project's distribution in a commit.

    Args:
        names: the paths of all files in it.
    """
    folder = project.package.folder
    below = [name.removeprefix(folder) for name in names if name.startswith(folder) and name.endswith((".py", ".pyi"))]
    wanted = project.settings.pypi.imports if project.settings.pypi else ()
    found = (
        [*_configured(package_files.read(text_of, folder), below)]
        or [*_imported(wanted, below)]
        or [*_discovered(project, below)]
    )
    prefix = folder.rstrip("/")
    return tuple(
        Module("/".join(part for part in (prefix, one.root) if part), one.name) for one in dict.fromkeys(found)
    )


def _imported(wanted: Sequence[str], names: list[str]) -> Iterator[Module]:
    """The top-level modules that the settings say are imported."""
    for name in dict.fromkeys(one.partition(".")[0] for one in wanted):
        yield from _there(name, names, _ROOTS)


def _configured(files: PackageFiles, names: list[str]) -> Iterator[Module]:
    """The modules that the build configuration names."""
    for path in sources.module_paths(files):
        root, name = next(
            (one, path.removeprefix(f"{one}/")) for one in _ROOTS if not one or path.startswith(f"{one}/")
        )
        yield from _there(name.replace("/", "."), names, (root,))


def _discovered(project: Project, names: list[str]) -> Iterator[Module]:
    """The outermost packages, those below `src` or of the project's name before all others; else a single module."""
    wanted = project.file_name
    tops: list[Module] = []
    for root in _ROOTS:
        for name in sorted(names, key=lambda one: (one.count("/"), one)):
            inner = name.removeprefix(f"{root}/") if root else name
            parts = PurePosixPath(inner).parts
            if (root and inner == name) or parts[-1] not in ("__init__.py", "__init__.pyi") or len(parts) < 2:
                continue
            top = ".".join(parts[:-1])
            is_inside = any(top.startswith(f"{one.name}.") for one in tops if one.root == root)
            if _APART.isdisjoint(parts) and not is_inside and all(part.isidentifier() for part in parts[:-1]):
                tops.append(Module(root, top))
        if tops:
            break
    named = [one for one in tops if one.name.replace(".", "_").lower() == wanted]
    if named and not named[0].root:
        yield from named
    elif tops:
        yield from tops
    else:
        yield from _there(wanted, names, _ROOTS)


def _there(name: str, names: list[str], roots: Sequence[str]) -> Iterator[Module]:
    """The module of this name below the first of these folders that has it."""
    for root in roots:
        one = Module(root, name)
        if any(path.startswith(f"{one.path}/") or path in (f"{one.path}.py", f"{one.path}.pyi") for path in names):
            yield one
            return
