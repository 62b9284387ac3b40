"""A live checklist on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contd_release.channels.readings import ComparedRow, Verdict
from contd_release.console.board import Board
from contd_release.console.lines import Lines, columns
from contd_release.console.view import View
from contd_release.engine.checklist import Checklist, Event
from contd_release.process.printed import as_named, visible
from contd_release.project.release import Release

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live


@dataclass
class Terminal(Lines):
    """The whole checklist on a terminal, updated while it is walked."""

    console: Console | None = None
    view: View | None = None
    live: Live | None = None
    columns: int = 0

    @contextmanager
    def watching(self, release: Release, checklist: Checklist) -> Iterator[None]:
        """Show every step from the beginning."""
        self.board = Board.of(str(release), checklist, self.redact)
        self.view = View(self.board)
        self._begin()
        try:
            yield
        finally:
            self._end()

    def _begin(self) -> None:
        """Show the view from the line of the cursor on."""
        from rich.live import Live

        self.live = Live(console=self.console, get_renderable=self._frame, refresh_per_second=4)
        self.live.start(refresh=True)

    def _end(self) -> None:
        """Leave the view on the screen as it is."""
        if self.live:
            self.live.stop()
        self.live = None

    def _frame(self) -> View:
        """The view; where the terminal has another width, what it has folded over is cleared first."""
        from rich.control import Control

        assert self.console is not None and self.view is not None
        if self.columns not in (0, self.console.width):
            self.console.control(Control.home(), Control.clear())
        self.columns = self.console.width
        return self.view

    def event(self, event: Event) -> None:
        """Change the row of the step."""
        if not (self.board and self.board.update(event)):
            super().event(event)

    def says(self, text: str) -> None:
        """Print above the checklist."""
        assert self.console is not None
        self.console.print(visible(as_named(self.redact(text))), markup=False, highlight=False)

    def readings(self, rows: Sequence[ComparedRow]) -> None:
        """The same in colours."""
        from rich.table import Table
        from rich.text import Text

        assert self.console is not None
        table = Table("channel", box=None, pad_edge=False)
        for title in ("name", "built", "found"):
            table.add_column(title, overflow="fold")
        for one in rows:
            style = "green" if one.seen.verdict is Verdict.SAME else "bold red"
            built, found = columns(one)
            cells = (Text(visible(self.redact(cell))) for cell in (one.channel, one.name, built))
            table.add_row(*cells, Text(visible(self.redact(found)), style=style))
        self.console.print(table)

    @contextmanager
    def showing(self, table: Callable[[], RenderableType]) -> Iterator[None]:
        """Show a table that changes."""
        from rich.live import Live

        with Live(console=self.console, get_renderable=table, refresh_per_second=2) as self.live:
            yield
        self.live = None

    def fact(self, event: str, text: str, **facts: object) -> None:
        """A sentence, where no table shows it."""
        if self.live is None:
            super().fact(event, text, **facts)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pause the view while a person answers a question; the answer stays above the view."""
        is_live = self.live is not None
        self._end()
        try:
            yield
        finally:
            if is_live:
                self._begin()
