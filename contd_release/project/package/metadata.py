"""
The package as its own files describe it, whatever builds it: `[project]`, `[tool.poetry]`, `setup.cfg`, `setup.py`.

The files are read, never run. https://packaging.python.org/en/latest/specifications/pyproject-toml/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contd_release.errors import Usage
from contd_release.project.defaults import Read
from contd_release.project.package import package_files, sources
from contd_release.project.package.from_tag import FromTag, from_tag
from contd_release.project.package.package_files import PackageFiles
from contd_release.project.package.wheel_tag import PYTHON_3, wheel_tag

SETUPTOOLS: Final = "setuptools.build_meta"


@dataclass(frozen=True)
class Stated:
    """A value, and the line of the file that states it, counted from 1; 0 if the line is not known."""

    value: str
    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True)
class Metadata:
    """
    One package.

    Args:
        folder: the folder of its pyproject.toml or setup.py, with a slash at its end; empty for the root.
        version: where no tool computes it, the literal.
        also: the other literals of the version, which the build tool passes over.
        sources: the files that a build tool is configured to read the version from, as far as it names them.
        tag: the tool that computes the version from a git tag.
        is_built: whether a build tool makes a distribution of it.
        is_compiled: whether its wheels are for one platform each.
        pattern: the regular expression, with a group `version`, by which the version is found in the sources.
        modules: the import packages that a build tool is configured to take, as far as it names them.
        wheel: the tag of the wheel that is built, where it is not compiled.
    """

    folder: str
    name: Stated | None
    version: Stated | None
    sources: tuple[str, ...]
    tag: FromTag | None
    backend: str
    is_built: bool
    is_compiled: bool
    requires_python: str = ""
    description: str = ""
    wheel: str = PYTHON_3
    pattern: str = ""
    modules: tuple[str, ...] = ()
    also: tuple[Stated, ...] = ()


# Where there is no package.
NONE: Final = Metadata("", None, None, (), None, SETUPTOOLS, is_built=False, is_compiled=False)


def of(text_of: Read, folder: str = "") -> Metadata:
    """
    The metadata of the package in this folder.

    Raises:
        Usage: pyproject.toml is not TOML.
    """
    files = package_files.read(text_of, folder)
    project, poetry = files.table("project"), files.table("tool", "poetry")
    system = files.table("build-system")
    tag = from_tag(files.pyproject, files.setup, files.cfg, bool(text_of(f"{folder}versioneer.py")))
    is_package = bool(poetry.get("package-mode", True))
    backend = str(system.get("build-backend", SETUPTOOLS))
    requires = str(project.get("requires-python", "") or files.text("options", "python_requires"))
    constraint = requires or str(files.table("tool", "poetry", "dependencies").get("python", ""))
    stated = iter(()) if tag else _stated(text_of, files, "version")
    return Metadata(
        folder=folder,
        name=next(_stated(text_of, files, "name"), None),
        version=next(stated, None),
        also=tuple(stated),
        sources=sources.paths(files),
        pattern=sources.pattern(files),
        modules=sources.modules(files),
        tag=tag,
        backend=backend,
        is_built=("build-system" in files.pyproject and is_package) or files.has_setup,
        is_compiled=_is_compiled(files, str(system.get("build-backend", ""))),
        requires_python=requires,
        description=str(project.get("description") or poetry.get("description") or ""),
        wheel=wheel_tag(backend, constraint, is_universal=_is_universal(files)),
    )


def line_of(text: str, header: str, key: str) -> int:
    """The line of a key below a header such as `[project]`, counted from 1; 0 if it is not there."""
    head = re.search(rf"^[ \t]*\[{re.escape(header)}\][^\n]*$", text, re.MULTILINE)
    if not head:
        return 0
    found = re.compile(rf"^[ \t]*{re.escape(key)}[ \t]*[=:]", re.MULTILINE).search(text, head.end())
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _stated(text_of: Read, files: PackageFiles, key: str) -> Iterator[Stated]:
    """A value wherever it is stated as a literal, in the order in which build tools look for it."""
    path = f"{files.folder}pyproject.toml"
    for header in ("project", "tool.poetry"):
        value = files.table(*header.split(".")).get(key)
        if value is not None and not isinstance(value, str):
            raise Usage(f"[{header}] {key} is {value!r}", expected="text", type_next=f"$EDITOR {path}")
        if value is not None:
            yield Stated(value, path, line_of(files.pyproject_text, header, key))
    flit = files.table("tool", "flit", "metadata").get("module")
    if key == "name" and isinstance(flit, str):
        yield Stated(flit, path, line_of(files.pyproject_text, "tool.flit.metadata", "module"))
    value = files.text("metadata", key)
    if value and not value.startswith(("attr:", "file:")):
        yield Stated(value, f"{files.folder}setup.cfg", line_of(files.cfg_text, "metadata", key))
    if files.setup and key in files.setup.texts:
        yield Stated(files.setup.texts[key], f"{files.folder}setup.py", files.setup.lines[key])
    if files.setup and (found := _looked_up(text_of, files, key)):
        yield found


def _looked_up(text_of: Read, files: PackageFiles, key: str) -> Stated | None:
    """A value that setup.py takes from the names of a module that it runs: `about["__title__"]`."""
    name = files.setup.looked_up.get(key) if files.setup else None
    for path in files.setup.files if files.setup and name else ():
        text = text_of(f"{files.folder}{path}") or ""
        if match := re.search(rf"""^{re.escape(name or "")}[ \t]*=[ \t]*["']([^"'\n]+)["']""", text, re.MULTILINE):
            return Stated(match[1], f"{files.folder}{path}", text.count("\n", 0, match.start()) + 1)
    return None


def _is_compiled(files: PackageFiles, backend: str) -> bool:
    needs = " ".join(map(str, files.table("build-system").get("requires", ())))
    is_compiler = backend.startswith(("maturin", "scikit_build_core", "mesonpy")) or "setuptools-rust" in needs
    extensions = files.table("tool", "setuptools").get("ext-modules")
    return bool(is_compiler or extensions or (files.setup and files.setup.is_compiled))


def _is_universal(files: PackageFiles) -> bool:
    """Whether setuptools is configured to tag the wheel for both Pythons."""
    configured = files.table("tool", "distutils", "bdist_wheel").get("universal", False)
    # setuptools still reads the section's old name.
    texts = (files.text(section, "universal").lower() for section in ("bdist_wheel", "wheel"))
    return bool(configured) or any(text in ("1", "true", "yes", "on") for text in texts)
