"""Write files and folders whole: a killed process leaves none that is half written under its name."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from contd_release.errors import Unwritable
from contd_release.process.system import files as system


def write(path: Path, content: bytes | str, *, mode: int = 0o644) -> None:
    """Replace a file by this content."""
    with whole(path, mode=mode) as out:
        out.write(content.encode(errors="backslashreplace") if isinstance(content, str) else content)


def copy(source: IO[bytes], path: Path) -> None:
    """Replace a file by what this stream still holds."""
    with whole(path) as out:
        shutil.copyfileobj(source, out, 1 << 20)


@contextmanager
def whole(
    path: Path, *, mode: int = 0o644, is_durable: bool = False, has_one_writer: bool = False
) -> Iterator[IO[bytes]]:
    """
    A file that takes its name when it is written to the end.

    Args:
        is_durable: whether the bytes are on the disk before the file takes its name; it outlives a loss of power then.
        has_one_writer: whether only one thread of one process writes this file. Then the unfinished file that a kill
            leaves behind has one name, and the next write replaces it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name[:100]}.half" if has_one_writer else f".{path.name[:100]}.{uuid4().hex}.half")
    flags = os.O_TRUNC if has_one_writer else os.O_EXCL
    try:
        with open(system.opened(half, os.O_WRONLY | os.O_CREAT | flags, mode), "wb") as out:
            yield out
            if is_durable:
                out.flush()
                system.sync(out.fileno())
        system.replace(half, path)
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder that takes its name, and the place of an older one, when it is filled; only one process fills it."""
    half = path.with_name(f".{path.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    try:
        yield half
        shutil.rmtree(path, ignore_errors=True)
        system.replace(half, path)
    finally:
        shutil.rmtree(half, ignore_errors=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """
    Report the errors of a disk.

    Raises:
        Unwritable: this file cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"{path} cannot be written: {error.strerror}",
            expected="room on the disk and permission to write",
            type_next=f"df -h {shlex.quote(str(path.parent))}",
        ) from error
