"""
CycloneDX: what a released package brings with it, as a bill of materials.

https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from contd_release.process.command import Command
from contd_release.process.system import venv

SPECIFICATION: Final = "1.6"


def is_here() -> bool:
    """Whether the extra `sbom` is installed."""
    return find_spec("cyclonedx_py") is not None


def describe(environment: Path, pyproject: Path, to: Path, epoch: int) -> Command:
    """
    Write down what an environment holds, under the project that it was made for; equal environments give equal bytes.

    Args:
        environment: a virtual environment with the project and what it needs, and nothing else.
        epoch: seconds since 1970 that date the document.
    """
    form = ("--output-reproducible", "--sv", SPECIFICATION, "--of", "JSON", "--mc-type", "application")
    files = ("--pyproject", str(pyproject), "--output-file", str(to), "--", str(venv.python(environment)))
    return Command(
        (sys.executable, "-P", "-m", "cyclonedx_py", "environment", *form, *files),
        env={"SOURCE_DATE_EPOCH": str(epoch)},
        timeout=300,
    )
