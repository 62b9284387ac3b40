"""Errors of the disk, with the place and a command to type."""

from __future__ import annotations

import errno
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from contd_release.errors import Unwritable

_OF_THE_DISK: Final = frozenset(
    getattr(errno, name) for name in "EACCES EEXIST EPERM EROFS ENOSPC EDQUOT EIO ENOTDIR ENAMETOOLONG".split()
)


@contextmanager
def disk_named(what: str = "") -> Iterator[None]:
    """
    Report that the disk is full or read-only, that a path is no folder, or that a name is too long.

    Args:
        what: the work inside the context, for the message.

    Raises:
        Unwritable: the disk refused it. Other errors of the system are bugs.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
        place = next((one for one in path.absolute().parents if one.is_dir()), None) if path else None
        raise Unwritable(
            ": ".join(filter(None, (what, f"{str(path)[:300]} cannot be used" if path else "", error.strerror))),
            expected="room on the disk, and permission to write there",
            type_next=f"df -h {shlex.quote(str(place))}; ls -ld {shlex.quote(str(place))}" if place else "df -h",
        ) from error
