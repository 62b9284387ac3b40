"""
The moments of a running process: it is about to write a file, to start a program, or to send a request.

Python itself names them, by its audit events (https://docs.python.org/3/library/audit_events.html): nothing of the
product is replaced. The hook acts in the very process, at one moment, as the moment begins.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

JOURNAL: Final = "journal.jsonl"
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_PATHS: Final = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "shutil.rmtree")
# A moment that comes more often in one run is known from here on.
_OFTEN: Final = 6
# What differs between two runs of one release: digests, ports, names for temporary files.
_CHANGING: Final = (
    (re.compile(r"127\.0\.0\.1(:|%3A)\d+"), "WORLD"),
    (re.compile(r"((?<=contd-release-)|tmp)[a-z0-9_]{8}\b"), "#"),
    (re.compile(r"[0-9a-f]{8,}|\d{3,}"), "#"),
)


@dataclass
class Moments:
    """
    Count the moments of this process, and act at one of them.

    Args:
        below: the folder whose files count.
        known: names of moments.
        skipped: so many moments that are not known pass before the one to act at.
        act: what to do there, once; the name of the moment is its argument.
    """

    below: str
    known: frozenset[str]
    skipped: int
    act: Callable[[str], None]
    _seen: Counter[str] = field(default_factory=Counter)
    _is_busy: bool = False

    def watch(self) -> None:
        """Look at every audit event of this process from now on."""
        sys.addaudithook(self._heard)

    def _heard(self, event: str, args: tuple[object, ...]) -> None:
        if self._is_busy or (name := self._name(event, args)) is None:
            return
        self._seen[name] += 1
        if (name := f"{name} ({min(self._seen[name], _OFTEN)})") in self.known:
            return
        self.skipped -= 1
        if self.skipped < 0:
            self._is_busy = True
            self.act(name)

    def _name(self, event: str, args: tuple[object, ...]) -> str | None:
        """The name of a moment, the same in each run; None if the event is another one."""
        if event == "open":
            path, _, flags = args
            is_ours = isinstance(path, str | bytes) and isinstance(flags, int) and flags & _WRITES
            return self._file("write", path) if is_ours else None
        if event == "os.mkdir" and Path(str(args[0])).is_dir():
            return None
        if event in _PATHS:
            return self._file(event, args[1] if event == "os.rename" else args[0])
        if event == "subprocess.Popen":
            argv = args[1]
            return self._plain(f"start {' '.join(map(str, argv))}") if isinstance(argv, tuple | list) else None
        if event == "http.client.send":
            data = args[1]
            line = data.partition(b"\r\n")[0] if isinstance(data, bytes) else b""
            is_head = line.endswith(b" HTTP/1.1")
            return self._plain(f"send {line.decode('latin-1') if is_head else 'a body'}")
        return None

    def _file(self, what: str, path: object) -> str | None:
        text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        if not text.startswith(self.below):
            return None
        if text.endswith(JOURNAL):
            # Each line of the journal is a moment of its own.
            what = f"{what} line {self._lines(Path(text)) + 1} of"
        return self._plain(f"{what} {text.removeprefix(self.below)}")

    def _lines(self, journal: Path) -> int:
        self._is_busy = True
        try:
            return journal.read_bytes().count(b"\n") if journal.exists() else 0
        finally:
            self._is_busy = False

    def _plain(self, name: str) -> str:
        for pattern, text in _CHANGING:
            name = pattern.sub(text, name.replace(self.below, ""))
        return name[:200]
