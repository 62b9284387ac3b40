"""Signals that end a program, besides Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

# What stops a task as Ctrl-C does: the end of a job, of a terminal, or Ctrl-Break.
if sys.platform == "win32":
    ENDING: Final = (signal.SIGTERM, signal.SIGBREAK)
else:
    ENDING: Final = (signal.SIGTERM, signal.SIGHUP)
_LOOK: Final = 0.2


def send_again(number: int) -> None:
    """Let this process get a signal that it could not handle when it came."""
    if sys.platform == "win32":
        # There `os.kill` does not send a signal: it ends the process.
        signal.raise_signal(number)
    else:
        os.kill(os.getpid(), number)


@contextmanager
def until_ended() -> Iterator[Callable[[], None]]:
    """
    A function that waits for Ctrl-C or the end of the job.

    Neither is lost that comes before the function is called, or while a thread works.
    """
    if sys.platform == "win32":
        ended = threading.Event()
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK):
            signal.signal(one, lambda _number, _frame: ended.set())

        def wait() -> None:
            # A wait without a limit would keep Python from handling the signal.
            while not ended.wait(_LOOK):
                pass

        yield wait
    else:
        ends = (signal.SIGINT, signal.SIGTERM)
        # Blocked before any thread begins: what comes too early, or while a request is answered, waits for sigwait.
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)

        def wait_for_signal() -> None:
            signal.sigwait(ends)

        yield wait_for_signal
