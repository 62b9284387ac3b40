"""Opening, syncing and replacing files, and what the system says of them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Final

# The variables in which programs look for the folder of temporary files.
TEMPORARY: Final = ("TMPDIR", "TEMP", "TMP") if sys.platform == "win32" else ("TMPDIR",)
# Windows refuses to replace a file that another program, such as a virus scanner, has open at this moment.
_PATIENCE: Final = 2.0
_AGAIN: Final = 0.05


def opened(path: Path, flags: int, mode: int = 0o600, *, follows: bool = True) -> int:
    """
    The descriptor of a file: its bytes as they are, and never waiting for the other end of a named pipe.

    Args:
        flags: such as `os.O_RDONLY`.
        follows: whether a link is followed; Windows always does.
    """
    if sys.platform == "win32":
        return os.open(path, flags | os.O_BINARY | os.O_NOINHERIT, mode)
    return os.open(path, flags | os.O_NONBLOCK | (0 if follows else os.O_NOFOLLOW), mode)


def sync(descriptor: int) -> None:
    """Wait until what was written is on the disk itself; macOS has a call of its own for that."""
    if sys.platform == "darwin":
        import fcntl
        from contextlib import suppress

        # A disk in the network may not know it.
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the name of a new file is on the disk, too; Windows has no such call, and its file system does it."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(source: Path, target: Path) -> None:
    """Give a file the name of another in one step."""
    if sys.platform == "win32":
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                source.replace(target)
            except PermissionError:
                time.sleep(_AGAIN)
            else:
                return
    source.replace(target)


def is_mine(found: os.stat_result) -> bool:
    """Whether a file belongs to the user who runs this; Windows keeps others out of the user's folders itself."""
    if sys.platform == "win32":
        return True
    return found.st_uid == os.getuid()


def bytes_on_disk(found: os.stat_result) -> int:
    """The room that a file takes."""
    if sys.platform == "win32":
        return found.st_size
    return found.st_blocks * 512
