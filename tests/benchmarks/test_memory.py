"""The memory that a benchmark measures."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.memory import PeakMemory

CHILD = "import sys; held = b'.' * 60_000_000; sys.stdout.write('.'); sys.stdout.flush(); sys.stdin.read()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux has the memory of each process")
def test_memory_of_child_processes_counts() -> None:
    """The peak includes the memory of processes that the measured process started."""
    process = subprocess.Popen((sys.executable, "-c", PARENT), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process, PeakMemory(process.pid) as measured:
        assert process.stdout is not None
        assert process.stdout.read(1) == b"."
        until(lambda: measured.bytes > 60_000_000)
        process.communicate()

    assert 60_000_000 < measured.bytes < 120_000_000


def until(is_so: Callable[[], bool]) -> None:
    """Wait until this is true, at most ten seconds."""
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
