"""The state of every step of a walk: what the live checklist shows, and a picture of all of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contd_release.engine.checklist import Checklist, Event, Phase, PointOfNoReturn
from contd_release.engine.step import State, Step
from contd_release.errors import Interrupted
from contd_release.process.log import last_line
from contd_release.process.printed import visible
from contd_release.process.redaction import Redactor

if TYPE_CHECKING:
    from rich.table import Table

LINE: Final = "point of no return"
SIGNS: Final = {State.DONE: "✓", State.PARTIAL: "◐", State.ABSENT: "·", State.CONFLICT: "✗"}
_LOOKS: Final = {
    None: (" ", "dim"),
    Phase.OBSERVING: ("?", "cyan"),
    Phase.FOUND: ("▸", "cyan"),
    Phase.ACTING: ("▸", "bold cyan"),
    Phase.SETTLING: ("◌", "cyan"),
    Phase.DONE: ("✓", "green"),
    Phase.UNDONE: ("↶", "yellow"),
    Phase.FAILED: ("✗", "bold red"),
}
_OVER: Final = (Phase.DONE, Phase.UNDONE, Phase.FAILED)
_PICTURE_COLUMNS: Final = 96


@dataclass
class BoardRow:
    """
    One step of the checklist, and what happened to it last.

    Args:
        began: when the walk came to it, as `time.monotonic` counts.
        ended: when it was over.
        log: the file that its command writes to.
        acted: when its last action began, in seconds since the epoch.
    """

    section: str
    step: Step
    phase: Phase | None = None
    detail: str = ""
    seconds: float = 0
    began: float | None = None
    ended: float | None = None
    log: Path | None = None
    acted: float = 0

    @property
    def is_running(self) -> bool:
        """Whether the walk is at this step."""
        return self.phase is not None and self.phase not in _OVER

    @property
    def sign(self) -> str:
        """One character for its phase."""
        return _LOOKS[self.phase][0]

    @property
    def style(self) -> str:
        """The colour of its phase."""
        return _LOOKS[self.phase][1]

    def elapsed(self, now: float) -> float:
        """The seconds that it has run until now."""
        return 0 if self.began is None else (self.ended or now) - self.began


@dataclass
class Board:
    """One row for every step, in order."""

    title: str
    rows: dict[int, BoardRow]
    redact: Redactor

    @classmethod
    def of(cls, title: str, checklist: Checklist, redact: Redactor) -> Board:
        """A board on which nothing has happened yet."""
        return cls(title, {id(step): BoardRow(section, step) for section, step in checklist.steps()}, redact)

    def update(self, event: Event) -> bool:
        """Show what happened to a step; whether the step is on this board."""
        row = self.rows.get(id(event.step))
        if row is None:
            return False
        row.phase, row.seconds = event.what, event.seconds
        if event.log:
            # A file system may keep its times less exactly than the clock does.
            row.log, row.acted = event.log, time.time() - 1
        row.began = time.monotonic() if row.began is None else row.began
        row.ended = None if row.is_running else time.monotonic()
        if event.found:
            row.detail = event.found.detail
        elif event.action:
            row.detail = str(event.action)
        elif event.error:
            row.detail = "interrupted" if isinstance(event.error, Interrupted) else str(event.error)
        return True

    def sections(self) -> Iterator[tuple[str, list[BoardRow]]]:
        """Each section's name with its rows, in order."""
        for name, rows in groupby(self.rows.values(), lambda row: row.section):
            yield name, list(rows)

    def running(self) -> list[BoardRow]:
        """The steps that the walk is at."""
        return [row for row in self.rows.values() if row.is_running]

    def progress(self, row: BoardRow) -> str:
        """One line about a step: the last line of its log while it runs, else what was found or done."""
        line = last_line(row.log, row.acted) if row.log and row.is_running else ""
        return visible(self.redact(line or next(iter(row.detail.splitlines()), "")))

    def table(self) -> Table:
        """Sign, claim, what was found, seconds; with a line before the first step that cannot be undone."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, pad_edge=False, expand=True, title=self.title, title_justify="left")
        table.add_column(width=2)
        table.add_column(ratio=5, no_wrap=True, overflow="ellipsis")
        table.add_column(ratio=6, no_wrap=True, overflow="ellipsis", style="dim")
        table.add_column(justify="right", width=7, style="dim")
        line = PointOfNoReturn()
        for section, rows in self.sections():
            table.add_row("", Text(section, style="bold"))
            for row in rows:
                if line.is_before(row.step):
                    table.add_row("──", Text(f"{'─' * 8} {LINE} {'─' * 60}", style="red"), Text("─" * 80, style="red"))
                seconds = f"{row.seconds:.1f} s" if row.seconds >= 0.05 else ""
                title = Text(row.step.title, style=row.style)
                table.add_row(Text(row.sign, style=row.style), title, Text(self.progress(row)), seconds)
        return table

    def picture(self, to: Path) -> None:
        """Write the table as an SVG."""
        import io

        from rich.console import Console

        console = Console(record=True, file=io.StringIO(), width=_PICTURE_COLUMNS, force_terminal=True)
        console.print(self.table())
        picture = console.export_svg(title=f"invoke release: {self.title}")
        # The fonts that rich asks for come from elsewhere; a picture in a repository should ask for nothing.
        to.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL), encoding="utf-8")
