"""The options with which every task names a release."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from contd_release.errors import Usage
from contd_release.process import hints

HELP: Final = {
    "part": "the part to raise: major, minor, patch, or auto (what the changes ask for); without one, go on",
    "version": "the version itself instead of a part, such as 2026.3.0 where versions are dates",
    "pre": "make it a pre-release: a, b or rc",
    "final": "end a series of pre-releases",
    "because": "the reason for a smaller part than the changes ask for",
    "without-ci": "the reason to release although the checks of the commit are not green",
    "json": "print each event as a line of JSON",
}

WAIT_CI: Final = "wait until the checks of the commit have ended, before anything else"

PART: Final = {
    "only": "some channels, with commas between them: image,chart,github",
    "artifacts": "a folder with artifacts that were built and sealed elsewhere; every file is compared with the seal",
    "json": HELP["json"],
}


def invoked(task: str, flags: Iterable[str] = (), **given: str) -> str:
    """The command of a task, with those of these options that a call gives a value, and with its flags."""
    values = (word for name, value in given.items() if value for word in (f"--{name}", value))
    return shlex.join(("invoke", task, *values, *(f"--{name}" for name in flags)))


def flags(**given: bool) -> tuple[str, ...]:
    """The names of the flags that a call gives."""
    return tuple(name for name, is_given in given.items() if is_given)


# The seconds of a month.
_LONGEST: Final = 30 * 86400


def whole_number(text: str, such_as: str, *, least: int = 0) -> int:
    """
    The number that an option names; seconds, or how often.

    Args:
        such_as: a command with the option and a usual number, as a person types it.

    Raises:
        Usage: it is no whole number, below the least, or more than the seconds of a month.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= _LONGEST):
        raise Usage(
            f"{such_as.split()[-2]} is {text!r}",
            expected=f"a whole number, from {least} to {_LONGEST}",
            type_next=such_as,
        )
    return int(text)


@dataclass(frozen=True)
class Words:
    """
    The options of a call that choose a version, and the reasons that it gives.

    A reason that is empty, as after a shell variable that is not set, is refused.

    Args:
        because: the reason for a smaller part; None if the call gives none.
        without_ci: the reason to go on without green checks; None if the call gives none.
        hotfix: the version of a hotfix, whose branch is released.
        version: the version itself, instead of a part of it.
        wait_ci: whether to wait for the checks of the commit first.
    """

    part: str = ""
    pre: str = ""
    final: bool = False
    because: str | None = None
    without_ci: str | None = None
    hotfix: str = ""
    wait_ci: bool = False
    version: str = ""

    def __post_init__(self) -> None:
        for option, reason in (("--because", self.because), ("--without-ci", self.without_ci)):
            if reason is not None and not reason.strip():
                raise Usage(
                    f"{option} {shlex.quote(reason)} gives no reason",
                    expected="a sentence, which the journal and the report keep",
                    type_next=hints.with_value(option, "the reason"),
                )

    @property
    def are_given(self) -> bool:
        """Whether the call names a version at all."""
        return bool(self.part or self.pre or self.final or self.version)
