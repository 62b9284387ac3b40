"""
Where a repository states its version, found in its own files, and the configuration that keeps these places in step.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from packaging.version import Version

from contd_release.errors import NotReady
from contd_release.project.defaults import Read
from contd_release.project.version import parse, semver

_MODULES: Final = ("__init__.py", "__about__.py", "_version.py", "version.py")
# Others' charts, and those of tests, have versions of their own.
_APART: Final = frozenset({"tests", "test", "examples", "docs", "charts", "vendor", "node_modules"})
_MODULE_VERSION: Final = r"""^__version__(?::[ ]*str)?[ ]*=[ ]*["']([^"']+)["']"""
_SEMVER: Final = '["{major}.{minor}.{patch}-{pre_l}.{pre_n}", "{major}.{minor}.{patch}"]'


@dataclass(frozen=True)
class Place:
    """One line that states the version: its file, and the text before it, which is the same in every release."""

    path: str
    before: str

    @property
    def entry(self) -> str:
        """The place as bump-my-version is told of it."""
        if PurePosixPath(self.path).name == "Chart.yaml":
            search = rf"""^{self.before}([ \t]+)(["']?)[0-9A-Za-z.+-]+\2(?=[ \t]*(?:#|$))"""
            replace, more = rf"{self.before}\g<1>\g<2>{{new_version}}\g<2>", f"serialize = {_SEMVER}\n"
        else:
            quote = self.before[-1]
            search = rf"^{re.escape(self.before)}{{current_version}}{quote}".replace("\\ ", " ")
            replace, more = f"{self.before}{{new_version}}{quote}", ""
        lines = (f'filename = "{self.path}"', "regex = true", f"search = '''{search}'''", f"replace = '''{replace}'''")
        return "[[tool.bumpversion.files]]\n" + "\n".join(lines) + f"\n{more}"


def current(text_of: Read, files: tuple[str, ...], package: str) -> Version:
    """
    The version that the repository states now.

    Args:
        package: the name of the import package.

    Raises:
        NotReady: no file of those in which a version is looked for states one.
        Usage: it is no version that a release can have.
    """
    try:
        table = tomllib.loads(text_of("pyproject.toml") or "").get("project", {})
    except tomllib.TOMLDecodeError:
        table = {}
    stated = [table["version"]] if isinstance(table.get("version"), str) else []
    for path in _modules(files, package):
        stated += re.findall(_MODULE_VERSION, text_of(path) or "", re.MULTILINE)
    if not stated:
        raise NotReady(
            "no file states the version",
            expected=f'version = "0.1.0" in [project] of pyproject.toml, or __version__ = "0.1.0" in {package}',
            type_next="$EDITOR pyproject.toml",
        )
    return parse(stated[0])


def places(text_of: Read, files: tuple[str, ...], package: str, version: Version) -> tuple[Place, ...]:
    """Every place that states this version: pyproject.toml, the package's modules, charts."""
    return tuple(_places(text_of, files, package, version))


def configuration(template: str, version: Version, found: tuple[Place, ...]) -> str:
    """The text of a `.bumpversion.toml` for these places."""
    return "\n".join((template.replace("VERSION", str(version)), *(place.entry for place in found)))


def _places(text_of: Read, files: tuple[str, ...], package: str, version: Version) -> Iterator[Place]:
    for path in ("pyproject.toml", *_modules(files, package)):
        stated = rf"""^((?:__)?version(?:__)?(?::[ ]*str)?[ ]*=[ ]*(["'])){re.escape(str(version))}\2"""
        if found := re.search(stated, text_of(path) or "", re.MULTILINE):
            yield Place(path, found.group(1))
    for path in files:
        parts = PurePosixPath(path).parts
        if parts[-1] == "Chart.yaml" and not _APART.intersection(parts):
            for key in ("version", "appVersion"):
                stated = rf"""^{key}:[ \t]+["']?{re.escape(semver(version))}["']?[ \t]*(#|$)"""
                if re.search(stated, text_of(path) or "", re.MULTILINE):
                    yield Place(path, f"{key}:")


def _modules(files: tuple[str, ...], package: str) -> Iterator[str]:
    """The modules of the package in which versions are stated, flat or below `src`."""
    wanted = {f"{folder}{package}/{name}" for folder in ("", "src/") for name in _MODULES}
    return (path for path in files if path in wanted)


def reader(root: Path) -> Read:
    """Reads files of a working tree; None without a file, and U+FFFD for bytes that are not UTF-8, as from git."""

    def text_of(path: str) -> str | None:
        return (root / path).read_text(encoding="utf-8", errors="replace") if (root / path).is_file() else None

    return text_of
