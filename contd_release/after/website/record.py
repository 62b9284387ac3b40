"""One release as the website remembers it, a table of `releases.json`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from packaging.version import Version

from contd_release.project import version as versions


@dataclass(frozen=True)
class Digest:
    """A published file and its sha256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Record:
    """
    One release as the site remembers it.

    Args:
        date: of the release, ISO 8601.
        link: where the forge describes it; may be empty.
        notes: Markdown that others may have written.
        withdrawn: why it was withdrawn; empty while it was not.
    """

    version: str
    date: str
    commit: str
    link: str
    notes: str
    artifacts: tuple[Digest, ...] = ()
    withdrawn: str = ""

    @property
    def number(self) -> Version:
        """The version, to be compared."""
        return versions.parse(self.version)

    @property
    def page(self) -> str:
        """The path of its page."""
        return f"{self.version}/index.html"


def parse(table: dict[str, Any]) -> Record:
    """
    The record of a table; keys of a later version of this library are left out.

    Raises:
        TypeError: a value is missing or not text.
        Usage: the version is none.
    """
    known = {one.name: table[one.name] for one in fields(Record) if one.name in table}
    if not all(isinstance(value, str) for name, value in known.items() if name != "artifacts"):
        raise TypeError("a value is not text")
    artifacts = tuple(Digest(str(one["name"]), str(one["sha256"])) for one in known.pop("artifacts", ()))
    found = Record(artifacts=artifacts, **known)
    versions.parse(found.version)
    return found
