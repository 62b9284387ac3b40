"""What goes into a process and what comes out of it, at the same time, so that neither side waits for the other."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Final, Self

_PIECE: Final = 65536
_LINGERING: Final = 1.0


class _Both(ABC):
    """What both kinds share: when a process has said everything."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._heard = time.monotonic()
        self._ended = 0.0

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(self, *_: object) -> None:
        """Let go of the pipes."""

    @abstractmethod
    def pieces(self, seconds: float = 0.2) -> Iterator[tuple[bool, bytes]]:
        """What comes within these seconds: whether it is from standard error, and the bytes."""

    @property
    @abstractmethod
    def is_reading(self) -> bool:
        """Whether a pipe is still open at its other end."""

    def code(self) -> int | None:
        """
        The exit code, once the process has ended and everything it printed was read.

        A child that it left behind may hold a pipe open for ever; after a second of silence that is the child's affair.
        """
        code = self.process.poll()
        if code is None:
            return None
        # What it printed last may not have been read yet, however long it had been silent before.
        self._ended = self._ended or time.monotonic()
        silent = time.monotonic() - max(self._heard, self._ended)
        return None if self.is_reading and silent < _LINGERING else code

    def _wait(self, seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)


class SelectedPipes(_Both):
    """Pipes that one thread watches at once: on Linux and macOS."""

    def __init__(self, process: subprocess.Popen[bytes], text: bytes) -> None:
        super().__init__(process)
        self._rest = memoryview(text)
        self._selector = selectors.DefaultSelector()
        for out in (process.stdout, process.stderr):
            if out:
                self._selector.register(out, selectors.EVENT_READ)
        if process.stdin and sys.platform != "win32":
            os.set_blocking(process.stdin.fileno(), False)
            self._selector.register(process.stdin, selectors.EVENT_WRITE)

    def __exit__(self, *_: object) -> None:
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            self._close(pipe)
        self._selector.close()

    def pieces(self, seconds: float = 0.2) -> Iterator[tuple[bool, bytes]]:
        """What comes within these seconds: whether it is from standard error, and the bytes."""
        if not self._selector.get_map():
            self._wait(seconds)
        for key, _ in self._selector.select(seconds) if self._selector.get_map() else ():
            is_error = key.fileobj is self.process.stderr
            if key.fileobj is self.process.stdin:
                self._feed()
            elif piece := os.read(key.fd, _PIECE):
                self._heard = time.monotonic()
                yield is_error, piece
            else:
                self._close(self.process.stderr if is_error else self.process.stdout)

    @property
    def is_reading(self) -> bool:
        """Whether a pipe is still open at its other end."""
        return any(key.fileobj is not self.process.stdin for key in self._selector.get_map().values())

    def _feed(self) -> None:
        assert self.process.stdin is not None
        try:
            self._rest = self._rest[os.write(self.process.stdin.fileno(), self._rest[:_PIECE]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            # It does not want to read all of it. Its exit code says whether that was right.
            self._rest = self._rest[:0]
        if not self._rest:
            self._close(self.process.stdin)

    def _close(self, pipe: IO[bytes] | None) -> None:
        if pipe and not pipe.closed:
            self._selector.unregister(pipe)
            pipe.close()


class ThreadedPipes(_Both):
    """Pipes with a thread for each: Windows can wait for several sockets at once, but not for pipes."""

    def __init__(self, process: subprocess.Popen[bytes], text: bytes) -> None:
        super().__init__(process)
        self._pieces: SimpleQueue[tuple[bool, bytes]] = SimpleQueue()
        self._open = 0
        for is_error, out in ((False, process.stdout), (True, process.stderr)):
            if out:
                self._open += 1
                Thread(target=self._read, args=(out, is_error), daemon=True).start()
        if process.stdin:
            Thread(target=self._feed, args=(process.stdin, text), daemon=True).start()

    def __exit__(self, *_: object) -> None:
        # Each thread closes its own pipe when the other end is closed: a pipe that is being read cannot be closed here.
        return

    def pieces(self, seconds: float = 0.2) -> Iterator[tuple[bool, bytes]]:
        """What comes within these seconds: whether it is from standard error, and the bytes."""
        if not self._open:
            self._wait(seconds)
        with suppress(Empty):
            is_error, piece = self._pieces.get(timeout=seconds if self._open else 0)
            while True:
                if piece:
                    self._heard = time.monotonic()
                    yield is_error, piece
                else:
                    self._open -= 1
                is_error, piece = self._pieces.get_nowait()

    @property
    def is_reading(self) -> bool:
        """Whether a pipe is still open at its other end."""
        return self._open > 0

    def _read(self, out: IO[bytes], is_error: bool) -> None:
        with out, suppress(OSError):
            while piece := os.read(out.fileno(), _PIECE):
                self._pieces.put((is_error, piece))
        self._pieces.put((is_error, b""))

    @staticmethod
    def _feed(pipe: IO[bytes], text: bytes) -> None:
        # It may not want to read all of it. Its exit code says whether that was right.
        with suppress(OSError), pipe:
            pipe.write(text)


if sys.platform == "win32":
    Pipes = ThreadedPipes
else:
    Pipes = SelectedPipes
