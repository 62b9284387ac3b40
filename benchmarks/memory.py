"""Measure the memory of a process and of every process that it starts."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Final, Self

from contd_release.rehearse.running import descendants

_INTERVAL: Final = 0.1


class PeakMemory:
    """
    The most memory that a process and its descendants had at one time, sampled ten times a second.

    It is the sum of their proportional set sizes, so shared memory counts once. Only Linux has these sizes.
    https://docs.kernel.org/filesystems/proc.html
    """

    def __init__(self, process: int) -> None:
        self.process = process
        self.bytes = 0
        self._is_over = Event()
        self._thread = Thread(target=self._sample)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._is_over.wait(_INTERVAL):
            self.bytes = max(self.bytes, sum(map(_size, (self.process, *descendants(self.process)))))


def _size(process: int) -> int:
    """The proportional set size of one process in bytes; 0 if the process has ended or the system has no such file."""
    with suppress(OSError):
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii", errors="replace")
        if found := re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE):
            return int(found[1]) * 1024
    return 0
