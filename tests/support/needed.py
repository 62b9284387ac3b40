"""A wheel that other packages need."""

from __future__ import annotations

import zipfile
from pathlib import Path


def wheel(folder: Path) -> None:
    """Put the wheel of a package `needed` into a folder."""
    metadata = "Metadata-Version: 2.1\nName: needed\nVersion: 1.0\n"
    tag = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(folder / "needed-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("needed.py", "there = True\n")
        for path, text in (("METADATA", metadata), ("WHEEL", tag), ("RECORD", "needed.py,,\n")):
            archive.writestr(f"needed-1.0.dist-info/{path}", text)
