"""
Every kind of failure that a person can act on.

Each leaf has an exit code of its own, so that CI can tell a conflict from a server that did not answer. Anything that
is not a `ReleaseError` is a bug and keeps its traceback.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EACCES, EDQUOT, EEXIST, EIO, ENAMETOOLONG, ENOSPC, ENOTDIR, EPERM, EROFS
from pathlib import Path
from types import FrameType
from typing import ClassVar, Final

# Characters that act on a terminal, or turn the direction of a text, instead of being read.
CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# https://docs.github.com/actions/reference/workflow-commands-for-github-actions; `##[` is their older form.
_WORKFLOW_COMMAND: Final = re.compile(r"(?m)^(\s*):(?=:)|(##)\[")

# Reasons of the machine for which a file or folder cannot be used; every other OSError is a bug.
_OF_THE_DISK: Final = frozenset((EACCES, EPERM, EROFS, ENOSPC, EDQUOT, EIO, ENOTDIR, EEXIST, ENAMETOOLONG))
_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)
# The command that a person typed, where another program runs ours for them.
TYPED: Final = "CONTD_RELEASE_TYPED"
# The tasks that mean the repository where a person is, whatever runs them.
_PROGRAMS: Final = {"invoke": "invoke", "inv": "invoke", "contd-release": "contd-release"}
_BESIDE: Final = re.compile(r"""\bbeside\([^)\n]*\bname=["']([\w-]+)["']""")
_COMMAND: Final = re.compile(r"\b(invoke )(?!(?:finds|acts|runs|itself)\b)(?=[a-z]{3,})")
_OF_THE_REPOSITORY: Final = frozenset({"adopt", "changelog", "doctor", "news", "schedule"})


class ReleaseError(Exception):
    """
    Something stopped: what is, what was expected, and what to type next.

    Most errors say what to type; for the others each class has a default (`otherwise`), or says when the same command
    is worth typing again (`when`).
    """

    exit_code: ClassVar[int] = 1
    otherwise: ClassVar[str] = "invoke status"
    when: ClassVar[str] = ""

    def __init__(self, what_is: str, expected: str = "", type_next: str = "") -> None:
        super().__init__(what_is, expected, type_next)
        self.what_is = what_is
        self.expected = expected
        self.type_next = typed(type_next or (again(self.when) if self.when else self.otherwise))

    def __str__(self) -> str:
        lines = [self.what_is]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.type_next:
            lines.append(f"  type:     {self.type_next}")
        return "\n".join(lines)


class Usage(ReleaseError):
    """The call or the configuration has a mistake."""

    exit_code = 2
    otherwise = "invoke doctor   (it tells what keeps this repository from being released)"


class NotReady(Usage):
    """A requirement that only a person can meet is not met: a tool, a credential, a fragment, an unpushed commit."""


class Conflict(ReleaseError):
    """Something else has our name. It is never overwritten, moved or deleted."""

    exit_code = 3


class Unanswered(ReleaseError):
    """An observation cannot know: a time-out, a 5xx, a refused connection, a 401. This is not "absent"."""

    exit_code = 4
    when = "when the other side is well"


class Unsettled(ReleaseError):
    """The command succeeded and the world still does not show it."""

    exit_code = 5
    when = "in a while"


class FailedCommand(ReleaseError):
    """A command ended with something other than 0, or not in time."""

    exit_code = 6
    when = "when the cause is mended"


class FailedProof(FailedCommand):
    """Tests, benchmarks, docs or examples fail on the tree that would be released. Nothing is public."""

    exit_code = 7


class NeedsPerson(ReleaseError):
    """A person has to decide."""

    exit_code = 8


class Unwritable(ReleaseError):
    """The journal or a log cannot be written, so no effect may begin."""

    exit_code = 9
    when = "when there is room for it and the right to write it"


class Held(ReleaseError):
    """The monitor's verdict is to hold: something is unusual or unknown, and a person has to look."""

    exit_code = 10


class RollbackProposed(ReleaseError):
    """The monitor's verdict is that the release does harm. A person decides; nothing rolls back by itself."""

    exit_code = 11


class Unexplained(ReleaseError):
    """Something is public under the project's name that no release of ours explains."""

    exit_code = 12


class Interrupted(ReleaseError):
    """Ctrl-C, SIGTERM or SIGHUP, or a sibling of this command failed. The walk continues where it stopped."""

    exit_code = 130
    when = "it continues where it stopped"


class Several(ReleaseError):
    """More than one thing stopped us; all of them are printed at once, and the first decides the exit code."""

    def __init__(self, errors: Sequence[ReleaseError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.type_next = ""
        self.errors = tuple(errors)

    @property
    def first(self) -> ReleaseError:
        """The error that decides the exit code."""
        return self.errors[0]


def again(when: str) -> str:
    """The command that a person typed, and when it is worth typing it once more."""
    program = Path(sys.argv[0])
    name = "contd-release" if program.parent.name == "contd_release" else program.name
    words = shlex.join((_PROGRAMS[name], *sys.argv[1:])) if name in _PROGRAMS else "the same command again"
    return f"{os.environ.get(TYPED) or words}   ({when})"


def typed(hint: str) -> str:
    """What to type next, as the person can: where another program runs this one for them, that one again."""
    program, _, rest = hint.partition(" ")
    task = rest.partition(" ")[0]
    command = os.environ.get(TYPED)
    if not command or hint.startswith(command) or program not in _PROGRAMS or task in _OF_THE_REPOSITORY:
        return hint
    part = re.search(r" --part [a-z]+", hint)
    return re.sub(r" --part [a-z]+", "", command) + part[0] if part else command


def as_named(text: str) -> str:
    """A text whose commands have the names that the tasks have in this repository: `invoke rel.release`."""
    folders = (Path.cwd(), *Path.cwd().parents) if _COMMAND.search(text) else ()
    files = (folder / name for folder in folders for name in ("tasks.py", "tasks/__init__.py"))
    path = next((one for one in files if one.is_file()), None)
    found = _BESIDE.search(path.read_text(encoding="utf-8", errors="replace")) if path else None
    return _COMMAND.sub(rf"\1{found[1]}.", text) if found else text


def raise_all(errors: Sequence[ReleaseError]) -> None:
    """Raise nothing, the one error, or all as one, each once; what another's failure interrupted is left out."""
    flat = [leaf for error in errors for leaf in _leaves(error)]
    causes = [leaf for leaf in flat if not isinstance(leaf, Interrupted)] or flat[:1]
    causes = list({str(leaf): leaf for leaf in causes}.values())
    if len(causes) == 1:
        raise causes[0]
    if causes:
        raise Several(causes)


def exit_code(error: ReleaseError) -> int:
    """The process exit code of an error, from 2 to 12, or 130 when interrupted."""
    return exit_code(error.first) if isinstance(error, Several) else error.exit_code


def with_exit_code(code: int) -> type[ReleaseError]:
    """The kind of error that ends with this exit code; `FailedCommand` for a code of no kind."""
    kinds = (Usage, Conflict, Unanswered, Unsettled, FailedProof, NeedsPerson, Unwritable, Held, RollbackProposed)
    return next((kind for kind in (*kinds, Unexplained, Interrupted) if kind.exit_code == code), FailedCommand)


def visible(text: str) -> str:
    """
    A text that others may have written, as it is printed: control characters are shown, and workflow commands are no
    commands any more. What stands in JSON stays JSON.
    """
    shown = CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return _WORKFLOW_COMMAND.sub(lambda found: f"{found[2]}\\u005b" if found[2] else f"{found[1]}\\u003a", shown)


@contextmanager
def disk_named(what: str = "") -> Iterator[None]:
    """
    Report what a disk refuses: it is full or read-only, a folder is none, a name is too long.

    Args:
        what: what is done meanwhile, as an error says it.

    Raises:
        Unwritable: the disk refused it. Other errors of the system are bugs.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
        place = next((one for one in path.absolute().parents if one.is_dir()), None) if path else None
        raise Unwritable(
            ": ".join(filter(None, (what, error.strerror, str(path)[:300] if path else ""))),
            expected="room on the disk, and permission to write there",
            type_next=f"df -h {shlex.quote(str(place))}; ls -ld {shlex.quote(str(place))}" if place else "df -h",
        ) from error


@contextmanager
def edge() -> Iterator[None]:
    """
    The one place where an error becomes a message and an exit code; SIGTERM and SIGHUP stop as Ctrl-C does.

    Raises:
        invoke.exceptions.Exit: for every `ReleaseError` that reaches it, for Ctrl-C, and for what this machine refuses.
    """
    from invoke.exceptions import Exit

    try:
        with _signals_heard(), disk_named():
            yield
    except ReleaseError as error:
        raise Exit(f"\n{visible(as_named(str(error)))}", code=exit_code(error)) from error
    except KeyboardInterrupt as error:
        stopped = interruption(error)
        raise Exit(f"\n{stopped}", code=stopped.exit_code) from error


def refusal(error: OSError) -> Unwritable | None:
    """What to say of a file or folder that this machine refuses: a read-only home, a full disk; None for a bug."""
    if error.errno not in _OF_THE_DISK or not error.filename:
        return None
    path = Path(os.fsdecode(error.filename))
    look = f"ls -ld {shlex.quote(str(path.parent))}"
    return Unwritable(f"{path} cannot be used: {error.strerror}", "a folder that we may write to, with room", look)


def interruption(error: KeyboardInterrupt) -> Interrupted:
    """What stopped the walk: Ctrl-C, or the signal that the error names."""
    return Interrupted(f"stopped by {error.args[0]}" if error.args else "interrupted")


@contextmanager
def _signals_heard() -> Iterator[None]:
    """Raise KeyboardInterrupt for SIGTERM and SIGHUP; a signal that the caller ignores, as `nohup` does, is ignored."""

    def stop(number: int, _: FrameType | None) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    is_main = threading.current_thread() is threading.main_thread()
    heard = [one for one in _SIGNALS if is_main and signal.getsignal(one) is signal.SIG_DFL]
    for one in heard:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one in heard:
            signal.signal(one, signal.SIG_DFL)


def _leaves(error: ReleaseError) -> Iterator[ReleaseError]:
    return (leaf for one in error.errors for leaf in _leaves(one)) if isinstance(error, Several) else iter((error,))
