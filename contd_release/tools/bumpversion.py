"""bump-my-version: which files state the version, and the command that changes them."""

from __future__ import annotations

import posixpath
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import regex
from packaging.version import Version

from contd_release.errors import NotReady, Usage
from contd_release.process.command import Command, python_module
from contd_release.project.tables import refuse_bytes
from contd_release.project.version import parse_stated
from contd_release.tools.version_file import VersionFile, version_file

if TYPE_CHECKING:
    from contd_release.project.defaults import Read

CONFIGURATION: Final = (".bumpversion.toml", "pyproject.toml")


@dataclass(frozen=True)
class Configuration:
    """
    What bump-my-version is configured to do in this repository.

    Args:
        path: the file that says so; empty if there is none, because no file states the version.
    """

    path: str
    current: Version
    files: tuple[VersionFile, ...]

    def problems(self, text_of: Read, version: Version) -> tuple[str, ...]:
        """Every place that does not state `version`."""
        is_stated = self.path and self.current != version
        found = [f"{self.path} says current_version = {self.current}"] if is_stated else []
        found += [problem for file in self.files if (problem := file.problem(text_of(file.path), version))]
        return tuple(dict.fromkeys(found))

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that a bump changes."""
        return tuple(dict.fromkeys(filter(None, (self.path, *(file.path for file in self.files)))))

    def stating(self, path: str, text: str, version: Version) -> str:
        """The text of one of the version files, as it is when it states this version."""
        for file in self.files:
            text = file.stating(text, self.current, version) if file.path == path else text
        if path != self.path:
            return text
        line = rf"""^(current_version\s*=\s*)(["']){regex.escape(str(self.current))}\2"""
        return regex.sub(line, rf"\g<1>\g<2>{version}\g<2>", text, flags=regex.MULTILINE)


def configuration(text_of: Read, folder: str = "") -> Configuration:
    """
    The configuration in `.bumpversion.toml` or `pyproject.toml`.

    Args:
        folder: where these are, with a slash at its end; what they name is below it.

    Raises:
        NotReady: there is none, or it does not say the current version.
        Usage: it is not TOML. bump-my-version itself would take it as empty.
    """
    if found := _table(text_of, folder):
        configured = _configuration(*found)
        files = tuple(replace(one, path=_from_root(found[0], f"{folder}{one.path}")) for one in configured.files)
        return replace(configured, files=files)
    path = f"{folder}{CONFIGURATION[0]}"
    raise NotReady(
        "no file says which files state the version",
        expected=f"{path} with [tool.bumpversion]",
        type_next=f"$EDITOR {path}",
    )


def _from_root(configured: str, path: str) -> str:
    """The path of a version file as seen from the root of the repository, which it may not leave."""
    if ".." not in PurePosixPath(path).parts:
        return path
    found = posixpath.normpath(path)
    if found.startswith("../"):
        raise Usage(
            f"{configured}: {path} is outside of the repository",
            expected="a file of this repository",
            type_next=f"$EDITOR {configured}",
        )
    return found


def is_configured(text_of: Read, folder: str = "") -> bool:
    """
    Whether a file says which files state the version.

    Raises:
        Usage: a file that may say so is not TOML.
    """
    return _table(text_of, folder) is not None


def bump(where: Path, path: str, previous: Version, version: Version) -> Command:
    """
    Change every version file in `where`. The new version is computed by us and always passed.

    It refreshes git's index although it commits nothing, and towncrier, beside it, would find that locked. So it gets
    an index of its own, which is empty and never written.

    Args:
        path: the file that configures it; it runs in that file's folder, as people run it there.
    """
    # Without its name, a .bumpversion.cfg would be preferred.
    at = PurePosixPath(path)
    words = ["bump", "--config-file", at.name, "--current-version", str(previous), "--new-version", str(version)]
    words += ["--no-commit", "--no-tag", "--allow-dirty"]
    index = where.with_name(f"{where.name}-bump.index")
    env = {"GIT_INDEX_FILE": str(index)}
    return Command(python_module("bumpversion", *words), cwd=where / at.parent, env=env, timeout=120)


def _table(text_of: Read, folder: str) -> tuple[str, object] | None:
    """The path of the file that has `[tool.bumpversion]`, and that table."""
    for path in (f"{folder}{one}" for one in CONFIGURATION):
        if (text := text_of(path)) is None:
            continue
        refuse_bytes(path, text)
        try:
            table = tomllib.loads(text).get("tool", {}).get("bumpversion")
        except tomllib.TOMLDecodeError as error:
            raise Usage(f"{path} is not TOML: {error}", expected="valid TOML", type_next=f"$EDITOR {path}") from error
        if table is not None:
            return path, table
    return None


def _configuration(path: str, table: object) -> Configuration:
    """
    The configuration that a table spells.

    Raises:
        NotReady: it has no current version.
        Usage: a key has the wrong type, a pattern is no regular expression, or an entry names its files with a glob.
    """
    if not isinstance(table, dict):
        raise Usage(f"{path}: [tool.bumpversion] is {table!r}", expected="a table", type_next=f"$EDITOR {path}")
    if "current_version" not in table:
        raise NotReady(
            f"{path} has no current_version", expected='current_version = "0.1.0"', type_next=f"$EDITOR {path}"
        )
    entries = table.get("files", [])
    if not isinstance(entries, list):
        raise Usage(f"{path}: files is {entries!r}", expected="[[tool.bumpversion.files]]", type_next=f"$EDITOR {path}")
    files, problems = [], []
    for number, entry in enumerate(entries, 1):
        try:
            files.append(version_file(table, entry))
        except ValueError as error:
            problems.append(f"{path}: entry {number} of [[tool.bumpversion.files]]: {error}")
    if problems:
        raise Usage(
            "\n".join(problems),
            expected="entries as bump-my-version describes them, each with a filename",
            type_next=f"$EDITOR {path}",
        )
    return Configuration(path, _current(path, str(table["current_version"])), tuple(files))


def _current(path: str, text: str) -> Version:
    try:
        return parse_stated(text)
    except Usage as error:
        raise Usage(f"{path}: {error.what_is}", error.expected, f"$EDITOR {path}") from error
