"""
A command is a value: an argv that prints itself and runs itself.
"""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import IO, Protocol

from contd_release.errors import FailedCommand, Interrupted, Unanswered, Usage
from contd_release.secret import MASK, Redactor, Secret

_PASSED_ON = frozenset(
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TERM COLUMNS NO_COLOR FORCE_COLOR CI GITHUB_ACTIONS "
    "SSH_AUTH_SOCK GNUPGHOME GPG_TTY REGISTRY_AUTH_FILE PYENV_ROOT PYENV_VERSION PYTHONDONTWRITEBYTECODE "
    "HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy "
    "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SOURCE_DATE_EPOCH".split()
)
_PASSED_ON_PREFIXES = ("LC_", "XDG_", "GIT_", "PIP_", "UV_", "NOX_", "DOCKER_", "BUILDAH_", "CONTAINERS_")


class Action(Protocol):
    """
    Something a step does: printed in the plan, run in the walk.
    """

    def run(self, running: Running) -> None:
        """
        Do it.

        Raises:
            FailedCommand: when it did not work.
        """


@dataclass(frozen=True)
class Running:
    """
    The surroundings of an action: where its output goes, what is taken out of it, and whether it must stop.
    """

    log: Path
    redact: Redactor = field(default_factory=lambda: Redactor(None))
    stop: Event = field(default_factory=Event)


@dataclass(frozen=True)
class Call:
    """
    An action that is not a process: a title for people, and what to call.
    """

    title: str
    function: Callable[[], None]

    def __str__(self) -> str:
        return self.title

    def run(self, running: Running) -> None:
        """
        Call it.
        """
        if running.stop.is_set():
            raise Interrupted(f"{self.title} was not started")
        self.function()


@dataclass(frozen=True)
class Answer:
    """
    What a question's command printed, and its exit code.
    """

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Command:
    """
    One process: argv without a shell, a working directory, extra environment, and a time limit in seconds.
    """

    argv: tuple[str, ...]
    cwd: Path | None = None
    env: Mapping[str, str | Secret] = field(default_factory=dict)
    stdin: str | Secret = ""
    stdout: Path | None = None
    timeout: float = 600

    def __str__(self) -> str:
        pairs = (f"{name}={_shown(value)}" for name, value in self.env.items())
        words = " ".join((*pairs, shlex.join(self.argv)))
        return f"{words} > {shlex.quote(str(self.stdout))}" if self.stdout else words

    def run(self, running: Running) -> None:
        """
        Run it in a process group of its own; its output goes to the log, redacted.

        Raises:
            FailedCommand: it ended with something other than 0, or not within `timeout`; the message has the log's
                tail.
            Interrupted: the walk was stopped.
        """
        running.log.parent.mkdir(parents=True, exist_ok=True)
        with open(running.log, "a", encoding="utf-8", opener=_private) as log:
            log.write(f"$ {running.redact(str(self))}\n")
            log.flush()
            if self.stdout:
                self.stdout.parent.mkdir(parents=True, exist_ok=True)
                with open(self.stdout, "wb") as out:
                    code = self._copy(self._start(stdout=out, stderr=subprocess.PIPE), log, running)
            else:
                code = self._copy(self._start(stdout=subprocess.PIPE, stderr=subprocess.STDOUT), log, running)
        if code:
            raise FailedCommand(
                f"{running.redact(shlex.join(self.argv))} ended with {code}\n{tail(running.log)}",
                expected="exit code 0",
                type_next=f"less {shlex.quote(str(running.log))}",
            )

    def ask(self) -> Answer:
        """
        Run it for what it prints; a question never changes anything.

        Raises:
            Unanswered: the program is not there, or did not end within `timeout`.
        """
        process = self._start(stdout=subprocess.PIPE, stderr=subprocess.PIPE, missing=Unanswered)
        try:
            out, err = process.communicate(_revealed(self.stdin).encode(), timeout=self.timeout)
        except subprocess.TimeoutExpired:
            end(process)
            raise Unanswered(
                f"{shlex.join(self.argv)} did not end within {self.timeout:g} s",
                expected="an answer",
                type_next="the same command again, when the network and the other side are well",
            ) from None
        return Answer(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    def _start(
        self, *, stdout: int | IO[bytes], stderr: int, missing: type[Usage | Unanswered] = Usage
    ) -> subprocess.Popen[bytes]:
        # close_fds=False lets a child hold the release's lock, the only inheritable descriptor: a child that outlives
        # a killed walk keeps the next walk waiting instead of racing it.
        try:
            return subprocess.Popen(
                self.argv,
                cwd=self.cwd,
                env=environment() | {name: _revealed(value) for name, value in self.env.items()},
                stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
                close_fds=False,
            )
        except FileNotFoundError as error:
            raise missing(
                f"{error.filename} is not there, which {shlex.join(self.argv)} needs",
                expected="a program on PATH and a folder that exists",
                type_next="invoke doctor",
            ) from error

    def _copy(self, process: subprocess.Popen[bytes], log: IO[str], running: Running) -> int:
        """
        Copy what the process prints to the log until it ends.
        """
        deadline = time.monotonic() + self.timeout
        if process.stdin:
            process.stdin.write(_revealed(self.stdin).encode())
            process.stdin.close()
        source = process.stdout or process.stderr
        assert source is not None
        stream = running.redact.stream()
        with selectors.DefaultSelector() as selector:
            selector.register(source, selectors.EVENT_READ)
            try:
                while True:
                    if running.stop.is_set():
                        raise Interrupted(f"{shlex.join(self.argv)} was stopped")
                    if time.monotonic() > deadline:
                        log.write(f"\nended after {self.timeout:g} s: the time limit of this command\n")
                        return 124
                    if not selector.select(timeout=0.2):
                        continue
                    if not (chunk := os.read(source.fileno(), 65536)):
                        return process.wait()
                    log.write(stream.feed(chunk.decode(errors="replace")))
                    log.flush()
            finally:
                log.write(stream.close())
                if process.poll() is None:
                    end(process)
                source.close()


def end(process: subprocess.Popen[bytes]) -> None:
    """
    End a process group we started: asked first, then killed five seconds later.
    """
    for signum in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signum)
            process.wait(5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


def environment() -> dict[str, str]:
    """
    The part of this process's environment that every command gets: no secret is in it.
    """
    return {
        name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
    }


def tail(log: Path, lines: int = 15) -> str:
    """
    The last lines of a log, indented.
    """
    with open(log, encoding="utf-8", errors="replace") as stream:
        return "\n".join(f"  | {line.rstrip()}" for line in stream.readlines()[-lines:])


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _revealed(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _shown(value: str | Secret) -> str:
    return MASK if isinstance(value, Secret) else shlex.quote(value)
