"""bump-my-version: which files state the version, and the command that changes them."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from packaging.version import Version

from contd_release.errors import NotReady, Usage
from contd_release.process.command import Command, python_module
from contd_release.project.version import parse

if TYPE_CHECKING:
    from contd_release.project.defaults import Read

CONFIGURATION: Final = (".bumpversion.toml", "pyproject.toml")
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
        What is wrong when this file should state `version`; nothing when it does.

        It does when replacing that version by itself finds a place and leaves the file as it is.
        """
        if text is None:
            return f"{self.path} is not there; expected a file that states {version}"
        spelled = self.spelled(version)
        search = _filled(self.search, current_version=re.escape(spelled) if self.is_regex else spelled)
        if not self.is_regex:
            return None if search in text else f"{self.path} does not have {search!r}"
        replace = _filled(self.replace, new_version=spelled)
        same, count = re.subn(search, replace, text, flags=re.MULTILINE)
        if not count:
            return f"{self.path} has nothing that matches {search!r}; expected it to state {spelled}"
        if same != text:
            wanted = next(new for old, new in zip(text.splitlines(), same.splitlines(), strict=False) if old != new)
            return f"{self.path} does not say {wanted.strip()!r}"
        return None

    def spelled(self, version: Version) -> str:
        """The version as this place spells it."""
        return serialized(str(version), self.parse, self.serialize)

    def said(self, text: str) -> tuple[int, str]:
        """
        The line, counted from 1, and the version that this place has in a text, whichever it is; 0 where it has none.
        """
        if self.search.strip() == "{current_version}":
            return 0, ""
        search = self.search if self.is_regex else re.escape(self.search).replace(r"\{", "{").replace(r"\}", "}")
        match = re.search(_filled(search, current_version=_ANY), text, re.MULTILINE)
        versions = re.findall(_ANY, match[0]) if match else []
        return (text.count("\n", 0, match.start()) + 1, versions[-1]) if match and versions else (0, "")

    def stating(self, text: str, old: Version, new: Version) -> str:
        """The text with the new version wherever this place states the old one."""
        before, after = (serialized(str(version), self.parse, self.serialize) for version in (old, new))
        if not self.is_regex:
            return text.replace(_filled(self.search, current_version=before), _filled(self.replace, new_version=after))
        search = _filled(self.search, current_version=re.escape(before))
        return re.sub(search, _filled(self.replace, new_version=after), text, flags=re.MULTILINE)


@dataclass(frozen=True)
class Configuration:
    """What bump-my-version is configured to do in this repository."""

    path: str
    current: Version
    files: tuple[VersionFile, ...]

    def problems(self, text_of: Read, version: Version) -> tuple[str, ...]:
        """Every place that does not state `version`."""
        found = [] if self.current == version else [f"{self.path} says current_version = {self.current}"]
        found += [problem for file in self.files if (problem := file.problem(text_of(file.path), version))]
        return tuple(dict.fromkeys(found))

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that a bump changes."""
        return tuple(dict.fromkeys((self.path, *(file.path for file in self.files))))

    def stating(self, path: str, text: str, version: Version) -> str:
        """The text of one of the version files, as it is when it states this version."""
        for file in self.files:
            text = file.stating(text, self.current, version) if file.path == path else text
        if path != self.path:
            return text
        line = rf"""^(current_version\s*=\s*)(["']){re.escape(str(self.current))}\2"""
        return re.sub(line, rf"\g<1>\g<2>{version}\g<2>", text, flags=re.MULTILINE)


def configuration(text_of: Read) -> Configuration:
    """
    The configuration in `.bumpversion.toml` or `pyproject.toml`.

    Raises:
        NotReady: there is none, or it does not say the current version.
        Usage: it is not TOML. bump-my-version itself would take it as empty.
    """
    for path in CONFIGURATION:
        if (text := text_of(path)) is None:
            continue
        try:
            table = tomllib.loads(text).get("tool", {}).get("bumpversion")
        except tomllib.TOMLDecodeError as error:
            raise Usage(f"{path} is not TOML: {error}", expected="valid TOML", type_next=f"$EDITOR {path}") from error
        if table is not None:
            return _configuration(path, table)
    raise NotReady(
        "no file says which files state the version",
        expected=".bumpversion.toml with [tool.bumpversion]",
        type_next="$EDITOR .bumpversion.toml",
    )


def bump(where: Path, previous: Version, version: Version) -> Command:
    """
    Change every version file in `where`. The new version is computed by us and always passed.

    It refreshes git's index although it commits nothing, and towncrier, beside it, would find that locked. So it gets
    an index of its own, which is empty and never written.
    """
    words = ("bump", "--current-version", str(previous), "--new-version", str(version), "--no-commit", "--no-tag")
    index = where.with_name(f"{where.name}-bump.index")
    env = {"GIT_INDEX_FILE": str(index)}
    return Command(python_module("bumpversion", *words, "--allow-dirty"), cwd=where, env=env, timeout=120)


def serialized(version: str, pattern: str, formats: tuple[str, ...]) -> str:
    """The version in the shortest of these formats that leaves out nothing it has."""
    match = re.fullmatch(pattern, version, re.VERBOSE)
    parts = {name: value for name, value in (match.groupdict() if match else {}).items() if value}
    for form in sorted(formats, key=len):
        fields = {name for _, name, _, _ in string.Formatter().parse(form) if name}
        if parts and fields == parts.keys():
            return form.format(**parts)
    return version


def _configuration(path: str, table: Mapping[str, Any]) -> Configuration:
    if "current_version" not in table:
        raise NotReady(
            f"{path} has no current_version", expected='current_version = "0.1.0"', type_next=f"$EDITOR {path}"
        )
    default = {
        "search": "{current_version}",
        "replace": "{new_version}",
        "regex": False,
        "serialize": ["{major}.{minor}.{patch}"],
        "parse": r"(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)",
    } | {key: value for key, value in table.items() if key != "files"}
    entries = [default | entry for entry in table.get("files", ()) if "filename" in entry]
    return Configuration(
        path,
        _current(path, str(table["current_version"])),
        tuple(
            VersionFile(
                entry["filename"],
                entry["search"],
                entry["replace"],
                bool(entry["regex"]),
                tuple(entry["serialize"]),
                entry["parse"],
            )
            for entry in entries
        ),
    )


def _current(path: str, text: str) -> Version:
    try:
        return parse(text)
    except Usage as error:
        raise Usage(f"{path}: {error.what_is}", error.expected, f"$EDITOR {path}") from error


def _filled(template: str, **values: str) -> str:
    """The template with its version filled in; other braces, as in a regular expression's `{2}`, are left alone."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template
