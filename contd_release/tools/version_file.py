"""One place that states the version: how bump-my-version finds it in a file, spells it and replaces it."""

from __future__ import annotations

import string
from dataclasses import dataclass, fields
from typing import Final

import regex
from packaging.version import Version

from contd_release.errors import Usage
from contd_release.project.parse import record

_LONGEST_SEARCH: Final = 2
# A version, whichever it is.
_ANY: Final = r"[0-9]+\.[0-9][0-9A-Za-z.+-]*"
_NUMBERS: Final = frozenset(("major", "minor", "patch"))


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
        Why this file does not state `version`; None if it does.

        It does if the search matches, and replacing that version by itself leaves the file unchanged.
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
        return _serialized(str(version), self.parse, self.serialize) or str(version)

    @property
    def is_short(self) -> bool:
        """Whether every format leaves out a number, as that of Sphinx's `version = "1.2"` does."""
        return all(_fields(form) < _NUMBERS for form in self.serialize)

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
        before, after = self.spelled(old), self.spelled(new)
        if not self.is_regex:
            return text.replace(_filled(self.search, current_version=before), _filled(self.replace, new_version=after))
        search = _filled(self.search, current_version=regex.escape(before))
        return _replaced(self.path, search, _filled(self.replace, new_version=after), text)[0]


def version_file(table: dict[str, object], entry: object) -> VersionFile:
    """
    The place that one entry of `[[tool.bumpversion.files]]` names.

    Args:
        table: `[tool.bumpversion]`, whose keys are the defaults of every entry.

    Raises:
        ValueError: it names its files with a glob, or has a pattern that cannot be used.
    """
    if isinstance(entry, dict) and "glob" in entry and "filename" not in entry:
        raise ValueError(f"glob = {entry['glob']!r} is not followed; name each file with filename")
    default = {one.name: table[one.name] for one in fields(_Entry) if one.name in table}
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


@dataclass(frozen=True)
class _Entry:
    """One `[[tool.bumpversion.files]]`, with the defaults of `[tool.bumpversion]` filled in."""

    filename: str
    search: str = "{current_version}"
    replace: str = "{new_version}"
    regex: bool = False
    serialize: tuple[str, ...] = ("{major}.{minor}.{patch}",)
    parse: str = r"(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)"


def _serialized(version: str, pattern: str, formats: tuple[str, ...]) -> str | None:
    """
    The version in the shortest of these formats that leaves out nothing it has; None if there is none.

    Formats that all lack one of the three numbers are short on purpose: the one with the fewest parts counts, as it
    does for bump-my-version.
    """
    match = regex.fullmatch(pattern, version, regex.VERBOSE)
    parts = {name: value for name, value in (match.groupdict() if match else {}).items() if value}
    for form in sorted(formats, key=len):
        if parts and _fields(form) == parts.keys():
            return form.format(**parts)
    if not parts.keys() >= _NUMBERS or not all(_fields(form) < _NUMBERS for form in formats):
        return None
    return min(formats, key=lambda form: len(_fields(form))).format(**parts)


def _fields(form: str) -> frozenset[str]:
    """The parts of a version that a format names."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(form) if name)


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
