"""
Locks on open files: `flock` on Linux and macOS, a locked byte on Windows.

filelock opens the lock's file itself, and closes it in children. Here a child inherits the lock, the file names its
holder, and the journal is locked through the descriptor that it is written with.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Final

# Windows keeps others from reading what is locked, so the byte lies behind whatever is in the file.
_FAR: Final = 1 << 30
_AGAIN: Final = 0.05


def lock(descriptor: int, *, waits: bool = False) -> bool:
    """
    Lock an open file; false if another process has it, unless this call waits for its turn.

    On Linux and macOS every process that inherits the descriptor holds the lock as well; on Windows only this one does.
    """
    if sys.platform == "win32":
        while not (is_ours := _locked_byte(descriptor)) and waits:
            time.sleep(_AGAIN)
        return is_ours
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def unlock(descriptor: int) -> None:
    """Release the lock, for every process that has inherited it."""
    if sys.platform == "win32":
        import msvcrt
        from contextlib import suppress

        os.lseek(descriptor, _FAR, os.SEEK_SET)
        with suppress(OSError):
            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        return
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_UN)


if sys.platform == "win32":

    def _locked_byte(descriptor: int) -> bool:
        """Lock one byte, without waiting; the position in the file stays."""
        import msvcrt

        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)
        return True
