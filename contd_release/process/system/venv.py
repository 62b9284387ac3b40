"""The folders of a virtual environment."""

from __future__ import annotations

import sys
from pathlib import Path


def programs(environment: Path) -> Path:
    """The folder of its programs."""
    return environment / ("Scripts" if sys.platform == "win32" else "bin")


def python(environment: Path) -> Path:
    """Its Python."""
    return programs(environment) / ("python.exe" if sys.platform == "win32" else "python")


def packages(environment: Path) -> Path:
    """The folder of its packages."""
    if sys.platform == "win32":
        return environment / "Lib" / "site-packages"
    [found] = environment.glob("lib/python*/site-packages")
    return found
