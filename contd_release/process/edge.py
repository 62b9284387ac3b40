"""The edge of a task: errors become messages and exit codes, and signals stop as Ctrl-C does."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from contd_release.errors import Interrupted, ReleaseError, exit_code
from contd_release.process.disk import disk_named
from contd_release.process.printed import as_named, visible
from contd_release.process.system import signals, terminal

_AGAIN_AFTER: Final = 0.05


@contextmanager
def edge() -> Iterator[None]:
    """
    The one place where an error becomes a message and an exit code; SIGTERM and SIGHUP stop as Ctrl-C does.

    Raises:
        invoke.exceptions.Exit: for every `ReleaseError` that reaches it, for Ctrl-C, for what this machine refuses, and
            when nothing reads the output any more.
    """
    from invoke.exceptions import Exit

    terminal.show_every_character()
    try:
        with _signals_heard(), _interruptions_kept(), disk_named():
            yield
            sys.stdout.flush()
    except ReleaseError as error:
        raise Exit(_shown(error), code=exit_code(error)) from error
    except KeyboardInterrupt as error:
        stopped = interruption(error)
        raise Exit(_shown(stopped), code=stopped.exit_code) from error
    except BrokenPipeError as error:
        # Python writes the rest of the buffer when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        stopped = Interrupted("the program that reads this output has ended")
        raise Exit(_shown(stopped), code=stopped.exit_code) from error


def _shown(error: ReleaseError) -> str:
    """The text of an error, as it is printed."""
    return f"\n{visible(as_named(str(error)))}"


def interruption(error: KeyboardInterrupt) -> Interrupted:
    """What stopped the walk: Ctrl-C, or the signal that the error names."""
    return Interrupted(f"stopped by {error.args[0]}" if error.args else "interrupted")


@contextmanager
def _signals_heard() -> Iterator[None]:
    """
    Raise KeyboardInterrupt for SIGTERM and SIGHUP, so that commands end and the console prints what is public.

    A signal that the caller ignores, as `nohup` does, stays ignored.
    """

    def stop(number: int, _: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    is_main = threading.current_thread() is threading.main_thread()
    heard = [one for one in signals.ENDING if is_main and signal.getsignal(one) is signal.SIG_DFL]
    for one in heard:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one in heard:
            signal.signal(one, signal.SIG_DFL)


@contextmanager
def _interruptions_kept() -> Iterator[None]:
    """
    Send a signal again that Python could not raise as KeyboardInterrupt, and only printed.

    That happens in a finalizer or in a callback of a weak reference, which every import has.
    https://docs.python.org/3/library/sys.html#sys.unraisablehook
    """
    before, timers = sys.unraisablehook, list[threading.Timer]()

    def unraisable(lost: sys.UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            before(lost)
            return
        named = lost.exc_value.args if lost.exc_value else ()
        number = signal.Signals[named[0]] if named else signal.SIGINT
        timers.append(threading.Timer(_AGAIN_AFTER, signals.send_again, (number,)))
        timers[-1].start()

    sys.unraisablehook = unraisable
    try:
        yield
    finally:
        sys.unraisablehook = before
        for timer in timers:
            timer.cancel()
