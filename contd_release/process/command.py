"""A command is a value: an argv that prints itself and runs itself."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Final

from contd_release.errors import FailedCommand, Interrupted, Unanswered, Usage, again
from contd_release.process.action import Running
from contd_release.process.files import whole, writing
from contd_release.process.log import Log, tail
from contd_release.process.redaction import MASK, Redactor, Secret
from contd_release.process.running import Start, end, environment, followed, spawned
from contd_release.process.system.pipes import Pipes
from contd_release.process.system.venv import programs

__all__ = ["Answer", "Command", "end", "environment", "python_module", "tail"]

_EVERYWHERE: Final = 0o022


@dataclass(frozen=True)
class Answer:
    """What a question's command printed, and its exit code."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """What it printed, as text."""
        return self.raw.decode(errors="replace")


@dataclass(frozen=True)
class Command:
    """
    One process: argv without a shell, a working directory, extra environment, and a time limit in seconds.

    Args:
        umask: the umask of its files; -1 inherits ours.
        venv: a virtual environment that it runs in, as if it were activated.
    """

    argv: tuple[str, ...]
    cwd: Path | None = None
    env: Mapping[str, str | Secret] = field(default_factory=dict)
    stdin: str | Secret = ""
    stdout: Path | None = None
    timeout: float = 600
    umask: int = -1
    venv: Path | None = None

    def __post_init__(self) -> None:
        if not self.argv or any(character in word for word in self.argv for character in "\0\n\r"):
            raise Usage(
                f"{self.argv!r} cannot be run",
                expected="a program and its arguments, none with a line break or a NUL; text goes to standard input",
                type_next="$EDITOR pyproject.toml",
            )
        for name, value in self.env.items():
            if not name or "=" in name or "\0" in name + _revealed(value):
                raise Usage(
                    f"{name!r} cannot be set for {self.argv[0]}",
                    expected="a name, and a value without a NUL",
                    type_next="$EDITOR pyproject.toml",
                )

    def __str__(self) -> str:
        pairs = [f"{name}={_shown(value)}" for name, value in self.env.items()]
        if self.venv:
            venv = shlex.quote(str(self.venv))
            pairs += [f"VIRTUAL_ENV={venv}", f"PATH={venv}/bin:$PATH"]
        words = " ".join((*pairs, shlex.join(self.argv)))
        return f"{words} > {shlex.quote(str(self.stdout))}" if self.stdout else words

    def reproducible(self) -> Command:
        """The same command, whose files have the same modes on every machine: modes go into wheels and images."""
        return replace(self, umask=_EVERYWHERE)

    def run(self, running: Running) -> None:
        """
        Run it in a process group of its own; its output goes to the log, redacted.

        Where `stdout` names a file, that has all of the output, or is as it was when the command failed or was killed.

        Raises:
            FailedCommand: it ended with something other than 0, or not within `timeout`; the message has the log's
                tail.
            Interrupted: the walk was stopped.
            Unwritable: the log, or the file its output goes to, cannot be written.
        """
        redact = running.redact.also(self._secrets())
        if running.stop.is_set():
            raise Interrupted(f"{redact(shlex.join(self.argv))} was not started")
        with _output(self.stdout) as out:
            with Log.at(running.log, redact) as log:
                log.line(f"$ {self}")
                code = self._copied(log, running, out)
            if code:
                raise FailedCommand(
                    f"{redact(shlex.join(self.argv))} ended with {code}\n{tail(running.log)}",
                    expected="exit code 0",
                    type_next=f"less {shlex.quote(str(running.log))}",
                )

    def ask(self) -> Answer:
        """
        Run it for what it prints; a question never changes anything. What it says on standard error is redacted.

        Raises:
            Unanswered: the program is not there, or did not end within `timeout`.
        """
        deadline = time.monotonic() + self.timeout
        redact = Redactor.of_environment().also(self._secrets())
        said: dict[bool, list[bytes]] = {False: [], True: []}
        with _started(self._start(None, together=False), Unanswered) as pipes:
            while (code := pipes.code()) is None:
                for is_error, piece in pipes.pieces():
                    said[is_error].append(piece)
                if time.monotonic() > deadline:
                    raise Unanswered(
                        f"{redact(shlex.join(self.argv))} did not end within {self.timeout:g} s",
                        expected="an answer",
                        type_next=again("when the network and the other side are well"),
                    )
        return Answer(code, b"".join(said[False]), redact(b"".join(said[True]).decode(errors="replace")))

    def _copied(self, log: Log, running: Running, out: IO[bytes] | None) -> int:
        """The exit code, or 124 after `timeout`; what the process printed is in the log."""
        deadline = time.monotonic() + self.timeout
        with _started(self._start(out, together=not out), Usage) as pipes:
            while (code := pipes.code()) is None:
                for _, piece in pipes.pieces():
                    log.write(piece)
                if running.stop.is_set():
                    raise Interrupted(f"{log.redact(shlex.join(self.argv))} was stopped")
                if time.monotonic() > deadline:
                    log.write(f"\nended after {self.timeout:g} s: the time limit of this command\n".encode())
                    return 124
        return code

    def _start(self, out: IO[bytes] | None, *, together: bool) -> Start:
        env = {name: _revealed(value) for name, value in self.env.items()}
        if self.venv:
            path = os.pathsep.join((str(programs(self.venv)), os.environ.get("PATH", os.defpath)))
            env |= {"VIRTUAL_ENV": str(self.venv), "PATH": path}
        text = _revealed(self.stdin).encode(errors="surrogateescape")
        return Start(self.argv, self.cwd, env, text, out, together, self.umask)

    def _secrets(self) -> list[str]:
        return [value.reveal() for value in (*self.env.values(), self.stdin) if isinstance(value, Secret)]


def python_module(name: str, *words: str) -> tuple[str, ...]:
    """The argv of `python -m NAME`; `-P` keeps modules of the working directory from taking its place."""
    return (sys.executable, "-P", "-m", name, *words)


@contextmanager
def _started(start: Start, missing: type[Usage | Unanswered]) -> Iterator[Pipes]:
    try:
        process = spawned(start)
    except FileNotFoundError as error:
        raise missing(
            f"{error.filename} is not there, which {shlex.join(start.argv)} needs",
            expected="a program on PATH and a folder that exists",
            type_next=f"ls {shlex.quote(str(error.filename))}"
            if error.filename != start.argv[0]
            else f"command -v {shlex.quote(start.argv[0])}",
        ) from error
    except OSError as error:
        raise missing(
            f"{start.argv[0]} cannot be started: {error.strerror}",
            expected="a program that may be run, in a folder, with arguments that fit",
            type_next=f"ls -l {shlex.quote(start.argv[0])}",
        ) from error
    with followed(process, start.stdin) as pipes:
        yield pipes


@contextmanager
def _output(path: Path | None) -> Iterator[IO[bytes] | None]:
    if path is None:
        yield None
        return
    with writing(path), whole(path, has_one_writer=True) as out:
        yield out


def _revealed(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _shown(value: str | Secret) -> str:
    return MASK if isinstance(value, Secret) else shlex.quote(value)
