"""JSON lines, for machines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from contd_release.channels.readings import ComparedRow
from contd_release.console.board import Board
from contd_release.console.lines import put
from contd_release.console.public import Public
from contd_release.console.pulse import every
from contd_release.engine.checklist import Checklist, Event, Seen, point_of_no_return
from contd_release.errors import ReleaseError, Several, exit_code
from contd_release.process.hints import typed
from contd_release.process.printed import as_named
from contd_release.process.redaction import Redactor
from contd_release.project.release import Release

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass
class Json:
    """
    One JSON object a line.

    Args:
        pulse: the seconds between two objects about a step that still runs.
    """

    redact: Redactor
    pulse: float = 15
    board: Board | None = None

    @contextmanager
    def watching(self, release: Release, checklist: Checklist) -> Iterator[None]:
        """Print the release and its steps first, and now and then the steps that still run."""
        self.board = Board.of(str(release), checklist, self.redact)
        steps = list(checklist.steps())
        self._tell(
            event="release",
            project=release.project.name,
            version=str(release.version),
            base=release.base,
            steps=[{"section": section, "step": step.title} for section, step in steps],
            point_of_no_return=point_of_no_return(steps),
        )
        with every(self.pulse, partial(self.still_running, self.board)):
            yield

    def still_running(self, board: Board) -> None:
        """One object for each step that runs."""
        for row in board.running():
            facts = {"section": row.section, "step": row.step.title, "progress": board.progress(row)}
            seconds = round(row.elapsed(time.monotonic()), 3)
            self._tell(event="running", **facts, log=str(row.log or ""), seconds=seconds)

    def event(self, event: Event) -> None:
        """Every event, as it comes."""
        if self.board:
            self.board.update(event)
        facts: dict[str, object] = {"event": event.what, "section": event.section, "step": event.step.title}
        if event.found:
            facts |= {"state": event.found.state.value, "detail": event.found.detail}
        if event.action:
            facts["action"] = str(event.action)
        if event.error:
            facts["error"] = str(event.error)
        self._tell(**facts, seconds=round(event.seconds, 3))

    def says(self, text: str) -> None:
        """A sentence for people."""
        self._tell(event="note", text=text)

    def fact(self, event: str, text: str, **facts: object) -> None:
        """The facts."""
        self._tell(event=event, **facts)

    def showing(self, table: Callable[[], RenderableType]) -> AbstractContextManager[None]:
        """Print nothing: machines get no table."""
        return nullcontext()

    def seen(self, seen: Seen, *, with_commands: bool) -> None:
        """The state of one step."""
        facts: dict[str, object] = {"event": "seen", "section": seen.section, "step": seen.step.title}
        if seen.found:
            facts |= {"state": seen.found.state.value, "detail": seen.found.detail}
        if seen.error:
            facts |= {"state": "unanswered", "detail": str(seen.error)}
        if with_commands and not seen.is_done:
            facts["actions"] = [str(action) for action in seen.step.act]
        self._tell(**facts)

    def readings(self, rows: Sequence[ComparedRow]) -> None:
        """One object for each thing that was built."""
        for one in rows:
            built = {"channel": one.channel, "name": one.name, "built": one.built}
            found = {"verdict": one.seen.verdict.value, "found": one.seen.what, "warning": one.seen.warning}
            self._tell(event="reading", **built, **found)

    def stopped(self, error: ReleaseError, public: Public) -> None:
        """The cause, with its exit code."""
        leaves = error.errors if isinstance(error, Several) else (error,)
        self._tell(
            event="stopped",
            exit_code=exit_code(error),
            public=list(public.done),
            perhaps_public=list(public.perhaps),
            causes=[
                {
                    "kind": type(one).__name__,
                    "what": one.what_is,
                    "expected": one.expected,
                    "type": typed(one.type_next),
                }
                for one in leaves
            ],
        )

    def _tell(self, **facts: object) -> None:
        put(as_named(self.redact(json.dumps(facts, ensure_ascii=False))))
