"""
The folder for temporary files of one run and of every program that it starts, which the next run removes after a kill.

A run writes down where its folder is before it makes it, in a file that it keeps locked as long as it lives.
"""

from __future__ import annotations

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
from contd_release.process.system import locks
from contd_release.process.system.files import TEMPORARY, is_mine, opened

_NAME: Final = re.compile(r"contd-release-[0-9a-f]{8}")
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
    path, python = _parent() / name, tempfile.tempdir
    before = {variable: os.environ.get(variable) for variable in TEMPORARY}
    descriptor = _noted(notes / name, path)
    try:
        with _writing(path):
            path.mkdir(mode=0o700)
        tempfile.tempdir = str(path)
        os.environ.update(dict.fromkeys(TEMPORARY, str(path)))
        yield
    finally:
        tempfile.tempdir = python
        for variable, value in before.items():
            os.environ.pop(variable, None)
            if value is not None:
                os.environ[variable] = value
        is_gone = _removed(path)
        # Windows removes no file that is open.
        os.close(descriptor)
        if is_gone:
            (notes / name).unlink(missing_ok=True)
        with suppress(OSError):
            notes.rmdir()


def _parent() -> Path:
    """Where temporary files go on this machine: never the current folder, to which Python would fall back."""
    if given := os.environ.get(TEMPORARY[0]):
        return Path(given).absolute()
    return _USUAL if os.access(_USUAL, os.W_OK) else Path(tempfile.gettempdir())


def _noted(note: Path, path: Path) -> int:
    """The descriptor of a locked file that says where the folder will be; children do not inherit it."""
    with _writing(note):
        note.parent.mkdir(parents=True, exist_ok=True)
        descriptor = opened(note, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        locks.lock(descriptor)
        os.write(descriptor, os.fsencode(path))
    return descriptor


def _tidy(notes: Path) -> None:
    """Remove the folders of runs that do not live any more."""
    for note in notes.iterdir() if notes.is_dir() else ():
        with suppress(OSError):
            if _tidied(note):
                note.unlink(missing_ok=True)


def _tidied(note: Path) -> bool:
    """Remove the folder that a note names; false if its run lives, if the note is not ours, or if it stays."""
    with open(note, "rb") as stream:
        if not (locks.lock(stream.fileno()) and _NAME.fullmatch(note.name)):
            return False
        path = Path(os.fsdecode(stream.read()))
        return path.name in (note.name, "") and _removed(path)


def _removed(path: Path) -> bool:
    """Remove a folder that is ours, whatever the modes of what is in it; false if it is still there."""
    if path.name and _is_ours(path):
        for root, folders, _ in os.walk(path):
            for one in (Path(root, name) for name in folders):
                if _is_ours(one):
                    one.chmod(0o700)
        shutil.rmtree(path, ignore_errors=True)
    return not (path.name and _is_ours(path))


def _is_ours(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and is_mine(found)


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
