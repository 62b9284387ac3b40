"""The report: the output of a task while it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from contd_release.channels.readings import ComparedRow
from contd_release.console.public import Public
from contd_release.engine.checklist import Checklist, Event, Seen
from contd_release.errors import ReleaseError
from contd_release.process.redaction import Redactor
from contd_release.project.release import Release

if TYPE_CHECKING:
    from rich.console import RenderableType


class Report(Protocol):
    """The output of a task: lines, a live checklist on a terminal, or JSON lines."""

    redact: Redactor

    def watching(self, release: Release, checklist: Checklist) -> AbstractContextManager[None]:
        """Show the walk of a checklist from its first step to its last."""

    def event(self, event: Event) -> None:
        """Show what happens to a step."""

    def says(self, text: str) -> None:
        """Print a sentence."""

    def fact(self, event: str, text: str, **facts: object) -> None:
        """Print a sentence for people, or its facts for machines."""

    def showing(self, table: Callable[[], RenderableType]) -> AbstractContextManager[None]:
        """Show a table that changes."""

    def seen(self, seen: Seen, *, with_commands: bool) -> None:
        """Print the state of one step, and the commands that would change it."""

    def readings(self, rows: Sequence[ComparedRow]) -> None:
        """Print the table of what was built and what each channel serves."""

    def stopped(self, error: ReleaseError, public: Public) -> None:
        """Print why a walk stopped, and what is public already."""
