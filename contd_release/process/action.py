"""What a step does: an action, and the surroundings in which it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Protocol

from contd_release.errors import Interrupted
from contd_release.process.disk import disk_named
from contd_release.process.redaction import Redactor


class Action(Protocol):
    """Something a step does: printed in the plan, run in the walk."""

    def run(self, running: Running) -> None:
        """
        Do it.

        Raises:
            FailedCommand: when it did not work.
        """


@dataclass(frozen=True)
class Running:
    """
    The surroundings of an action: where its output goes, what is taken out of it, and whether it must stop.

    Args:
        tell: prints a sentence while a long action runs.
    """

    log: Path
    redact: Redactor = field(default_factory=lambda: Redactor(None))
    stop: Event = field(default_factory=Event)
    tell: Callable[[str], None] = field(default=lambda _: None, repr=False)


@dataclass(frozen=True)
class Call:
    """An action that is not a process: a title for people, and what to call."""

    title: str
    function: Callable[[], None]

    def __str__(self) -> str:
        return self.title

    def run(self, running: Running) -> None:
        """Call it."""
        if running.stop.is_set():
            raise Interrupted(f"{self.title} was not started")
        with disk_named(self.title):
            self.function()
