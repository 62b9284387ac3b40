"""The product on a real terminal, with a person who answers one question."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
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
