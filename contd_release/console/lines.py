"""Plain lines, and the one place that prints."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from textwrap import indent
from typing import TYPE_CHECKING

from contd_release.channels.readings import ComparedRow, Verdict
from contd_release.console.board import LINE, SIGNS, Board
from contd_release.console.public import Public
from contd_release.console.pulse import every
from contd_release.engine.checklist import Checklist, Event, Phase, PointOfNoReturn, Seen
from contd_release.engine.step import Step
from contd_release.errors import ReleaseError
from contd_release.process.action import Action
from contd_release.process.command import Command
from contd_release.process.printed import as_named, visible
from contd_release.process.redaction import Redactor
from contd_release.project.release import Release

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass
class Lines:
    """
    Plain lines: one when a step is done, one when it fails, and one now and then while it runs.

    Args:
        pulse: the seconds between two lines about what still runs.
    """

    redact: Redactor
    pulse: float = 15
    board: Board | None = None
    section: str = ""
    line: PointOfNoReturn = field(default_factory=PointOfNoReturn)

    @contextmanager
    def watching(self, release: Release, checklist: Checklist) -> Iterator[None]:
        """Print the release first, and now and then the steps that still run."""
        self.board = Board.of(str(release), checklist, self.redact)
        self.says(f"{release} from {release.base[:12]}")
        with every(self.pulse, partial(self.still_running, self.board)):
            yield

    def event(self, event: Event) -> None:
        """One line for what is over."""
        if self.board:
            self.board.update(event)
        if event.what not in (Phase.DONE, Phase.UNDONE, Phase.FAILED):
            return
        self._headed(event.section, event.step)
        if event.what is Phase.FAILED:
            self.says(f"  ✗ {event.step.title}  {event.seconds:.1f} s")
        elif event.found:
            sign = "✓" if event.what is Phase.DONE else "↶"
            self.says(f"  {sign} {event.step.title}: {event.found.detail}  {event.seconds:.1f} s")

    def still_running(self, board: Board) -> None:
        """One line for each step that runs: how long it has taken, its log, and the last line of that."""
        for row in board.running():
            seconds, log = row.elapsed(time.monotonic()), f"  {row.log}" if row.log else ""
            self.says(f"  … {row.step.title}: {board.progress(row)}  {seconds:.0f} s{log}")

    def says(self, text: str) -> None:
        """Print it, without secrets."""
        put(as_named(self.redact(text)))

    def fact(self, event: str, text: str, **facts: object) -> None:
        """A sentence for people, which is facts for machines."""
        self.says(text)

    def showing(self, table: Callable[[], RenderableType]) -> AbstractContextManager[None]:
        """Print the table line by line: plain output cannot change a line."""
        return nullcontext()

    def seen(self, seen: Seen, *, with_commands: bool) -> None:
        """The state of one step, and the commands that would change it."""
        self._headed(seen.section, seen.step)
        if seen.found is None:
            self.says(f"  ? {seen.step.title}: {indent(str(seen.error), ' ' * 4).lstrip()}")
            return
        self.says(f"  {SIGNS[seen.found.state]} {seen.step.title}: {seen.found.detail}")
        if with_commands and not seen.is_done:
            for action in seen.step.act:
                self.says(f"      {'$ ' if _is_command(action) else '- '}{action}")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Columns as wide as their widest cell."""
        widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
        for row in (heads, *rows):
            self.says("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

    def readings(self, rows: Sequence[ComparedRow]) -> None:
        """Channel, name, what was built, what is found."""
        self.table(("channel", "name", "built", "found"), [(one.channel, one.name, *columns(one)) for one in rows])

    def stopped(self, error: ReleaseError, public: Public) -> None:
        """Print what is public; the edge prints the error itself."""
        self.says(f"\n{public}")

    def _headed(self, section: str, step: Step) -> None:
        if section != self.section:
            self.section = section
            self.says(f"\n{section}")
        if self.line.is_before(step):
            self.says(f"  {'─' * 20} {LINE} {'─' * 20}")


def put(line: str) -> None:
    """One write a line: steps side by side print theirs at the same time."""
    sys.stdout.write(f"{visible(line)}\n")
    sys.stdout.flush()


def columns(row: ComparedRow) -> tuple[str, str]:
    """What was built and what is found, digests cut to what a person compares."""
    sign = "✓" if row.seen.verdict is Verdict.SAME else "✗"
    what = row.seen.what[:19] if row.seen.what.startswith("sha256:") else row.seen.what
    warning = f"; {row.seen.warning}" if row.seen.warning else ""
    return row.built[:19], f"{sign} {row.seen.verdict.value}: {what}{warning}"


def _is_command(action: Action) -> bool:
    """Whether an action is a process, or wraps the one that it prints."""
    return isinstance(action, Command) or hasattr(action, "command")
