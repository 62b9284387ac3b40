"""
One release at a time in one clone: a lock that commands inherit, so that one that outlives a killed walk holds it.

filelock closes its descriptor in children; here they must inherit it (flock(2): a lock is released when the last
descriptor of it is closed), so that the next walk waits for an orphan instead of racing it.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contd_release.errors import Conflict, Unwritable, again
from contd_release.process import temporary

ORPHANS_MAY_TAKE = 30.0


@contextmanager
def held(path: Path, *, wait: float = ORPHANS_MAY_TAKE) -> Iterator[None]:
    """
    Hold the lock of a clone; wait up to `wait` seconds for commands of a killed walk to end.

    What killed walks left in their folders for temporary files is removed, and this one gets a folder of its own.

    Raises:
        Conflict: another release runs here.
        Unwritable: the lock's file cannot be made or opened.
    """
    descriptor = _opened(path)
    try:
        deadline = time.monotonic() + wait
        while not _is_free(descriptor):
            holder = path.read_text(encoding="utf-8").strip() or "unknown"
            if time.monotonic() > deadline or _is_alive(holder):
                raise Conflict(
                    f"another release runs in this clone (process {holder}, or a command it left behind)",
                    expected="one release at a time",
                    type_next=again("when the other has ended"),
                )
            time.sleep(0.1)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        os.set_inheritable(descriptor, True)
        with temporary.folder(path.parent / "temporary"):
            yield
    finally:
        # A daemon that a command left behind has inherited the lock: it is released for both.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _opened(path: Path) -> int:
    """The descriptor of the lock's file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unwritable(
            f"the lock of this clone cannot be opened: {error.strerror}: {path}",
            expected="a folder in its git directory, and permission to write there",
            type_next=f"ls -ld {shlex.quote(str(path.parent))}",
        ) from error


def _is_free(descriptor: int) -> bool:
    """Whether no other process holds it; then we do."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(process: str) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        stat = Path("/proc", process, "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return process.isdigit() and stat.rpartition(")")[2].split()[0] not in "ZX"
