"""
The ledger: one line per finished item, on the disk before `add` returns.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from contd.line import decoded, encoded


class Ledger:
    """
    A set of names that survives the process. A line that was cut by a crash does not count.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._done = set(self._read())

    def __contains__(self, item: object) -> bool:
        return item in self._done

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._done))

    def __len__(self) -> int:
        return len(self._done)

    def remaining(self, items: Iterable[str]) -> Iterator[str]:
        """
        The items that are not done, in their order, each once; asked again as each one comes up.
        """
        told: set[str] = set()
        for item in items:
            if item not in self._done and item not in told:
                told.add(item)
                yield item

    def add(self, item: str) -> None:
        """
        Say that an item is done. When this returns, it is on the disk.
        """
        if item in self._done:
            return
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        with open(descriptor, "r+b", buffering=0) as file:
            file.write(self._mend(descriptor) + encoded(item))
            os.fsync(descriptor)
        self._done.add(item)

    def _read(self) -> Iterator[str]:
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return
        whole, _, _ = text.rpartition(b"\n")
        for line in whole.splitlines():
            item = decoded(line)
            if item is not None:
                yield item

    @staticmethod
    def _mend(descriptor: int) -> bytes:
        size = os.fstat(descriptor).st_size
        return b"\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else b""
