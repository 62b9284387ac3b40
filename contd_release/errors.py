"""
Every kind of failure that a person can act on.

Each leaf has an exit code of its own, so that CI can tell a conflict from a server that did not answer. Anything that
is not a `ReleaseError` is a bug and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

# What a person types once more; it is replaced by the command that was typed where it is printed.
AGAIN: Final = "the same command again"


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
        self.type_next = type_next or (again(self.when) if self.when else self.otherwise)

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
    """The same command, and when it is worth typing it once more."""
    return f"{AGAIN}   ({when})"


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
