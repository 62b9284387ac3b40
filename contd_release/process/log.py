"""The log of a command: text without secrets, readable by its owner alone."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from contd_release.process.files import writing
from contd_release.process.redaction import RedactedStream, Redactor

# https://en.wikipedia.org/wiki/ANSI_escape_code#Control_Sequence_Introducer_commands
_ESCAPE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_END: Final = 4096


@dataclass(frozen=True)
class Log:
    """A log file that takes bytes in any pieces, and keeps text without secrets."""

    path: Path
    file: IO[str]
    redact: Redactor
    stream: RedactedStream
    decoder: codecs.IncrementalDecoder

    @classmethod
    @contextmanager
    def at(cls, path: Path, redact: Redactor) -> Iterator[Log]:
        """Open it; what it held before stays."""
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = open(path, "a", encoding="utf-8", errors="backslashreplace", opener=_private)  # noqa: SIM115
        log = cls(path, file, redact, redact.stream(), codecs.getincrementaldecoder("utf-8")("replace"))
        try:
            yield log
        finally:
            with writing(path):
                try:
                    file.write(log.stream.feed(log.decoder.decode(b"", final=True)) + log.stream.close())
                finally:
                    file.close()

    def line(self, text: str) -> None:
        """Write a line."""
        with writing(self.path):
            self.file.write(f"{self.redact(text)}\n")
            self.file.flush()

    def write(self, piece: bytes) -> None:
        """Write what a process has printed."""
        with writing(self.path):
            self.file.write(self.stream.feed(self.decoder.decode(piece)))
            self.file.flush()


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented."""
    with open(log, encoding="utf-8", errors="replace") as stream:
        return "\n".join(f"  | {_ESCAPE.sub('', line).rstrip()}" for line in stream.readlines()[-lines:])


def last_line(log: Path, since: float = 0) -> str:
    """
    The last line of a log that says something, without colours and control characters; `…` follows an unfinished one.

    Args:
        since: seconds since the epoch; a log that was last written before has no line.
    """
    try:
        if log.stat().st_mtime < since:
            return ""
        with open(log, "rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(stream.tell() - _END, 0))
            text = stream.read().decode(errors="replace")
    except OSError:
        return ""
    for line in reversed(_ESCAPE.sub("", text).replace("\r", "\n").splitlines(keepends=True)):
        if shown := "".join(one for one in line.expandtabs(1) if one.isprintable()).strip():
            return shown if line.endswith("\n") else f"{shown}…"
    return ""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
