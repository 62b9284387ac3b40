"""A process that watches over this one, and cleans up after it where a kill ends it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn


@contextmanager
def guarded(clean_up: Callable[[], object]) -> Iterator[None]:
    """
    Have another process do this when this one dies meanwhile.

    Windows cannot copy a running process: there the next run has to do it.
    """
    if sys.platform == "win32":
        yield
        return
    reading, writing = os.pipe()
    guard = os.fork()
    if guard == 0:
        os.close(writing)
        _guard(reading, clean_up)
    os.close(reading)
    try:
        yield
    finally:
        # A word means that this process lives, and goes on by itself.
        with suppress(OSError):
            os.write(writing, b"!")
        os.close(writing)
        os.waitpid(guard, 0)


def _guard(reading: int, clean_up: Callable[[], object]) -> NoReturn:
    """Wait in a session of its own until the other process is done or dead."""
    code = 0
    try:
        if sys.platform != "win32":
            os.setsid()
            for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(one, signal.SIG_IGN)
        if not os.read(reading, 1):
            clean_up()
    except OSError:
        code = 1
    finally:
        os._exit(code)
