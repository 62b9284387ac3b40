"""
One release at a time in one clone: a lock that commands inherit, so that one that outlives a killed walk holds it.

A lock is released when the last descriptor of it is closed (flock(2)), so the next walk waits for an orphan instead of
racing it. Windows releases it with the walk itself.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contd_release.errors import Conflict, Unwritable, again
from contd_release.process import temporary
from contd_release.process.files import writing
from contd_release.process.system import locks, processes
from contd_release.process.system.files import opened

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
        while not locks.lock(descriptor):
            if time.monotonic() > deadline or _is_alive(_named(path)):
                raise _is_held(path)
            time.sleep(0.1)
        with writing(path):
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        os.set_inheritable(descriptor, True)
        with temporary.folder(path.parent / "temporary"):
            yield
    finally:
        # A daemon that a command left behind has inherited the lock: it is released for both.
        locks.unlock(descriptor)
        os.close(descriptor)


def _opened(path: Path) -> int:
    """The descriptor of the lock's file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = opened(path, os.O_RDWR | os.O_CREAT)
        _refuse_other(descriptor)
    except OSError as error:
        raise Unwritable(
            f"the lock of this clone cannot be opened: {error.strerror}: {path}",
            expected="a folder in its git directory, and permission to write there",
            type_next=f"ls -ld {shlex.quote(str(path.parent))}",
        ) from error
    return descriptor


def _named(path: Path) -> str:
    """The process that the lock's file names; empty if it names none."""
    content = path.read_bytes()[:20].strip()
    return content.decode() if content.isdigit() else ""


def _is_held(path: Path) -> Conflict:
    """Name the processes that hold the lock: the other release, or commands that a killed one left behind."""
    holder = _named(path)
    if _is_alive(holder):
        return Conflict(
            f"another release runs in this clone (process {holder})",
            expected="one release at a time",
            type_next=again("when the other has ended"),
        )
    left = _holders(path)
    if not left:
        return Conflict(
            f"another release runs in this clone (process {holder or 'unknown'}, or a command it left behind)",
            expected="one release at a time",
            type_next=again("when the other has ended"),
        )
    names = ", ".join(f"process {number} ({name})" for number, name in left)
    return Conflict(
        f"a command that a killed release left behind still runs in this clone: {names}",
        expected="one release at a time",
        type_next=f"kill {' '.join(str(number) for number, _ in left)}   (unless it ends by itself)",
    )


def _holders(path: Path) -> list[tuple[int, str]]:
    """The other processes that have the lock's file open, and the names of their programs; none without /proc."""
    lock, found = path.stat(), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_open = any(os.path.samestat(lock, one.stat()) for one in (process / "fd").iterdir())
            name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue
        if is_open and int(process.name) != os.getpid():
            found.append((int(process.name), name))
    return sorted(found)


def _refuse_other(descriptor: int) -> None:
    """Refuse a pipe, a device or a socket: they cannot be written as a file, or writing waits for a reader."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file")


def _is_alive(process: str) -> bool:
    """Whether the process runs that the lock's file names."""
    return process != "" and processes.is_alive(int(process))
