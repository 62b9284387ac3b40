"""The checklist as a table that ticks: what a terminal shows live, and what a picture of a walk shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contd_release.engine.checklist import Checklist, Event, Phase, PointOfNoReturn
from contd_release.engine.step import State, Step
from contd_release.process.redaction import Redactor

if TYPE_CHECKING:
    from rich.table import Table

LINE: Final = "point of no return"
SIGNS: Final = {State.DONE: "✓", State.PARTIAL: "◐", State.ABSENT: "·", State.CONFLICT: "✗"}
_LOOKS: Final = {
    Phase.OBSERVING: ("?", "cyan"),
    Phase.FOUND: ("▸", "cyan"),
    Phase.ACTING: ("▸", "bold cyan"),
    Phase.SETTLING: ("◌", "cyan"),
    Phase.DONE: ("✓", "green"),
    Phase.UNDONE: ("↶", "yellow"),
    Phase.FAILED: ("✗", "bold red"),
}
_PICTURE_COLUMNS: Final = 118


@dataclass
class BoardRow:
    """One line of the live checklist."""

    section: str
    step: Step
    sign: str = " "
    style: str = "dim"
    detail: str = ""
    seconds: float = 0


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
        row.sign, row.style = _LOOKS[event.what]
        row.seconds = event.seconds
        if event.found:
            row.detail = event.found.detail
        elif event.action:
            row.detail = str(event.action)
        return True

    def table(self) -> Table:
        """Sign, claim, what was found, seconds; with a line before the first step that cannot be undone."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, pad_edge=False, expand=True, title=self.title, title_justify="left")
        table.add_column(width=2)
        table.add_column(ratio=5, no_wrap=True, overflow="ellipsis")
        table.add_column(ratio=6, no_wrap=True, overflow="ellipsis", style="dim")
        table.add_column(justify="right", width=7, style="dim")
        section, line = "", PointOfNoReturn()
        for row in self.rows.values():
            if row.section != section:
                section = row.section
                table.add_row("", Text(section, style="bold"))
            if line.is_before(row.step):
                table.add_row("──", Text(f"{'─' * 8} {LINE} {'─' * 60}", style="red"), Text("─" * 80, style="red"))
            seconds = f"{row.seconds:.1f} s" if row.seconds >= 0.05 else ""
            detail = Text(self.redact(row.detail.splitlines()[0] if row.detail else ""))
            table.add_row(Text(row.sign, style=row.style), Text(row.step.title, style=row.style), detail, seconds)
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
