"""
A file of lines that is only ever appended to, and outlives a kill; with `is_durable` also a loss of power.

A line that a crash cut off stays cut off: the next line stands alone, and readers skip the truncated one.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from contd_release.errors import Unwritable
from contd_release.process.system import files as system
from contd_release.process.system import locks

# Whatever a crash left of the last line, this ends it as something that is no JSON.
_CUT: Final = b"#\n"


def append(path: Path, line: str, what: str, *, is_durable: bool) -> None:
    """
    Write one line.

    Args:
        what: the file, as an error names it: "the journal".
        is_durable: whether to wait until it is on the disk.

    Raises:
        Unwritable: the disk is full, or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = system.opened(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            _refuse_pipe(descriptor)
            # One writer at a time, so that a line that fails is cut off and no other with it.
            locks.lock(descriptor, waits=True)
            size = os.fstat(descriptor).st_size
            try:
                _write(descriptor, _mend(descriptor, size) + line.encode() + b"\n")
                if is_durable:
                    system.sync(descriptor)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)
        if not size and is_durable:
            system.sync_folder(path.parent)
    except OSError as error:
        raise Unwritable(
            f"{what} cannot be written: {error.strerror}: {path}",
            expected="room on the disk and permission to write; nothing was done without it",
            type_next=f"df -h {shlex.quote(str(path.parent))}",
        ) from error


def lines(path: Path, what: str) -> list[bytes]:
    """
    The whole lines; empty if the file is not there.

    Raises:
        Unwritable: it is there and cannot be read.
    """
    try:
        with open(system.opened(path, os.O_RDONLY), "rb") as stream:
            _refuse_pipe(stream.fileno())
            text = stream.read()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Unwritable(
            f"{what} cannot be read: {error.strerror}: {path}",
            expected="permission to read it: without it, it is not known what is under way",
            type_next=f"ls -l {shlex.quote(str(path))}",
        ) from error
    # What follows the last line break is a line that was cut.
    return text.split(b"\n")[:-1]


def _refuse_pipe(descriptor: int) -> None:
    if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        raise OSError(errno.EINVAL, "it is a named pipe")


def _mend(descriptor: int, size: int) -> bytes:
    """The end of the last line where it was cut, so that the next one stands alone and the cut one stays cut."""
    os.lseek(descriptor, max(size - 1, 0), os.SEEK_SET)
    return _CUT if size and os.read(descriptor, 1) != b"\n" else b""


def _write(descriptor: int, line: bytes) -> None:
    """Write all of the line; a full disk may take only a part of it at first."""
    while line:
        line = line[os.write(descriptor, line) :]
