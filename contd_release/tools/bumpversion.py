"""bump-my-version: which files state the version, and the command that changes them."""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

import regex
from packaging.version import Version

from contd_release.errors import NotReady, Usage
from contd_release.process.command import Command, python_module
from contd_release.project.parse import record
from contd_release.project.project import refuse_bytes
from contd_release.project.version import parse_stated

if TYPE_CHECKING:
    from contd_release.project.defaults import Read

CONFIGURATION: Final = (".bumpversion.toml", "pyproject.toml")
_LONGEST_SEARCH: Final = 2
# A version, whichever it is.
_ANY: Final = r"[0-9]+\.[0-9][0-9A-Za-z.+-]*"


@dataclass(frozen=True)
class VersionFile:
    """One place that states the version: a file, the pattern that finds it, and how the version is spelled there."""

    path: str
    search: str
    replace: str
    is_regex: bool
    serialize: tuple[str, ...]
    parse: str

    def problem(self, text: str | None, version: Version) -> str | None:
        """
        What is wrong when this file should state `version`; None if it does.

        It does when replacing that version by itself finds a place and leaves the file as it is.
        """
        if text is None:
            return f"{self.path} is not there; expected a file that states {version}"
        spelled = self.spelled(version)
        search = _filled(self.search, current_version=regex.escape(spelled) if self.is_regex else spelled)
        if not self.is_regex:
            return None if search in text else f"{self.path} does not have {search!r}"
        replace = _filled(self.replace, new_version=spelled)
        same, count = _replaced(self.path, search, replace, text)
        if not count:
            return f"{self.path} has nothing that matches {search!r}; expected it to state {spelled}"
        if same != text:
            wanted = next(new for old, new in zip(text.splitlines(), same.splitlines(), strict=False) if old != new)
            return f"{self.path} does not say {wanted.strip()!r}"
        return None

    def spelled(self, version: Version) -> str:
        """The version as this place spells it."""
        return serialized(str(version), self.parse, self.serialize)

    def can_spell(self, version: Version) -> bool:
        """Whether its patterns know this version."""
        return _serialized(str(version), self.parse, self.serialize) is not None

    def said(self, text: str) -> tuple[int, str]:
        """
        The line, counted from 1, and the version that this place has in a text, whichever it is; 0 if it has none.
        """
        if self.search.strip() == "{current_version}":
            return 0, ""
        search = self.search if self.is_regex else regex.escape(self.search).replace(r"\{", "{").replace(r"\}", "}")
        try:
            match = regex.search(_filled(search, current_version=_ANY), text, regex.MULTILINE, timeout=_LONGEST_SEARCH)
        except TimeoutError:
            return 0, ""
        versions = regex.findall(_ANY, match[0]) if match else []
        return (text.count("\n", 0, match.start()) + 1, versions[-1]) if match and versions else (0, "")

    def stating(self, text: str, old: Version, new: Version) -> str:
        """The text with the new version wherever this place states the old one."""
        before, after = (serialized(str(version), self.parse, self.serialize) for version in (old, new))
        if not self.is_regex:
            return text.replace(_filled(self.search, current_version=before), _filled(self.replace, new_version=after))
        search = _filled(self.search, current_version=regex.escape(before))
        return _replaced(self.path, search, _filled(self.replace, new_version=after), text)[0]


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


def configuration(text_of: Read) -> Configuration:
    """
    The configuration in `.bumpversion.toml` or `pyproject.toml`.

    Raises:
        NotReady: there is none, or it does not say the current version.
        Usage: it is not TOML. bump-my-version itself would take it as empty.
    """
    if found := _table(text_of):
        return _configuration(*found)
    raise NotReady(
        "no file says which files state the version",
        expected=".bumpversion.toml with [tool.bumpversion]",
        type_next="$EDITOR .bumpversion.toml",
    )


def is_configured(text_of: Read) -> bool:
    """
    Whether a file says which files state the version.

    Raises:
        Usage: a file that may say so is not TOML.
    """
    return _table(text_of) is not None


def bump(where: Path, path: str, previous: Version, version: Version) -> Command:
    """
    Change every version file in `where`. The new version is computed by us and always passed.

    It refreshes git's index although it commits nothing, and towncrier, beside it, would find that locked. So it gets
    an index of its own, which is empty and never written.

    Args:
        path: the file that configures it.
    """
    # Without its name, a .bumpversion.cfg would be preferred.
    words = ["bump", "--config-file", path, "--current-version", str(previous), "--new-version", str(version)]
    words += ["--no-commit", "--no-tag", "--allow-dirty"]
    index = where.with_name(f"{where.name}-bump.index")
    env = {"GIT_INDEX_FILE": str(index)}
    return Command(python_module("bumpversion", *words), cwd=where, env=env, timeout=120)


def serialized(version: str, pattern: str, formats: tuple[str, ...]) -> str:
    """The version in the shortest of these formats that leaves out nothing it has."""
    return _serialized(version, pattern, formats) or version


def _serialized(version: str, pattern: str, formats: tuple[str, ...]) -> str | None:
    match = regex.fullmatch(pattern, version, regex.VERBOSE)
    parts = {name: value for name, value in (match.groupdict() if match else {}).items() if value}
    for form in sorted(formats, key=len):
        fields = {name for _, name, _, _ in string.Formatter().parse(form) if name}
        if parts and fields == parts.keys():
            return form.format(**parts)
    return None


@dataclass(frozen=True)
class _Entry:
    """One `[[tool.bumpversion.files]]`, with the defaults of `[tool.bumpversion]` filled in."""

    filename: str
    search: str = "{current_version}"
    replace: str = "{new_version}"
    regex: bool = False
    serialize: tuple[str, ...] = ("{major}.{minor}.{patch}",)
    parse: str = r"(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)"


def _table(text_of: Read) -> tuple[str, object] | None:
    """The path of the file that has `[tool.bumpversion]`, and that table."""
    for path in CONFIGURATION:
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
    default = {one.name: table[one.name] for one in fields(_Entry) if one.name in table}
    files, problems = [], []
    for number, entry in enumerate(entries, 1):
        try:
            files.append(_version_file(default, entry))
        except ValueError as error:
            problems.append(f"{path}: entry {number} of [[tool.bumpversion.files]]: {error}")
    if problems:
        raise Usage(
            "\n".join(problems),
            expected="entries as bump-my-version describes them, each with a filename",
            type_next=f"$EDITOR {path}",
        )
    return Configuration(path, _current(path, str(table["current_version"])), tuple(files))


def _version_file(default: dict[str, object], entry: object) -> VersionFile:
    """
    The place that one entry names.

    Raises:
        ValueError: what is wrong with it.
    """
    if isinstance(entry, dict) and "glob" in entry and "filename" not in entry:
        raise ValueError(f"glob = {entry['glob']!r} is not followed; name each file with filename")
    found = record(default | entry if isinstance(entry, dict) else entry, _Entry)
    sample = _filled(found.search, current_version="1.2.3")
    for key, pattern, flags in (("search", sample if found.regex else "", 0), ("parse", found.parse, regex.VERBOSE)):
        try:
            regex.compile(pattern, flags)
        except regex.error as error:
            raise ValueError(f"{key} is no regular expression: {error}: {pattern!r}") from error
    for form in found.serialize:
        try:
            tuple(string.Formatter().parse(form))
        except ValueError as error:
            raise ValueError(f"serialize has {form!r}: {error}") from error
    return VersionFile(found.filename, found.search, found.replace, found.regex, found.serialize, found.parse)


def _current(path: str, text: str) -> Version:
    try:
        return parse_stated(text)
    except Usage as error:
        raise Usage(f"{path}: {error.what_is}", error.expected, f"$EDITOR {path}") from error


def _replaced(path: str, search: str, replace: str, text: str) -> tuple[str, int]:
    """
    The text with every match replaced, and how many there were.

    Raises:
        Usage: the search does not end within seconds on this file, or the replacement names a group that it lacks.
    """
    try:
        return regex.subn(search, replace, text, flags=regex.MULTILINE, timeout=_LONGEST_SEARCH)
    except (TimeoutError, regex.error, IndexError) as error:
        why = f"takes longer than {_LONGEST_SEARCH} s" if isinstance(error, TimeoutError) else str(error)
        raise Usage(
            f"the search for the version in {path} {why}: {search!r}",
            expected="a pattern that is anchored to one line, such as '^version = \"{current_version}\"'",
            type_next="$EDITOR .bumpversion.toml",
        ) from error


def _filled(template: str, **values: str) -> str:
    """The template with its version filled in; other braces, as in a regular expression's `{2}`, are left alone."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template
