"""The terminal: what was typed, and which characters it can show."""

from __future__ import annotations

import io
import sys


def forget_typed() -> None:
    """Discard what was typed before this moment."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def show_every_character() -> None:
    """Print UTF-8; without a terminal Windows would print in an encoding that has no check mark, and stop."""
    if sys.platform == "win32":
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
