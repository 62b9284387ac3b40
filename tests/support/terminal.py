"""The product on a real terminal, with a person who answers one question."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


def on_terminal(
    argv: Sequence[str],
    where: Path,
    env: Mapping[str, str],
    *,
    asked: str,
    answer: str,
    ahead: str = "",
    timeout: float = 120,
) -> tuple[int, str]:
    """
    Run a program on a terminal of its own; type the answer when the question is there.

    Args:
        ahead: lines that are typed before the program starts.

    Returns:
        The exit code, and what was on the terminal, without its control sequences.
    """
    person, machine = pty.openpty()
    os.write(person, ahead.encode())
    process = subprocess.Popen(
        argv,
        cwd=where,
        env={**env, "TERM": "xterm", "COLUMNS": "200"},
        stdin=machine,
        stdout=machine,
        stderr=machine,
        start_new_session=True,
    )
    os.close(machine)
    seen, end, is_asked = "", time.monotonic() + timeout, False
    try:
        while time.monotonic() < end:
            if not select.select([person], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(person, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            seen += piece.decode(errors="replace")
            if not is_asked and asked in _CONTROL.sub("", seen):
                is_asked = True
                # A person reads the question before they answer it.
                time.sleep(0.3)
                os.write(person, f"{answer}\n".encode())
        assert is_asked, _CONTROL.sub("", seen)
        return process.wait(timeout=10), _CONTROL.sub("", seen)
    finally:
        process.kill()
        process.wait()
        os.close(person)


def recorded(
    argv: Sequence[str],
    where: Path,
    env: Mapping[str, str],
    sizes: Sequence[tuple[int, int, str]],
    timeout: float = 120,
) -> list[str]:
    """
    Run a program on a terminal whose size changes, to its end.

    Args:
        sizes: columns, rows, and the text at which the next size follows.

    Returns:
        What it wrote at each size, with its control sequences.
    """
    person, machine = pty.openpty()
    waiting, seen, end = list(sizes), [""], time.monotonic() + timeout
    _resize(person, *waiting[0][:2])
    process = subprocess.Popen(
        argv,
        cwd=where,
        env={**env, "TERM": "xterm"},
        stdin=machine,
        stdout=machine,
        stderr=machine,
        start_new_session=True,
    )
    os.close(machine)
    try:
        while time.monotonic() < end:
            if not select.select([person], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(person, 1 << 16)
            except OSError:  # the other end is closed
                break
            seen[-1] += piece.decode(errors="replace")
            if waiting[1:] and waiting[0][2] in seen[-1]:
                del waiting[0]
                _resize(person, *waiting[0][:2])
                seen.append("")
        assert process.wait(timeout=10) == 0, _CONTROL.sub("", "".join(seen))
        return seen
    finally:
        process.kill()
        process.wait()
        os.close(person)


def frames(written: str) -> list[list[str]]:
    """What was on the terminal, one list of lines each time that a live view of rich was drawn again."""
    pieces = re.split(r"\r\x1b\[2K(?:\x1b\[1A\x1b\[2K)*", written)
    return [[line.rstrip() for line in _CONTROL.sub("", piece).split("\n")] for piece in pieces]


def _resize(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
