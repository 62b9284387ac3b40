"""Files that are there whole or not at all, whenever the process is killed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4


def write(path: Path, content: bytes | str, *, mode: int = 0o644) -> None:
    """Replace a file by this content."""
    with _whole(path, mode) as out:
        out.write(content.encode() if isinstance(content, str) else content)


def copy(source: IO[bytes], path: Path) -> None:
    """Replace a file by what this stream still holds."""
    with _whole(path, 0o644) as out:
        shutil.copyfileobj(source, out, 1 << 20)


@contextmanager
def _whole(path: Path, mode: int) -> Iterator[IO[bytes]]:
    """A file that takes its name when it is written to the end. A world need not outlive a loss of power."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name[:100]}.{uuid4().hex}.half")
    try:
        with open(half, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as out:
            yield out
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
