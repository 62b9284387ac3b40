"""A terminal of tmux with a shell in it, where a person types, and what is on its screen."""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROMPT = "person$"
_RUNNING = re.compile(r"^([▸?◌] |  .*: reading what is true already ).*\d+ s$")


@dataclass(frozen=True)
class Capture:
    """
    What was on the screen at one moment.

    Args:
        at: the second, as `time.monotonic` counts.
    """

    at: float
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)

    @property
    def is_prompt(self) -> bool:
        """Whether the shell waits for a command."""
        return next((line for line in reversed(self.lines) if line), "").rstrip() == PROMPT

    @property
    def running(self) -> tuple[str, ...]:
        """The lines of the steps that run, and the first line while the steps are read."""
        return tuple(line for line in self.lines if _RUNNING.match(line))


@dataclass
class Tmux:
    """A server of tmux of its own, with one window."""

    folder: Path
    env: Mapping[str, str]
    columns: int = 80
    rows: int = 24
    captures: list[Capture] = field(default_factory=list)

    def start(self, where: Path) -> None:
        """Open the window with a shell in a folder."""
        shell = ("env", "-i", *(f"{name}={value}" for name, value in self.env.items()), "TERM=tmux", f"PS1={PROMPT} ")
        size = ("-x", str(self.columns), "-y", str(self.rows))
        command = shlex.join((*shell, "bash", "--norc", "--noprofile", "-i"))
        # The socket has a short name of its own: a path may have 107 bytes.
        self._tmux("-f", "/dev/null", "new-session", "-d", *size, "-c", str(where), command)
        self.until(lambda one: one.is_prompt, timeout=10)

    def stop(self) -> None:
        """End the server, and what runs in it."""
        self._tmux("kill-server")

    def type(self, text: str) -> None:
        """Type a line, with the Enter key at its end, and wait until it has begun."""
        self._tmux("send-keys", "-l", "--", text)
        self._tmux("send-keys", "Enter")
        self.until(lambda one: not one.is_prompt, timeout=10)

    def press(self, key: str) -> None:
        """Press one key, such as `C-c`."""
        self._tmux("send-keys", key)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size, as dragging its corner does."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))
        self.columns, self.rows = columns, rows

    def capture(self) -> Capture:
        """What is on the screen now."""
        lines = self._tmux("capture-pane", "-p").rstrip("\n").split("\n")
        self.captures.append(Capture(time.monotonic(), tuple(line.rstrip() for line in lines)))
        return self.captures[-1]

    def until(self, is_there: Callable[[Capture], bool], timeout: float = 60) -> tuple[Capture, ...]:
        """
        Look at the screen five times a second until something is on it.

        Returns:
            Every look; the last one is at what was waited for.
        """
        begun, end = len(self.captures), time.monotonic() + timeout
        while not is_there(found := self.capture()):
            assert time.monotonic() < end, f"not in {timeout} s:\n{found.text}"
            time.sleep(0.2)
        return tuple(self.captures[begun:])

    def _tmux(self, *words: str) -> str:
        command = ("tmux", "-S", str(self.folder / "tmux"), *words)
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
