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
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final, Self

from contd_release.process import Start, end, environment, spawned

_PYTHON: Final = (sys.executable, "-P", "-m")
_PROGRAM: Final = str(Path(__file__).with_name("waiting.py"))
_BUMP: Final = ("bumpversion", "bump")
_NOTES: Final = ("towncrier", "build")
# What each of these imports by itself, later, some of it only while it works; the rest of its words does not matter.
_IMPORTS: Final[Mapping[tuple[str, ...], str]] = {
    _BUMP: "bumpversion.cli bumpversion.config.utils bumpversion.scm.git rich.logging",
    _NOTES: "towncrier._shell",
    ("build",): "build.__main__ build.env venv",
    ("twine", "--no-color", "check"): "twine.cli twine.commands.check requests rich.console",
    ("twine", "--no-color", "upload"): "twine.cli twine.commands.upload rich.console",
}
# What a release that begins needs first.
BEGINNING: Final = ((*_PYTHON, *_BUMP), (*_PYTHON, *_NOTES))
# So many wait at the same time. They import beside the walk, on cores that it leaves idle.
_WAITING: Final = 2


@dataclass
class Ahead:
    """
    The tools that wait, and those that come after them.

    Use it as a context: in the end, whoever still waits is ended.
    """

    _coming: deque[tuple[str, ...]] = field(default_factory=deque)
    _waiting: list[tuple[tuple[str, ...], subprocess.Popen[bytes]]] = field(default_factory=list)
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

    def expect(self, commands: Iterable[tuple[str, ...]]) -> None:
        """
        Start the tools of these command lines, a few at a time, in this order, unless they wait already.

        Command lines of other programs are passed over.
        """
        with self._lock:
            self._coming = deque(tool for argv in commands if (tool := _tool(argv)))
            for tool, _ in self._waiting:
                if tool in self._coming:
                    self._coming.remove(tool)
            self._start()

    def take(self, start: Start) -> tuple[subprocess.Popen[bytes], bytes] | None:
        """
        The process that waits for this, and what it is to read; nothing where none waits.
        """
        tool = _tool(start.argv)
        if tool is None or start.stdin or not start.together or not (start.cwd or Path()).is_dir():
            return None
        with self._lock:
            found = next((one for one in self._waiting if one[0] == tool), None)
            if found:
                self._waiting.remove(found)
            elif tool in self._coming:
                self._coming.remove(tool)
            self._start()
        if found is None:
            return None
        if found[1].poll() is not None:
            _dismiss(found[1])
            return None
        return found[1], _task(start)

    def _start(self) -> None:
        while self._coming and len(self._waiting) < _WAITING:
            tool = self._coming.popleft()
            argv = (sys.executable, "-P", _PROGRAM, tool[0], *_IMPORTS[tool].split())
            self._waiting.append((tool, spawned(Start(argv, None, {}, together=True, waits=True))))


def _tool(argv: tuple[str, ...]) -> tuple[str, ...] | None:
    """
    Which of the known tools a command line runs.
    """
    if argv[: len(_PYTHON)] != _PYTHON:
        return None
    words = argv[len(_PYTHON) :]
    return next((tool for tool in _IMPORTS if words[: len(tool)] == tool), None)


def _task(start: Start) -> bytes:
    told = {
        "words": start.argv[len(_PYTHON) + 1 :],
        "cwd": str(start.cwd or Path.cwd()),
        "env": environment() | dict(start.env),
        "umask": start.umask,
    }
    return json.dumps(told).encode()


def _dismiss(process: subprocess.Popen[bytes]) -> None:
    with process:
        end(process)
