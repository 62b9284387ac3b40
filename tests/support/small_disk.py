"""A disk of a few megabytes in memory (tmpfs), which can be full or read-only in earnest."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

BALLAST: Final = "ballast"
_SIZE: Final = "24m"
# mount(2)
_READ_ONLY, _REMOUNT, _BIND = 1, 32, 4096


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """The disk, mounted at a new folder; the test is skipped where mounting is not permitted."""
    folder.mkdir(parents=True)
    argv = ("mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=0755", "tmpfs", str(folder))
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        import pytest

        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        repair(folder)
        subprocess.run(("umount", "--lazy", str(folder)), check=True)


def fill(disk: Path) -> None:
    """Take all the room that is left."""
    room = os.statvfs(disk)
    descriptor = os.open(disk / BALLAST, os.O_WRONLY | os.O_CREAT)
    os.posix_fallocate(descriptor, 0, room.f_bavail * room.f_frsize)
    os.close(descriptor)


def cover(disk: Path) -> None:
    """
    Mount the disk once more over itself, to be read only.

    A disk on which a file is open to be written cannot become read-only, and a release has one open. Everything that
    is opened from now on is opened here.
    """
    call, path = ctypes.CDLL(None, use_errno=True).mount, str(disk).encode()
    for source, flags in ((path, _BIND), (None, _REMOUNT | _BIND | _READ_ONLY)):
        if call(source, path, None, flags, None):
            raise OSError(ctypes.get_errno(), "mount")


def repair(disk: Path) -> None:
    """Let there be room again, and let it be writable."""
    lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    if sum(line.split()[1] == str(disk) for line in lines) > 1:
        subprocess.run(("umount", "--lazy", str(disk)), check=True)
    (disk / BALLAST).unlink(missing_ok=True)
