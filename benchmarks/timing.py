"""How long a program or a shell script takes, with the programs of this very environment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.subject import NOBODY

OURS: Final = (sys.executable, "-P", "-m", "contd_release")
PROGRAMS: Final = Path(sys.executable).parent


def timed(argv: Sequence[str], where: Path, environment: Mapping[str, str] | None = None) -> float:
    """Seconds of one run of a program."""
    env = {**os.environ, **NOBODY, **(environment or {}), "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    began = time.perf_counter()
    done = subprocess.run(argv, cwd=where, env=env, capture_output=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{argv} ended with {done.returncode}\n{done.stdout.decode()}\n{done.stderr.decode()}")
    return seconds


def shell(script: str, where: Path, environment: Mapping[str, str] | None = None) -> float:
    """Seconds of one run of a shell script, as a person would type it."""
    return timed(["sh", "-e", "-c", script], where, environment)
