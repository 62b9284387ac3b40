"""Both kinds of pipes bring everything in and out, whichever of them the system at hand uses."""

from __future__ import annotations

import subprocess
import sys

import pytest

from contd_release.process.system.pipes import SelectedPipes, ThreadedPipes

KINDS = (SelectedPipes, ThreadedPipes)
LARGE = b"x" * 300_000


def walked(kind: type[SelectedPipes | ThreadedPipes], program: str, text: bytes = b"") -> tuple[int, bytes, bytes]:
    """
    The exit code of a Python program, what it printed, and its errors.

    The pipes are closed by those who read them, as in a release: closed by another thread, their numbers would be given
    to the next ones that are opened, and be read.
    """
    out, err, code = bytearray(), bytearray(), None
    process = subprocess.Popen(
        (sys.executable, "-S", "-c", program),
        stdin=subprocess.PIPE if text else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with kind(process, text) as pipes:
        while code is None:
            for is_error, piece in pipes.pieces():
                (err if is_error else out).extend(piece)
            code = pipes.code()
    return code, bytes(out), bytes(err)


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_in_comes_out(kind: type[SelectedPipes | ThreadedPipes]) -> None:
    """More than a pipe holds goes both ways at once."""
    copy = "import shutil, sys; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    assert walked(kind, copy, LARGE) == (0, LARGE, b"")


@pytest.mark.parametrize("kind", KINDS)
def test_errors_are_apart(kind: type[SelectedPipes | ThreadedPipes]) -> None:
    """Standard output, standard error and the exit code are told apart."""
    program = "import sys; print('out', end=''); print('err', end='', file=sys.stderr); sys.exit(3)"
    assert walked(kind, program) == (3, b"out", b"err")


@pytest.mark.parametrize("kind", KINDS)
def test_input_that_is_not_read(kind: type[SelectedPipes | ThreadedPipes]) -> None:
    """A program may end before it has read everything; its exit code counts."""
    assert walked(kind, "print('no', end='')", LARGE) == (0, b"no", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_a_child_that_stays_behind_is_not_waited_for(kind: type[SelectedPipes | ThreadedPipes]) -> None:
    """It holds the pipe open; a second after the program's end that is its own affair."""
    program = (
        "import subprocess, sys; subprocess.Popen((sys.executable, '-Sc', 'import time; time.sleep(2)')); print('x')"
    )
    assert walked(kind, program)[:2] == (0, b"x\n")
