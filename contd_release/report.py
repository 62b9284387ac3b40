"""
The only module that prints: a checklist that ticks on a terminal, plain lines elsewhere, JSON lines for machines.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contd_release.artifacts import Sealed
from contd_release.board import LINE, SIGNS, Board
from contd_release.checklist import Checklist, Event, Seen, point_of_no_return
from contd_release.command import Action, Command
from contd_release.errors import ReleaseError, Several, exit_code
from contd_release.reading import Row, Verdict
from contd_release.release import Release
from contd_release.secret import Redactor
from contd_release.settings import Settings
from contd_release.step import Step

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live


@dataclass
class Lines:
    """
    Plain lines: one when a step is done, one when it fails, and one every while when it takes long.
    """

    redact: Redactor
    section: str = ""
    is_past_the_line: bool = False

    @contextmanager
    def watching(self, release: Release, checklist: Checklist) -> Iterator[None]:
        """
        Head the walk with the release.
        """
        self.says(f"{release} from {release.base[:12]}")
        yield

    def event(self, event: Event) -> None:
        """
        One line for what is over.
        """
        if event.what not in ("done", "undone", "failed"):
            return
        self._headed(event.section, event.step)
        if event.what == "failed":
            self.says(f"  ✗ {event.step.title}  {event.seconds:.1f} s")
        elif event.found:
            sign = "✓" if event.what == "done" else "↶"
            self.says(f"  {sign} {event.step.title}: {event.found.detail}  {event.seconds:.1f} s")

    def says(self, text: str) -> None:
        """
        Print it, without secrets.
        """
        _print(self.redact(text))

    def told(self, event: str, text: str, **facts: object) -> None:
        """
        A sentence for people, which is facts for machines.
        """
        self.says(text)

    def showing(self, table: Callable[[], RenderableType]) -> AbstractContextManager[None]:
        """
        A table that is told line by line, since nobody sees it change.
        """
        return nullcontext()

    def seen(self, seen: Seen, *, with_commands: bool) -> None:
        """
        The state of one step, and the commands that would change it.
        """
        self._headed(seen.section, seen.step)
        if seen.found is None:
            self.says(f"  ? {seen.step.title}: {seen.error}")
            return
        self.says(f"  {SIGNS[seen.found.state]} {seen.step.title}: {seen.found.detail}")
        if with_commands and not seen.is_done:
            for action in seen.step.act:
                self.says(f"      {'$ ' if _is_command(action) else '- '}{action}")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """
        Columns as wide as their widest cell.
        """
        widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
        for row in (heads, *rows):
            self.says("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

    def readings(self, rows: Sequence[Row]) -> None:
        """
        Channel, name, what was built, what is found.
        """
        self.table(("channel", "name", "built", "found"), [(one.channel, one.name, *_columns(one)) for one in rows])

    def stopped(self, error: ReleaseError, public: Sequence[str]) -> None:
        """
        The error itself is told by the edge.
        """
        self.says("\npublic already: " + ("; ".join(public) or "nothing"))

    def _headed(self, section: str, step: Step) -> None:
        if section != self.section:
            self.section = section
            self.says(f"\n{section}")
        if step.undo is None and not self.is_past_the_line:
            self.is_past_the_line = True
            self.says(f"  {'─' * 20} {LINE} {'─' * 20}")


@dataclass
class Json:
    """
    One JSON object a line.
    """

    redact: Redactor

    def watching(self, release: Release, checklist: Checklist) -> AbstractContextManager[None]:
        """
        Name the release and every step it has.
        """
        steps = list(checklist.steps())
        line = point_of_no_return(steps)
        self._tell(
            event="release",
            project=release.project.name,
            version=str(release.version),
            base=release.base,
            steps=[{"section": section, "step": step.title} for section, step in steps],
            point_of_no_return=line,
        )
        return nullcontext()

    def event(self, event: Event) -> None:
        """
        Every event, as it comes.
        """
        told: dict[str, object] = {"event": event.what, "section": event.section, "step": event.step.title}
        if event.found:
            told |= {"state": event.found.state.value, "detail": event.found.detail}
        if event.action:
            told["action"] = str(event.action)
        if event.error:
            told["error"] = str(event.error)
        self._tell(**told, seconds=round(event.seconds, 3))

    def says(self, text: str) -> None:
        """
        A sentence for people.
        """
        self._tell(event="note", text=text)

    def told(self, event: str, text: str, **facts: object) -> None:
        """
        The facts.
        """
        self._tell(event=event, **facts)

    def showing(self, table: Callable[[], RenderableType]) -> AbstractContextManager[None]:
        """
        Machines want no table.
        """
        return nullcontext()

    def seen(self, seen: Seen, *, with_commands: bool) -> None:
        """
        The state of one step.
        """
        told: dict[str, object] = {"event": "seen", "section": seen.section, "step": seen.step.title}
        if seen.found:
            told |= {"state": seen.found.state.value, "detail": seen.found.detail}
        if seen.error:
            told |= {"state": "unanswered", "detail": str(seen.error)}
        if with_commands and not seen.is_done:
            told["actions"] = [str(action) for action in seen.step.act]
        self._tell(**told)

    def readings(self, rows: Sequence[Row]) -> None:
        """
        One object for each thing that was built.
        """
        for one in rows:
            told = {"channel": one.channel, "name": one.name, "built": one.built}
            self._tell(event="reading", **told, verdict=one.seen.verdict.value, found=one.seen.what)

    def stopped(self, error: ReleaseError, public: Sequence[str]) -> None:
        """
        The cause, with its exit code.
        """
        leaves = error.errors if isinstance(error, Several) else (error,)
        self._tell(
            event="stopped",
            exit_code=exit_code(error),
            public=list(public),
            causes=[
                {"kind": type(one).__name__, "what": one.what_is, "expected": one.expected, "type": one.type_next}
                for one in leaves
            ],
        )

    def _tell(self, **told: object) -> None:
        _print(self.redact(json.dumps(told, ensure_ascii=False)))


@dataclass
class Terminal(Lines):
    """
    The whole checklist on a terminal, ticking while it is walked.
    """

    console: Console | None = None
    board: Board | None = None
    live: Live | None = None

    @contextmanager
    def watching(self, release: Release, checklist: Checklist) -> Iterator[None]:
        """
        Show every step from the beginning.
        """
        from rich.live import Live

        self.board = Board.of(str(release), checklist, self.redact)
        with Live(console=self.console, get_renderable=self.board.table, refresh_per_second=8) as self.live:
            yield
            self.live.refresh()
        self.live = None

    def event(self, event: Event) -> None:
        """
        Change the row of the step.
        """
        if not (self.board and self.board.update(event)):
            super().event(event)

    def says(self, text: str) -> None:
        """
        Print above the checklist.
        """
        assert self.console is not None
        self.console.print(self.redact(text), markup=False, highlight=False)

    def readings(self, rows: Sequence[Row]) -> None:
        """
        The same in colours.
        """
        from rich.table import Table
        from rich.text import Text

        assert self.console is not None
        table = Table("channel", box=None, pad_edge=False)
        for title in ("name", "built", "found"):
            table.add_column(title, overflow="fold")
        for one in rows:
            style = "green" if one.seen.verdict is Verdict.SAME else "bold red"
            built, found = _columns(one)
            cells = (Text(self.redact(cell)) for cell in (one.channel, one.name, built))
            table.add_row(*cells, Text(self.redact(found), style=style))
        self.console.print(table)

    @contextmanager
    def showing(self, table: Callable[[], RenderableType]) -> Iterator[None]:
        """
        Show a table that changes.
        """
        from rich.live import Live

        with Live(console=self.console, get_renderable=table, refresh_per_second=2) as self.live:
            yield
        self.live = None

    def told(self, event: str, text: str, **facts: object) -> None:
        """
        A sentence, where no table shows it.
        """
        if self.live is None:
            super().told(event, text, **facts)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """
        Stand still while a person is asked.
        """
        if self.live:
            self.live.stop()
        try:
            yield
        finally:
            if self.live:
                self.live.start(refresh=True)


def _is_command(action: Action) -> bool:
    """
    Whether an action is a process, or wraps the one that it prints.
    """
    return isinstance(action, Command) or hasattr(action, "command")


def _print(line: str) -> None:
    """
    One write a line: steps side by side tell theirs at the same time.
    """
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _columns(row: Row) -> tuple[str, str]:
    """
    What was built and what is found, digests cut to what a person compares.
    """
    sign = "✓" if row.seen.verdict is Verdict.SAME else "✗"
    what = row.seen.what[:19] if row.seen.what.startswith("sha256:") else row.seen.what
    return row.built[:19], f"{sign} {row.seen.verdict.value}: {what}"


def reporting(*, as_json: bool, settings: Settings | None = None) -> Lines | Json:
    """
    The report that fits where this process prints to; what the settings name as secret is never shown.
    """
    named = tuple(value.removeprefix("env:") for value in settings.announce.values()) if settings else ()
    redact = Redactor.of_environment(named=named)
    if as_json:
        return Json(redact)
    if not sys.stdout.isatty():
        return Lines(redact)
    from rich.console import Console

    return Terminal(redact, console=Console())


def review_text(release: Release, sealed: Sealed, changed: Sequence[str]) -> str:
    """
    What a person says yes to: the commit, every digest, and the documentation that changed.
    """
    lines = [f"{release}", f"  commit  {sealed.commit}", *(f"  {one.sha256}  {one.name}" for one in sealed.artifacts)]
    if changed:
        lines += ["  changed since the last release, to be reviewed:", *(f"    {path}" for path in changed)]
    if release.because:
        lines.append(f"  a {release.part} release because {release.because}")
    if release.without_ci:
        lines.append(f"  the checks of {release.base[:12]} were not asked: {release.without_ci}")
    return "\n".join(lines)
