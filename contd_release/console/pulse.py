"""Call a function at intervals in a thread, and so print which step is awaited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contd_release.console.report import Report
    from contd_release.engine.checklist import Checklist, Seen


@contextmanager
def every(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Call `act` each time these seconds have passed, until the context ends."""
    ended = Event()

    def beat() -> None:
        while not ended.wait(seconds):
            act()

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def looked(report: Report, checklist: Checklist, pulse: float = 15) -> tuple[Seen, ...]:
    """
    Observe every step, and print at intervals which step has not answered yet.

    Args:
        pulse: the seconds between two sentences.
    """
    titles = [step.title for _, step in checklist.steps()]
    seen: list[Seen] = []

    def waiting() -> None:
        if awaited := titles[len(seen) :]:
            report.says(f"… {awaited[0]}: no answer yet")

    with every(pulse, waiting):
        for one in checklist.status():
            seen.append(one)  # noqa: PERF402
    return tuple(seen)
