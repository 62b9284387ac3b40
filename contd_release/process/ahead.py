"""
Tools that are needed soon are started now: most of what they take is to import themselves.

bump-my-version imports for half a second, twine for a third, while a walk waits for git, a build or the network. A tool
started ahead has its imports behind it when its command comes. It gets words, folder and environment then, and not
before; nobody can tell its work from that of one that was started for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final, Self

from contd_release.process.running import Start, end, environment, spawned

_PROGRAM: Final = str(Path(__file__).with_name("waiting.py"))
# So many wait or work at the same time: who is needed later never takes a core from who is needed now.
_AT_ONCE: Final = 2


@dataclass(frozen=True)
class Tool:
    """
    A program in Python, which runs as `python -m` does.

    Args:
        module: its name.
        imports: modules that it imports by itself, later, some of them only while it works.
        unused: modules that it imports and our commands do not use; they are imported where something uses them.
        env: environment that its imports get besides ours; its command gets its own.
    """

    module: str
    imports: tuple[str, ...]
    unused: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, hash=False)

    def argv(self, *words: str) -> tuple[str, ...]:
        """The command line that runs it with these words."""
        return (sys.executable, "-P", "-m", self.module, *words)

    def words(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """The words of such a command line."""
        return argv[len(self.argv()) :]


@dataclass
class Ahead:
    """
    The tools that wait, and those that come after them.

    Use it as a context: in the end, whoever still waits is ended.
    """

    _coming: deque[Tool] = field(default_factory=deque)
    _waiting: list[tuple[Tool, subprocess.Popen[bytes]]] = field(default_factory=list)
    _working: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._coming.clear()
            while self._waiting:
                _dismiss(self._waiting.pop()[1])

    def expect(self, tools: Iterable[Tool]) -> None:
        """Start these, a few at a time, in this order, unless they wait already."""
        with self._lock:
            self._coming = deque(tools)
            for tool, _ in self._waiting:
                self._forget(tool)
            self._start()

    def take(self, tool: Tool, start: Start) -> tuple[subprocess.Popen[bytes], bytes] | None:
        """The process that waits for this, and what it is to read; nothing where none waits."""
        if start.stdin or not start.together or not (start.cwd or Path()).is_dir():
            return None
        with self._lock:
            found = next((one for one in self._waiting if one[0] == tool), None)
            if found:
                self._waiting.remove(found)
                self._working.append(found[1])
            else:
                self._forget(tool)
        if found is None:
            return None
        process = found[1]
        if process.poll() is not None:
            _dismiss(process)
            return None
        return process, _task(tool, start)

    def go_on(self) -> None:
        """Start whoever comes next, now that a command has ended."""
        with self._lock:
            self._start()

    def _forget(self, tool: Tool) -> None:
        with suppress(ValueError):
            self._coming.remove(tool)

    def _start(self) -> None:
        self._working = [process for process in self._working if process.returncode is None]
        while self._coming and len(self._waiting) + len(self._working) < _AT_ONCE:
            tool = self._coming.popleft()
            argv = (sys.executable, "-P", _PROGRAM, tool.module, ",".join(tool.imports), ",".join(tool.unused))
            # What keeps it from being started now is told by its command, if that is so then.
            with suppress(OSError):
                self._waiting.append((tool, spawned(Start(argv, None, tool.env, together=True, waits=True))))


def _task(tool: Tool, start: Start) -> bytes:
    told = {
        "words": tool.words(start.argv),
        "cwd": str(start.cwd or Path.cwd()),
        "env": environment() | dict(start.env),
        "umask": start.umask,
    }
    return json.dumps(told).encode()


def _dismiss(process: subprocess.Popen[bytes]) -> None:
    with process:
        end(process)
