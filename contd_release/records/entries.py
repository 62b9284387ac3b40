"""The lines of the journal: what was intended or learned about one version, one kind of entry each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from contd_release.project.parse import record


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: what was intended or learned about one version, and when (ISO 8601, UTC)."""

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
    """A session passed on a tree (a git tree hash)."""

    session: str
    tree: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Approved(Entry):
    """A person said yes to a commit and to the artifacts whose seal has this digest."""

    commit: str
    seal: str


@dataclass(frozen=True, kw_only=True)
class Verified(Entry):
    """A channel was read back as a consumer would and gave the bytes whose seal has this digest."""

    channel: str
    seal: str


@dataclass(frozen=True, kw_only=True)
class Doubted(Entry):
    """A person asks to verify again: what was verified before does not count any more."""


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
    """All that can be withdrawn of this version is."""


@dataclass(frozen=True, kw_only=True)
class Left(Entry):
    """Something of a withdrawn version was tried to be taken away, and the place it is at does not let us."""

    what: str


@dataclass(frozen=True, kw_only=True)
class Ended(Entry):
    """Nothing is under way any more: the release is finished, or was aborted."""

    how: str


def line(entry: Entry) -> str:
    """An entry as one line of JSON."""
    return json.dumps({"entry": type(entry).__name__, **asdict(entry)})


def parsed(line: bytes) -> Entry | None:
    """The entry of one line; None if the line was cut, has a wrong type, or is of a kind that is not known here."""
    try:
        found = json.loads(line)
        return record(found, _kinds(Entry)[found["entry"]])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _kinds(base: type[Entry]) -> dict[str, type[Entry]]:
    return {kind.__name__: kind for kind in base.__subclasses__()}
