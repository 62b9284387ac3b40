"""Measure the seconds, and on request the memory, of a program or a shell script."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.memory import PeakMemory
from benchmarks.subject import NOBODY

OURS: Final = (sys.executable, "-P", "-m", "contd_release")
PROGRAMS: Final = Path(sys.executable).parent


@dataclass(frozen=True)
class Cost:
    """
    The seconds and the memory of one run.

    Args:
        peak: the most memory in bytes that its processes had at one time; 0 if not measured.
    """

    seconds: float
    peak: int = 0


def timed(
    argv: Sequence[str], where: Path, environment: Mapping[str, str] | None = None, *, has_memory: bool = False
) -> Cost:
    """Run a program and measure it; the programs of this environment come first on its `PATH`."""
    env = {**os.environ, **NOBODY, **(environment or {}), "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    began = time.perf_counter()
    process = subprocess.Popen(argv, cwd=where, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with PeakMemory(process.pid) if has_memory else nullcontext() as memory:
        out, err = process.communicate()
        seconds = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{argv} ended with {process.returncode}\n{out.decode()}\n{err.decode()}")
    return Cost(seconds, memory.bytes if memory else 0)


def shell(script: str, where: Path, environment: Mapping[str, str] | None = None, *, has_memory: bool = False) -> Cost:
    """Run a shell script, as a person would type it, and measure it."""
    return timed(["sh", "-e", "-c", script], where, environment, has_memory=has_memory)
