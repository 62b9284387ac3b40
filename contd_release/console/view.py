"""The live checklist as it fits the terminal: finished sections fold, and running steps are always visible."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from contd_release.console.board import LINE, Board, BoardRow
from contd_release.engine.checklist import Phase, PointOfNoReturn

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

_SECONDS = 8


class Fold(IntEnum):
    """How much is folded to save rows, each kind with all kinds before it."""

    FINISHED = 0
    WAITING = 1
    NOT_RUNNING = 2
    LOG_LINES = 3
    SECTIONS = 4


@dataclass(frozen=True)
class Line:
    """
    One row of the terminal: a sign, a text, a detail, and seconds at the right.

    Args:
        is_rule: whether the text is a heading of a rule across the terminal.
    """

    text: str
    sign: str = ""
    detail: str = ""
    seconds: str = ""
    style: str = ""
    is_rule: bool = False

    def rendered(self, width: int) -> Text:
        """The line, cut to this many columns."""
        from rich.text import Text

        if self.is_rule:
            return Text(f"{'─' * 10} {self.text} ".ljust(width, "─")[:width], style=self.style)
        room = max(width - 2 - _SECONDS, 1)
        left = room * 6 // 11 if self.detail else room
        text = Text(fitted(self.text, left), style=self.style)
        detail = Text(fitted(self.detail, max(room - left - 1, 0)), style="dim")
        text.truncate(left, overflow="ellipsis", pad=True)
        detail.truncate(max(room - left - 1, 0), overflow="ellipsis", pad=True)
        line = Text(f"{self.sign:2}", style=self.style, no_wrap=True).append_text(text)
        if self.detail:
            line.append(" ").append_text(detail)
        line.append(self.seconds.rjust(_SECONDS), style="dim")
        line.truncate(width)
        # A terminal echoes Ctrl-C behind the last line; behind blanks up to the margin the echo would wrap.
        line.rstrip()
        return line


@dataclass
class View:
    """A board as a renderable that knows how many rows the terminal has."""

    board: Board
    began: float = field(default_factory=time.monotonic)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """As much as fits, with the running steps in any case."""
        now, height = time.monotonic(), max(options.size.height - 1, 2)
        for fold in Fold:
            lines = list(self.lines(fold, now))
            if len(lines) <= height:
                break
        else:
            lines = [*lines[: height - 1], Line(f"{len(lines) - height + 1} lines more", "…", style="dim")]
        for line in lines:
            yield line.rendered(options.max_width)

    def lines(self, fold: Fold, now: float) -> Iterator[Line]:
        """All lines of the checklist, folded so much."""
        has_begun = any(row.phase for row in self.board.rows.values())
        what = self.board.title if has_begun else f"{self.board.title}: reading what is true already"
        yield Line(what, style="italic", seconds=f"{now - self.began:.0f} s")
        if fold is Fold.SECTIONS:
            yield from self._running_alone(now)
            return
        line = PointOfNoReturn()
        for name, rows in self.board.sections():
            yield from self._section(name, rows, fold, line, now)

    def _section(
        self, name: str, rows: Sequence[BoardRow], fold: Fold, line: PointOfNoReturn, now: float
    ) -> Iterator[Line]:
        is_folded = _is_finished(rows) or (fold >= Fold.WAITING and not any(row.phase for row in rows))
        if is_folded or fold >= Fold.NOT_RUNNING:
            yield from (_rule() for row in rows if line.is_before(row.step))
        if is_folded:
            yield _folded(name, rows)
            return
        yield Line(name, style="bold")
        if fold < Fold.NOT_RUNNING:
            for row in rows:
                yield from [_rule()] if line.is_before(row.step) else []
                yield from self._row(row, fold, now)
            return
        done = [row for row in rows if row.phase in (Phase.DONE, Phase.UNDONE)]
        waiting = sum(row.phase is None for row in rows)
        if done:
            yield Line(_steps(len(done), "done"), "✓", style="green")
        for row in rows:
            if row.phase and row not in done:
                yield from self._row(row, fold, now)
        if waiting:
            yield Line(_steps(waiting, "to come"), "·", style="dim")

    def _row(self, row: BoardRow, fold: Fold, now: float) -> Iterator[Line]:
        """One step; while it runs, with the seconds so far and the last line of its log."""
        progress = self.board.progress(row)
        if not row.is_running:
            seconds = f"{row.seconds:.1f} s" if row.seconds >= 0.05 else ""
            yield Line(row.step.title, row.sign, progress, seconds, row.style)
            return
        seconds = f"{row.elapsed(now):.0f} s"
        if fold >= Fold.LOG_LINES:
            yield Line(row.step.title, row.sign, progress, seconds, row.style)
            return
        yield Line(row.step.title, row.sign, seconds=seconds, style=row.style)
        if progress:
            yield Line(f"| {progress}", style="dim")

    def _running_alone(self, now: float) -> Iterator[Line]:
        """The steps that run or failed, and one line each for the sections before and after them."""
        sections = list(self.board.sections())
        if names := [name for name, rows in sections if _is_finished(rows)]:
            yield Line(", ".join(names), "✓", style="green")
        for row in self.board.rows.values():
            if row.is_running or row.phase is Phase.FAILED:
                yield from self._row(row, Fold.SECTIONS, now)
        if names := [name for name, rows in sections if not any(row.phase for row in rows)]:
            yield Line(", ".join(names), "·", style="dim")


def fitted(text: str, width: int) -> str:
    """
    A text with its longest reference or path shortened in the middle, so that it fits, and the end stays: the tag.

    `127.0.0.1:42091/contd/contd:0.2.0` becomes `127.0…/contd:0.2.0`.
    """
    excess = len(text) - width
    if excess <= 0 or not (words := [word for word in text.split() if "/" in word.rstrip("/")]):
        return text
    longest = max(words, key=len)
    at = longest.rstrip("/").rindex("/")
    head, end = longest[:at], longest[at:]
    return text.replace(longest, f"{head[: max(len(head) - excess - 1, 0)]}…{end}", 1) if len(head) > 1 else text


def _is_finished(rows: Sequence[BoardRow]) -> bool:
    return all(row.phase in (Phase.DONE, Phase.UNDONE) for row in rows)


def _folded(name: str, rows: Sequence[BoardRow]) -> Line:
    """A section that is over, or has not begun, as one line."""
    if not _is_finished(rows):
        return Line(name, "·", _steps(len(rows), "to come"), style="dim")
    began = min(row.began or 0 for row in rows)
    seconds = max(row.ended or 0 for row in rows) - began
    return Line(name, "✓", _steps(len(rows), "done"), f"{seconds:.1f} s", "green")


def _steps(count: int, what: str) -> str:
    return f"{count} step{'s' * (count != 1)} {what}"


def _rule() -> Line:
    return Line(LINE, style="red", is_rule=True)
