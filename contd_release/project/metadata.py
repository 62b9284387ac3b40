"""
The package as its own files describe it, whatever builds it: `[project]`, `[tool.poetry]`, `setup.cfg`, `setup.py`.

The files are read, never run. https://packaging.python.org/en/latest/specifications/pyproject-toml/
"""

from __future__ import annotations

import configparser
import re
import tomllib
from dataclasses import dataclass
from typing import Any, Final

from contd_release.errors import Usage
from contd_release.project.defaults import Read
from contd_release.project.from_tag import FromTag, from_tag
from contd_release.project.setup_py import SetupPy, parsed
from contd_release.project.wheel_tag import PYTHON_3, wheel_tag

SETUPTOOLS: Final = "setuptools.build_meta"


@dataclass(frozen=True)
class Stated:
    """A value, and the line of the file that states it, counted from 1; 0 where the line is not known."""

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
        sources: the files that a build tool is configured to read the version from, as far as it names them.
        tag: the tool that computes the version from a git tag.
        is_built: whether a build tool makes a distribution of it.
        is_compiled: whether its wheels are for one platform each.
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


# Where there is no package.
NONE: Final = Metadata("", None, None, (), None, SETUPTOOLS, is_built=False, is_compiled=False)


@dataclass(frozen=True)
class _Files:
    """The parsed files of one package."""

    folder: str
    pyproject: dict[str, Any]
    pyproject_text: str
    cfg: configparser.RawConfigParser
    cfg_text: str
    setup: SetupPy | None
    has_setup: bool

    def table(self, *keys: str) -> dict[str, Any]:
        """A table of pyproject.toml; empty where it is missing or something else."""
        found: object = self.pyproject
        for key in keys:
            found = found.get(key, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, dict) else {}


def of(text_of: Read, folder: str = "") -> Metadata:
    """
    The metadata of the package in this folder.

    Raises:
        Usage: pyproject.toml is not TOML.
    """
    files = _files(text_of, folder)
    project, poetry = files.table("project"), files.table("tool", "poetry")
    system = files.table("build-system")
    tag = from_tag(files.pyproject, files.setup, files.cfg, bool(text_of(f"{folder}versioneer.py")))
    is_package = bool(poetry.get("package-mode", True))
    backend = str(system.get("build-backend", SETUPTOOLS))
    requires = str(project.get("requires-python", "") or _cfg(files, "options", "python_requires"))
    constraint = requires or str(files.table("tool", "poetry", "dependencies").get("python", ""))
    return Metadata(
        folder=folder,
        name=_stated(files, "name"),
        version=None if tag else _stated(files, "version"),
        sources=tuple(dict.fromkeys(_sources(files))),
        tag=tag,
        backend=backend,
        is_built=("build-system" in files.pyproject and is_package) or files.has_setup,
        is_compiled=_is_compiled(files, str(system.get("build-backend", ""))),
        requires_python=requires,
        description=str(project.get("description") or poetry.get("description") or ""),
        wheel=wheel_tag(backend, constraint, is_universal=_is_universal(files)),
    )


def line_of(text: str, header: str, key: str) -> int:
    """The line of a key below a header such as `[project]`, counted from 1; 0 where it is not there."""
    head = re.search(rf"^[ \t]*\[{re.escape(header)}\][^\n]*$", text, re.MULTILINE)
    if not head:
        return 0
    found = re.compile(rf"^[ \t]*{re.escape(key)}[ \t]*[=:]", re.MULTILINE).search(text, head.end())
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _files(text_of: Read, folder: str) -> _Files:
    text, cfg_text, setup = (text_of(f"{folder}{name}") for name in ("pyproject.toml", "setup.cfg", "setup.py"))
    cfg = configparser.RawConfigParser(strict=False)
    try:
        cfg.read_string(cfg_text or "")
    except configparser.Error:
        cfg = configparser.RawConfigParser()
    try:
        pyproject = tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        path = f"{folder}pyproject.toml"
        raise Usage(f"{path} is not TOML: {error}", expected="valid TOML", type_next=f"$EDITOR {path}") from error
    for key in ("project", "build-system", "tool"):
        if not isinstance(table := pyproject.get(key, {}), dict):
            path = f"{folder}pyproject.toml"
            raise Usage(f"[{key}] is {table!r}", expected="a table", type_next=f"$EDITOR {path}")
    script = parsed(setup) if setup else None
    return _Files(folder, pyproject, text or "", cfg, cfg_text or "", script, setup is not None)


def _stated(files: _Files, key: str) -> Stated | None:
    """A value where it is first stated as a literal, in the order in which build tools look for it."""
    path = f"{files.folder}pyproject.toml"
    for header in ("project", "tool.poetry"):
        value = files.table(*header.split(".")).get(key)
        if value is not None and not isinstance(value, str):
            raise Usage(f"[{header}] {key} is {value!r}", expected="text", type_next=f"$EDITOR {path}")
        if value is not None:
            return Stated(value, path, line_of(files.pyproject_text, header, key))
    flit = files.table("tool", "flit", "metadata").get("module")
    if key == "name" and isinstance(flit, str):
        return Stated(flit, path, line_of(files.pyproject_text, "tool.flit.metadata", "module"))
    value = _cfg(files, "metadata", key)
    if value and not value.startswith(("attr:", "file:")):
        return Stated(value, f"{files.folder}setup.cfg", line_of(files.cfg_text, "metadata", key))
    if files.setup and key in files.setup.texts:
        return Stated(files.setup.texts[key], f"{files.folder}setup.py", files.setup.lines[key])
    return None


def _sources(files: _Files) -> list[str]:
    """The files from which the build tool reads the version, where its configuration names them."""
    found = []
    hatch, dynamic = files.table("tool", "hatch", "version"), files.table("tool", "setuptools", "dynamic", "version")
    if isinstance(path := hatch.get("path"), str):
        found.append(path)
    if hatch.get("source") == "nodejs":
        found.append(str(hatch.get("path", "package.json")))
    pdm = files.table("tool", "pdm", "version")
    if pdm.get("source") == "file" and isinstance(path := pdm.get("path"), str):
        found.append(path)
    named = dynamic.get("file", ())
    found += [named] if isinstance(named, str) else [str(one) for one in named]
    cfg = _cfg(files, "metadata", "version")
    if cfg.startswith("file:"):
        found.append(cfg.removeprefix("file:").split(",")[0].strip())
    attributes = [dynamic.get("attr", ""), cfg.removeprefix("attr:").strip() if cfg.startswith("attr:") else ""]
    for attribute in attributes:
        if isinstance(attribute, str) and "." in attribute:
            stem = attribute.rpartition(".")[0].replace(".", "/")
            found += [f"{root}{stem}{end}" for root in ("", "src/", "lib/") for end in (".py", "/__init__.py")]
    if str(files.table("build-system").get("build-backend", "")).startswith("maturin"):
        found.append("Cargo.toml")
    return [f"{files.folder}{path.removeprefix('./')}" for path in found]


def _is_compiled(files: _Files, backend: str) -> bool:
    needs = " ".join(map(str, files.table("build-system").get("requires", ())))
    is_compiler = backend.startswith(("maturin", "scikit_build_core", "mesonpy")) or "setuptools-rust" in needs
    extensions = files.table("tool", "setuptools").get("ext-modules")
    return bool(is_compiler or extensions or (files.setup and files.setup.is_compiled))


def _is_universal(files: _Files) -> bool:
    """Whether setuptools is configured to tag the wheel for both Pythons."""
    configured = files.table("tool", "distutils", "bdist_wheel").get("universal", False)
    return bool(configured) or _cfg(files, "bdist_wheel", "universal").lower() in ("1", "true", "yes", "on")


def _cfg(files: _Files, section: str, key: str) -> str:
    return files.cfg.get(section, key, fallback="").strip()
