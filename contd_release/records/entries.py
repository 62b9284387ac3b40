"""The lines of the journal: what was intended or learned about one version, one kind of entry each."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Final

from contd_release.errors import Usage
from contd_release.project.parse import record
from contd_release.project.version import parse, parse_stated

_COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
# The first second that no calendar here has a name for.
_YEAR_10000: Final = 253_402_300_800


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: what was intended or learned about one version, and when (ISO 8601, UTC)."""

    version: str
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


@dataclass(frozen=True, kw_only=True)
class Begun(Entry):
    """
    The release of this version began.

    Args:
        previous: the version the files said before.
        base: the commit it starts from.
        epoch: seconds since 1970 that date everything the release makes, so that making it again gives equal bytes.
        because: why a smaller part than the fragments ask for is right.
        without_ci: why it is right although the checks of `base` are not green.
        hotfix: whether it starts from a hotfix branch.
        by_pull: whether a pull request brings the release commit to that branch.
    """

    previous: str
    base: str
    epoch: int
    because: str = ""
    without_ci: str = ""
    hotfix: bool = False
    by_pull: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckedOut(Entry):
    """The checkouts of this version are in this folder, wherever HOME and the clone are later."""

    folder: str


@dataclass(frozen=True, kw_only=True)
class Committed(Entry):
    """The release commit was made: what is proved, built and published from now on is this commit."""

    commit: str


@dataclass(frozen=True, kw_only=True)
class Requested(Entry):
    """
    The pull request with this number brings the release commit.

    Args:
        is_given_up: whether an abort has given it up.
    """

    number: int
    is_given_up: bool = False


@dataclass(frozen=True, kw_only=True)
class Merged(Entry):
    """The pull request was merged as this commit, with the proved tree: from now on it is the release commit."""

    commit: str


@dataclass(frozen=True, kw_only=True)
class Proved(Entry):
    """A session passed on a tree (a git tree hash)."""

    session: str
    tree: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Built(Entry):
    """The artifacts were sealed with a seal of this digest; empty once the release broke its seal itself."""

    seal: str


@dataclass(frozen=True, kw_only=True)
class Approved(Entry):
    """A person said yes to a commit and to the artifacts whose seal has this digest."""

    commit: str
    seal: str


@dataclass(frozen=True, kw_only=True)
class Crossed(Entry):
    """The line was crossed: a step that cannot be undone is done, and this is its claim."""

    step: str


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
    A message of one kind (`release`, `correction`) is about to be sent to a place. Without an outcome after it,
    its delivery is unknown.

    Args:
        digest: the sha256 of the message.
    """

    place: str
    kind: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Announced(Entry):
    """
    The outcome of a message.

    Args:
        outcome: `sent`; `refused` if it was certainly not delivered; `done` or `again` where a person said so.
    """

    place: str
    kind: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Alarming(Entry):
    """
    An alarm is about to be sent to a place. It is about no version of ours.

    Args:
        strangers: the marks of what it lists, separated by spaces.
        digest: the sha256 of the message.
    """

    place: str
    strangers: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Alarmed(Entry):
    """
    The outcome of an alarm about these strangers.

    Args:
        outcome: `sent`; `refused` if it was certainly not delivered; `done` or `again` where a person said so.
    """

    place: str
    strangers: str
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
    """Everything of this version that can be withdrawn is withdrawn."""


@dataclass(frozen=True, kw_only=True)
class Left(Entry):
    """The place refused to remove something of a withdrawn version."""

    what: str


@dataclass(frozen=True, kw_only=True)
class Ended(Entry):
    """The release is over: it is finished, or was aborted."""

    how: str


def line(entry: Entry) -> str:
    """An entry as one line of JSON."""
    return json.dumps({"entry": type(entry).__name__, **asdict(entry)})


def parsed(line: bytes) -> Entry | None:
    """The entry of one line; None if the line was cut, has a wrong type, or is of a kind that is not known here."""
    try:
        found = json.loads(line)
        entry = record(found, _kinds(Entry)[found["entry"]])
        return entry if _is_sound(entry) else None
    except (ValueError, TypeError, KeyError, RecursionError, Usage):
        return None


def _is_sound(entry: Entry) -> bool:
    """
    Whether dates, commits and versions can be what they say: they go into file names, commands and calendars.

    Raises:
        ValueError, Usage: they cannot.
    """
    numbers = [value for value in asdict(entry).values() if type(value) in (int, float)]
    if isinstance(entry, Begun):
        parse(entry.version)
        parse_stated(entry.previous)
    commits = (
        [entry.base] if isinstance(entry, Begun) else [entry.commit] if isinstance(entry, Committed | Merged) else []
    )
    is_dated = datetime.fromisoformat(entry.at).tzinfo is not None
    return is_dated and all(0 <= one < _YEAR_10000 for one in numbers) and all(map(_COMMIT.fullmatch, commits))


def _kinds(base: type[Entry]) -> dict[str, type[Entry]]:
    return {kind.__name__: kind for kind in base.__subclasses__()}
