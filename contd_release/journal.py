"""
What the world cannot say: which version is under way, which proof passed on which tree, which announcement was sent.

Append-only JSON lines, each on the disk before its effect begins; one journal per clone, in its git directory. A line
that was cut by a crash is ignored: what it announced has not happened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from contd_release import appended
from contd_release.project import Project

# What a field of an entry may hold, by its annotation: a forged line with anything else is no entry.
_TYPES: Final = {"str": (str,), "int": (int,), "float": (float, int), "bool": (bool,)}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One line: what was intended or learned about one version, and when (ISO 8601, UTC).
    """

    version: str
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


@dataclass(frozen=True, kw_only=True)
class Begun(Entry):
    """
    This version is under way.

    Args:
        previous: the version the files said before.
        base: the commit it starts from.
        epoch: seconds since 1970 that date everything the release makes, so that making it again gives equal bytes.
        because: why a smaller part than the fragments ask for is right.
        without_ci: why it is right although the checks of `base` are not green.
        hotfix: whether it starts from a hotfix branch.
    """

    previous: str
    base: str
    epoch: int
    because: str = ""
    without_ci: str = ""
    hotfix: bool = False


@dataclass(frozen=True, kw_only=True)
class Proved(Entry):
    """
    A session passed on a tree (a git tree hash).
    """

    session: str
    tree: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Approved(Entry):
    """
    A person said yes to a commit and to the artifacts whose seal has this digest.
    """

    commit: str
    seal: str


@dataclass(frozen=True, kw_only=True)
class Verified(Entry):
    """
    A channel was read back as a consumer would and gave the bytes whose seal has this digest.
    """

    channel: str
    seal: str


@dataclass(frozen=True, kw_only=True)
class Doubted(Entry):
    """
    A person asks to verify again: what was verified before does not count any more.
    """


@dataclass(frozen=True, kw_only=True)
class Announcing(Entry):
    """
    A message of one kind (`release`, `correction`) is about to be sent to a place. Without an outcome after it, nobody
    knows whether it was.

    Args:
        digest: the sha256 of the message.
    """

    place: str
    kind: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Announced(Entry):
    """
    What became of a message.

    Args:
        outcome: `sent`; `refused` where certainly nobody got it; `done` or `again` where a person said so.
    """

    place: str
    kind: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Withdrawing(Entry):
    """
    A person said yes to withdrawing this version.

    Args:
        wishes: what was asked for beyond what always is, separated by spaces: `delete-chart`, `revert`, ….
    """

    reason: str
    wishes: str = ""


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Entry):
    """
    All that can be withdrawn of this version is.
    """


@dataclass(frozen=True, kw_only=True)
class Left(Entry):
    """
    Something of a withdrawn version was tried to be taken away, and the place it is at does not let us.
    """

    what: str


@dataclass(frozen=True, kw_only=True)
class Ended(Entry):
    """
    Nothing is under way any more: the release is finished, or was aborted.
    """

    how: str


AnyEntry = TypeVar("AnyEntry", bound=Entry)


@dataclass(frozen=True)
class Journal:
    """
    The journal of one clone.
    """

    path: Path

    def append(self, entry: Entry) -> None:
        """
        Write one line and wait until it is on the disk.

        Raises:
            Unwritable: the disk is full, or the file cannot be written.
        """
        appended.append(self.path, json.dumps({"entry": type(entry).__name__, **asdict(entry)}), "the journal")

    def entries(self, kind: type[AnyEntry], version: str | None = None) -> Iterator[AnyEntry]:
        """
        The entries of one kind, oldest first; of one version where it is named.
        """
        for entry in self._read():
            if isinstance(entry, kind) and version in (None, entry.version):
                yield entry

    def last(self, kind: type[AnyEntry], version: str | None = None) -> AnyEntry | None:
        """
        The newest entry of one kind.
        """
        return next(reversed(list(self.entries(kind, version))), None)

    def verified(self, version: str, channel: str, seal: str) -> Verified | None:
        """
        The verification of a channel against this seal, unless it was doubted since.
        """
        found: Verified | None = None
        for entry in self.entries(Entry, version):
            if isinstance(entry, Doubted):
                found = None
            elif isinstance(entry, Verified) and (entry.channel, entry.seal) == (channel, seal):
                found = entry
        return found

    def under_way(self) -> Begun | None:
        """
        The release that was begun and has not ended.
        """
        begun: Begun | None = None
        for entry in self._read():
            if isinstance(entry, Begun):
                begun = entry
            elif isinstance(entry, Ended) and begun and entry.version == begun.version:
                begun = None
        return begun

    def withdrawing(self) -> Withdrawing | None:
        """
        The rollback that was begun and has not ended.
        """
        found: Withdrawing | None = None
        for entry in self._read():
            if isinstance(entry, Withdrawing):
                found = entry
            elif isinstance(entry, Withdrawn) and found and entry.version == found.version:
                found = None
        return found

    def _read(self) -> Iterator[Entry]:
        for line in appended.lines(self.path, "the journal"):
            if entry := _parsed(line):
                yield entry


def of(project: Project) -> Journal:
    """
    The journal of a project's clone.
    """
    return Journal(project.state / "journal.jsonl")


def _parsed(line: bytes) -> Entry | None:
    """
    The entry of one line, or nothing where the line was cut or comes from a newer version of this library.
    """
    try:
        found = json.loads(line)
        kind = _kinds(Entry)[found.pop("entry")]
        known = {one.name: _TYPES.get(str(one.type)) for one in fields(kind)}
        values = {name: value for name, value in found.items() if name in known}
        if any(types and type(values[name]) not in types for name, types in known.items() if name in values):
            return None
        return kind(**values)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _kinds(base: type[Entry]) -> dict[str, type[Entry]]:
    return {kind.__name__: kind for kind in base.__subclasses__()}
