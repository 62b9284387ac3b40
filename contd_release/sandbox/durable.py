"""
Files that are there whole or not at all, whenever the process is killed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import IO
from uuid import uuid4


def write(path: Path, content: bytes | str, *, mode: int = 0o644) -> None:
    """
    Replace a file by this content.
    """
    half = _half(path)
    with open(half, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as out:
        out.write(content.encode() if isinstance(content, str) else content)
        _settle(out, half, path)


def copy(source: IO[bytes], path: Path) -> None:
    """
    Replace a file by what this stream still holds.
    """
    half = _half(path)
    with open(half, "wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
        _settle(out, half, path)


def _half(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name[:100]}.{uuid4().hex}.half")


def _settle(out: IO[bytes], half: Path, path: Path) -> None:
    out.flush()
    os.fsync(out.fileno())
    half.replace(path)
