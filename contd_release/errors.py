"""
Every kind of failure that a person can act on.

Each leaf has an exit code of its own, so that CI can tell a conflict from a server that did not answer. Anything that
is not a `ReleaseError` is a bug and keeps its traceback.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Final

# The command that a person typed, where another program runs ours for them.
TYPED: Final = "CONTD_RELEASE_TYPED"
# The package that a call is about, where the repository has several; the option --package says it, too.
PACKAGE: Final = "CONTD_RELEASE_PACKAGE"
# The tasks that mean the repository where a person is, whatever runs them.
_PROGRAMS: Final = {"invoke": "invoke", "inv": "invoke", "contd-release": "contd-release"}
_OF_THE_REPOSITORY: Final = frozenset({"adopt", "changelog", "doctor", "news", "schedule"})
# The tasks that take the options of a release; those of them that choose no version, and whether they take a value.
_OF_A_RELEASE: Final = frozenset({"bump", "build", "check", "plan", "release"})
_KEPT: Final = {"--because": True, "--without-ci": True, "--yes": False, "--dry-run": False}
_KEPT_BY_ROLLBACK: Final = {"--dry-run": False}
_BEGINS: Final = re.compile(r"invoke (release|rollback)( --(?:part|version|pre|final)\b.*)")
# A task in a hint, other than the one that is about the repository and its packages.
_A_TASK: Final = re.compile(r"\b(?:invoke|contd-release) (?!adopt\b)[a-z]+(?:\.[a-z]+)?\b")


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
        self.type_next = of_package(typed(type_next or (again(self.when) if self.when else self.otherwise)))

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
    name = _program()
    words = shlex.join((_PROGRAMS[name], *sys.argv[1:])) if name in _PROGRAMS else "the same command again"
    return f"{os.environ.get(TYPED) or words}   ({when})"


def for_package(name: str) -> str:
    """The command that a person typed, with this package."""
    words = sys.argv[1:]
    for number, word in enumerate(words):
        if word == "--package":
            words = [*words[:number], *words[number + 2 :]]
            break
    words = [word for word in words if not word.startswith("--package=")]
    known = _PROGRAMS.get(_program(), "invoke")
    return shlex.join((known, *words, "--package", name))


def _program() -> str:
    """The name of the program that runs, as a person types it."""
    program = Path(sys.argv[0])
    return "contd-release" if program.parent.name == "contd_release" else program.name


def of_package(hint: str) -> str:
    """What to type next, with the package that this call is about."""
    name = os.environ.get(PACKAGE, "")
    if not name or "--package" in hint:
        return hint
    return _A_TASK.sub(rf"\g<0> --package {shlex.quote(name)}", hint)


def typed(hint: str) -> str:
    """What to type next, as the person can: where another program runs this one for them, that one again."""
    program, _, rest = hint.partition(" ")
    task = rest.partition(" ")[0]
    command = os.environ.get(TYPED)
    if not command:
        return _as_typed(hint)
    if hint.startswith(command) or program not in _PROGRAMS or task in _OF_THE_REPOSITORY:
        return hint
    part = re.search(r" --part [a-z]+", hint)
    return re.sub(r" --part [a-z]+", "", command) + part[0] if part else command


def _as_typed(hint: str) -> str:
    """
    The hint that begins a release or a rollback, with the task that a person typed and the options to keep.

    A hint is copied without a second thought, so the answer to a plan is a plan.
    """
    command, mark, comment = hint.partition("   (")
    words = [word for one in sys.argv[1:] for word in (one.split("=", 1) if one.startswith("--") else (one,))]
    at = next((number for number, word in enumerate(words) if not word.startswith("-")), len(words))
    task, rest = words[: at + 1], words[at + 1 :]
    begins = _BEGINS.match(command)
    tasks, options = (_OF_A_RELEASE, _KEPT) if begins and begins[1] == "release" else ({"rollback"}, _KEPT_BY_ROLLBACK)
    if not begins or _program() not in _PROGRAMS or not tasks.intersection(task):
        return hint
    kept = [
        shlex.join(rest[number : number + 1 + options[word]])
        for number, word in enumerate(rest)
        if word in options and f" {word}" not in command
    ]
    return " ".join((f"invoke {shlex.join(task)}{begins[2]}", *kept)) + mark + comment


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


def _leaves(error: ReleaseError) -> Iterator[ReleaseError]:
    if isinstance(error, Several):
        for one in error.errors:
            yield from _leaves(one)
    else:
        yield error
