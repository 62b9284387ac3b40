"""
The folder for temporary files of one run and of every program that it starts, which the next run removes after a kill.

A run writes down where its folder is before it makes it, in a file that it keeps locked as long as it lives.
"""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from contd_release.errors import Unwritable

_NAME: Final = re.compile(r"contd-release-[0-9a-f]{8}")
_VARIABLE: Final = "TMPDIR"
# On a disk, unlike /tmp on many machines: images and builds do not fit into memory.
_USUAL: Final = Path("/var/tmp")  # noqa: S108


@contextmanager
def folder(notes: Path) -> Iterator[None]:
    """
    Give this process and its children a private folder for temporary files, and remove those of killed runs.

    Args:
        notes: the folder in which each run writes down where its own is.

    Raises:
        Unwritable: there is no room for it, or no permission.
    """
    _tidy(notes)
    name = f"contd-release-{token_hex(4)}"
    path, before, python = _parent() / name, os.environ.get(_VARIABLE), tempfile.tempdir
    descriptor = _noted(notes / name, path)
    try:
        with _writing(path):
            path.mkdir(mode=0o700)
        tempfile.tempdir = os.environ[_VARIABLE] = str(path)
        yield
    finally:
        tempfile.tempdir = python
        os.environ.pop(_VARIABLE, None)
        if before is not None:
            os.environ[_VARIABLE] = before
        _remove(path, notes / name)
        os.close(descriptor)
        with suppress(OSError):
            notes.rmdir()


def _parent() -> Path:
    """Where temporary files go on this machine: never the current folder, to which Python would fall back."""
    if given := os.environ.get(_VARIABLE):
        return Path(given).absolute()
    return _USUAL if os.access(_USUAL, os.W_OK) else Path(tempfile.gettempdir())


def _noted(note: Path, path: Path) -> int:
    """The descriptor of a locked file that says where the folder will be; children do not inherit it."""
    with _writing(note):
        note.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(note, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(descriptor, os.fsencode(path))
    return descriptor


def _tidy(notes: Path) -> None:
    """Remove the folders of runs that do not live any more."""
    for note in notes.iterdir() if notes.is_dir() else ():
        with suppress(OSError), open(note, "rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path = Path(os.fsdecode(stream.read()))
            if _NAME.fullmatch(note.name) and path.name in (note.name, ""):
                _remove(path, note)


def _remove(path: Path, note: Path) -> None:
    """Remove a folder that is ours, whatever the modes of what is in it, and then the note of it."""
    if path.name and _is_ours(path):
        for root, folders, _ in os.walk(path):
            for one in (Path(root, name) for name in folders):
                if _is_ours(one):
                    one.chmod(0o700)
        shutil.rmtree(path, ignore_errors=True)
    if not (path.name and _is_ours(path)):
        note.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"the folder for temporary files cannot be made: {error.strerror}: {path}",
            expected=f"room and permission in {path.parent}",
            type_next=f"df -h {shlex.quote(str(path.parent))}   (or export TMPDIR=… to another folder)",
        ) from error
