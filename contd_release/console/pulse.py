"""A thread that does something again and again while something else runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


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
