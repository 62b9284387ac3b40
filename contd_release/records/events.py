"""
What happened to each step of a release, when, and for how long: the evidence that its report is made of.

Append-only JSON lines in the release's folder, without secrets. Nothing is decided by it: the world says what is done,
and no write waits for the disk.
"""

from __future__ import annotations

import json
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contd_release.engine.checklist import Event, Phase
from contd_release.errors import Several, Unwritable
from contd_release.process.redaction import Redactor
from contd_release.project.parse import record
from contd_release.project.release import Release
from contd_release.records import appended

WHAT: Final = "the release's events"
WALK: Final = "walk"
_KEPT: Final = (Phase.ACTING, Phase.DONE, Phase.UNDONE, Phase.FAILED)
_LONGEST: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Happened:
    """
    One event.

    Args:
        at: ISO 8601 with milliseconds, UTC; the end of what took `seconds`.
        what: `walk` where a walk begins; `acting`, `done`, `undone` or `failed` of a step.
        detail: what was found, done, or went wrong.
        error: the kind of what went wrong: `Conflict`, `NeedsPerson`, …
    """

    at: str
    what: str
    section: str = ""
    step: str = ""
    detail: str = ""
    error: str = ""
    seconds: float = 0.0

    @property
    def moment(self) -> datetime:
        """When."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Events:
    """The events of one release."""

    path: Path
    redact: Redactor

    def begin(self) -> None:
        """A walk begins."""
        self._append(Happened(at=_now(), what=WALK))

    def keep(self, event: Event) -> None:
        """
        Write down what is over, and each act that begins.

        Raises:
            Unwritable: the disk does not take it; if a step failed, only that failure is reported.
        """
        if event.what not in _KEPT:
            return
        detail = str(event.error or event.action or (event.found.detail if event.found else ""))
        cause = event.error.first if isinstance(event.error, Several) else event.error
        happened = Happened(
            at=_now(),
            what=event.what,
            section=event.section,
            step=self.redact(event.step.title),
            detail=self.redact(detail)[:_LONGEST],
            error=type(cause).__name__ if cause else "",
            seconds=round(event.seconds, 3),
        )
        with suppress(Unwritable) if event.error else nullcontext():
            self._append(happened)

    def read(self) -> tuple[Happened, ...]:
        """Everything, oldest first; a line that is no event is left out."""
        return tuple(found for line in appended.lines(self.path, WHAT) if (found := _parsed(line)))

    def _append(self, happened: Happened) -> None:
        appended.append(self.path, json.dumps(asdict(happened)), WHAT, is_durable=False)


def of(release: Release, redact: Redactor) -> Events:
    """The events of a release."""
    return Events(release.home / "events.jsonl", redact)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _parsed(line: bytes) -> Happened | None:
    try:
        happened = record(json.loads(line), Happened)
        _ = happened.moment
    except (ValueError, RecursionError):
        return None
    return happened
