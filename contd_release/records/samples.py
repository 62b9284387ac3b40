"""The samples of the monitor: one JSON line for each look, which the next look continues."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Final

from contd_release.process.redaction import Redactor
from contd_release.project.parse import record
from contd_release.records import appended

FILE: Final = "monitor.jsonl"
WHAT: Final = "the monitor's samples"


class HealthVerdict(Enum):
    """What the samples say to do."""

    CONTINUE = "continue"
    HOLD = "hold"
    PROPOSE_ROLLBACK = "propose rollback"


@dataclass(frozen=True)
class Rate:
    """
    The error rate.

    Args:
        now: None if the server has no value.
        before: the mean over as long a time before the release; None if there is none.
        limit: the highest that counts as healthy.
        risen_for: for how many seconds up to now it has been above the limit without a break.
    """

    now: float | None
    before: float | None
    limit: float
    risen_for: float = 0

    @property
    def is_risen(self) -> bool:
        """Whether it is above the limit."""
        return self.now is not None and self.now > self.limit


@dataclass(frozen=True)
class Mention:
    """An open issue that names the release."""

    number: int
    title: str
    url: str


@dataclass(frozen=True)
class Sample:
    """
    One look.

    Args:
        at: ISO 8601, UTC, by the clock of the servers.
        rate: None if no metrics are configured, or they gave none.
        mentions: open issues, opened since the release.
        comments: under these issues. None if the source is unavailable; the same for reactions and downloads.
        missing: what gave no data, and why.
    """

    version: str
    at: str
    verdict: HealthVerdict = HealthVerdict.HOLD
    reasons: tuple[str, ...] = ()
    rate: Rate | None = None
    mentions: tuple[Mention, ...] = ()
    reactions: int | None = None
    comments: int | None = None
    downloads: int | None = None
    missing: tuple[str, ...] = ()

    @property
    def issues(self) -> int | None:
        """How many issues name the release; None if the source is unavailable."""
        return None if self.comments is None else len(self.mentions)

    def redacted(self, redact: Redactor) -> Sample:
        """The same without secrets, in what people or servers wrote."""
        return replace(
            self,
            reasons=tuple(map(redact, self.reasons)),
            missing=tuple(map(redact, self.missing)),
            mentions=tuple(replace(one, title=redact(one.title), url=redact(one.url)) for one in self.mentions),
        )


def append(path: Path, sample: Sample) -> None:
    """
    Keep a sample.

    Raises:
        Unwritable: the disk does not take it.
    """
    appended.append(path, json.dumps(asdict(sample) | {"verdict": sample.verdict.value}), WHAT, is_durable=True)


def read(path: Path) -> tuple[Sample, ...]:
    """The samples, oldest first; a line that is none is left out."""
    return tuple(sample for line in appended.lines(path, WHAT) if (sample := _parsed(line)))


def _parsed(line: bytes) -> Sample | None:
    try:
        return record(json.loads(line), Sample)
    except (ValueError, RecursionError):
        return None
