"""One process: a group of its own, a small environment, and nothing of it left when it is over."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from contd_release.process.redaction import is_secret_name
from contd_release.process.system import processes
from contd_release.process.system.pipes import Pipes

_PASSED_ON = frozenset(
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TERM COLUMNS NO_COLOR FORCE_COLOR CI GITHUB_ACTIONS "
    "SSH_AUTH_SOCK GNUPGHOME GPG_TTY DBUS_SESSION_BUS_ADDRESS PYTHON_KEYRING_BACKEND "
    "REGISTRY_AUTH_FILE PYENV_ROOT PYENV_VERSION PYTHONDONTWRITEBYTECODE "
    "HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy "
    "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SOURCE_DATE_EPOCH".split()
)
_PASSED_ON_PREFIXES = ("LC_", "XDG_", "GIT_", "PIP_", "UV_", "NOX_", "DOCKER_", "BUILDAH_", "CONTAINERS_")
# Git sets these for its hooks: a release started from one would work in the maintainer's own index and tree.
# https://git-scm.com/docs/git-rev-parse#Documentation/git-rev-parse.txt---local-env-vars
_OF_ONE_REPOSITORY = frozenset(
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR "
    "GIT_NAMESPACE GIT_PREFIX GIT_QUARANTINE_PATH GIT_GRAFT_FILE GIT_SHALLOW_FILE GIT_REPLACE_REF_BASE "
    "GIT_NO_REPLACE_OBJECTS GIT_IMPLICIT_WORK_TREE GIT_INTERNAL_SUPER_PREFIX".split()
)
# uv would work on the environment or the project that they name, and not on that of the folder it is started in.
# https://docs.astral.sh/uv/reference/environment/
_OF_ONE_PROJECT = frozenset("UV_PROJECT_ENVIRONMENT UV_PROJECT UV_WORKING_DIR UV_WORKING_DIRECTORY NOX_ENVDIR".split())
_GRACE = 5.0


@dataclass(frozen=True)
class Start:
    """
    What a process is started with.

    Args:
        stdout: where its output goes; empty for a pipe.
        together: whether standard error goes where the output goes.
        umask: the umask of the process; -1 inherits ours.
    """

    argv: tuple[str, ...]
    cwd: Path | None
    env: Mapping[str, str]
    stdin: bytes = field(default=b"", repr=False)
    stdout: IO[bytes] | None = None
    together: bool = False
    umask: int = -1


def spawned(start: Start) -> subprocess.Popen[bytes]:
    """
    The process, in a group of its own.

    Raises:
        OSError: it cannot be started.
    """
    # close_fds=False lets a child hold the release's lock, the only inheritable descriptor: a child that outlives
    # a killed walk keeps the next walk waiting instead of racing it.
    return subprocess.Popen(
        start.argv,
        cwd=start.cwd,
        env=environment() | dict(start.env),
        stdin=subprocess.PIPE if start.stdin else subprocess.DEVNULL,
        stdout=start.stdout or subprocess.PIPE,
        stderr=subprocess.STDOUT if start.together else subprocess.PIPE,
        start_new_session=True,
        creationflags=processes.NEW_GROUP,
        close_fds=False,
        umask=start.umask,
    )


@contextmanager
def followed(process: subprocess.Popen[bytes], text: bytes) -> Iterator[Pipes]:
    """
    The process while it runs and reads this text. However this is left, its group is ended and its pipes are closed.
    """
    try:
        with Pipes(process, text) as pipes:
            yield pipes
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process group we started: its leader is asked first, and five seconds later all that is left is killed."""
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        if process.poll() is None:
            processes.ask_to_end(process)
            process.wait(_GRACE)
    # Nothing is left; macOS says that differently where the leader is dead and not yet waited for.
    with suppress(ProcessLookupError, PermissionError):
        processes.kill_group(process.pid)
    process.wait()


def environment() -> dict[str, str]:
    """
    The part of this process's environment that every command gets.

    No variable whose name says that it is secret is in it. A password within the URL of a proxy or a mirror is: the
    tools need it there, and logs are redacted.
    """
    passed = {
        name: value
        for name, value in os.environ.items()
        if (name in _PASSED_ON | processes.NEEDED or name.startswith(_PASSED_ON_PREFIXES))
        and not (name in _OF_ONE_REPOSITORY | _OF_ONE_PROJECT or is_secret_name(name))
    }
    # git would ask on the terminal, where the question is not seen.
    return passed | {"GIT_TERMINAL_PROMPT": "0"}
