"""
What no server can say: which version is in progress, which proof passed on which tree, which announcement was sent.

Append-only JSON lines, each on the disk before its effect begins; one journal per clone, in its git directory. A line
that was cut by a crash is ignored: what it announced has not happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from contd_release.records import appended, entries
from contd_release.records.entries import Begun, Doubted, Ended, Entry, Verified, Withdrawing, Withdrawn

if TYPE_CHECKING:
    from contd_release.project.project import Project

AnyEntry = TypeVar("AnyEntry", bound=Entry)


@dataclass(frozen=True)
class Journal:
    """The journal of one clone."""

    path: Path

    def append(self, entry: Entry) -> None:
        """
        Write one line and wait until it is on the disk.

        Raises:
            Unwritable: the disk is full, or the file cannot be written.
        """
        appended.append(self.path, entries.line(entry), "the journal", is_durable=True)

    def entries(self, kind: type[AnyEntry], version: str | None = None) -> Iterator[AnyEntry]:
        """The entries of one kind, oldest first; of one version where it is named."""
        for entry in self._read(f'"{version}"' if version else ""):
            if isinstance(entry, kind) and version in (None, entry.version):
                yield entry

    def last(self, kind: type[AnyEntry], version: str | None = None) -> AnyEntry | None:
        """The newest entry of one kind."""
        return next(reversed(list(self.entries(kind, version))), None)

    def latest(self, kind: type[AnyEntry], version: str) -> AnyEntry | None:
        """The newest entry of one kind since this version was begun the last time; what was aborted is over."""
        found: AnyEntry | None = None
        for entry in self.entries(Entry, version):
            if isinstance(entry, Begun) or (isinstance(entry, Ended) and entry.how == "aborted"):
                found = None
            elif isinstance(entry, kind):
                found = entry
        return found

    def verified(self, version: str, channel: str, seal: str) -> Verified | None:
        """The verification of a channel against this seal, unless it was doubted since."""
        found: Verified | None = None
        for entry in self.entries(Entry, version):
            if isinstance(entry, Doubted):
                found = None
            elif isinstance(entry, Verified) and (entry.channel, entry.seal) == (channel, seal):
                found = entry
        return found

    def under_way(self) -> Begun | None:
        """The release that was begun and has not ended."""
        begun: Begun | None = None
        for entry in self._read():
            if isinstance(entry, Begun):
                begun = entry
            elif isinstance(entry, Ended) and begun and entry.version == begun.version:
                begun = None
        return begun

    def withdrawing(self) -> Withdrawing | None:
        """The rollback that was begun and has not ended."""
        found: Withdrawing | None = None
        for entry in self._read():
            if isinstance(entry, Withdrawing):
                found = entry
            elif isinstance(entry, Withdrawn) and found and entry.version == found.version:
                found = None
        return found

    def _read(self, text: str = "") -> Iterator[Entry]:
        """The entries of all lines, or of those that have this text: a clone with many releases has a long journal."""
        for line in appended.lines(self.path, "the journal"):
            if text.encode() in line and (entry := entries.parsed(line)):
                yield entry


def of(project: Project) -> Journal:
    """The journal of a project's clone."""
    return Journal(project.state / "journal.jsonl")
