"""
What is to be typed next, as a person types it here.

An error names a command without knowing what runs it. Where it is printed, the command gets the options that a person
gave, the package that the call is about, and the name of what runs ours for them.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import Final

from contd_release.errors import AGAIN

# The command that a person typed, where another program runs ours for them.
TYPED: Final = "CONTD_RELEASE_TYPED"
# The package that a call is about, where the repository has several; the option --package says it, too.
PACKAGE: Final = "CONTD_RELEASE_PACKAGE"
# The tasks that mean the repository where a person is, whatever runs them.
_PROGRAMS: Final = {"invoke": "invoke", "inv": "invoke", "contd-release": "contd-release"}
_OF_THE_REPOSITORY: Final = frozenset({"adopt", "changelog", "doctor", "news", "schedule"})
# For each task that a hint begins: the typed tasks that take its options, and those options that choose no version;
# whether they take a value.
_OF_A_RELEASE: Final = {"--because": True, "--without-ci": True, "--yes": False, "--dry-run": False, "--json": False}
_KEPT: Final = {
    "release": (frozenset({"bump", "build", "check", "plan", "release"}), _OF_A_RELEASE),
    "hotfix.finish": (frozenset({"hotfix.finish"}), _OF_A_RELEASE),
    "rollback": (frozenset({"rollback"}), {"--dry-run": False, "--wait": True, "--json": False}),
}
_BEGINS: Final = re.compile(r"invoke (release|hotfix\.finish|rollback)( --(?:part|version|pre|final)\b.*)")
# A task in a hint, other than the one that is about the repository and its packages.
_A_TASK: Final = re.compile(r"\b(?:invoke|contd-release) (?!adopt\b)[a-z]+(?:\.[a-z]+)?\b")


def typed(hint: str) -> str:
    """What to type next, as the person can: where another program runs this one for them, that one again."""
    hint, command = _again(hint), os.environ.get(TYPED)
    return of_package(_by_another(hint, command) if command else _as_typed(hint))


def is_typed_here() -> bool:
    """Whether a person typed the command that runs; a rehearsal types one for them."""
    return not os.environ.get(TYPED)


def of_package(hint: str) -> str:
    """What to type next, with the package that this call is about."""
    name = os.environ.get(PACKAGE, "")
    if not name or "--package" in hint:
        return hint
    return _A_TASK.sub(rf"\g<0> --package {shlex.quote(name)}", hint)


def for_package(name: str) -> str:
    """The command that a person typed, with this package."""
    return with_value("--package", name)


def for_the_only_package() -> str:
    """What a person types in a repository with one package: the command without the option that names one."""
    if not any(word.partition("=")[0] == "--package" for word in sys.argv[1:]):
        return f"unset {PACKAGE}"
    return f"{shlex.join(_without('--package'))}   (without --package)"


def with_value(option: str, value: str) -> str:
    """The command that a person typed, with this value of an option."""
    return shlex.join((*_without(option), option, value))


def _without(option: str) -> tuple[str, ...]:
    """The command that a person typed, without an option and its value."""
    words = sys.argv[1:]
    if option in words:
        at = words.index(option)
        words = [*words[:at], *words[at + 2 :]]
    words = [word for word in words if not word.startswith(f"{option}=")]
    return (_PROGRAMS.get(_program(), "invoke"), *words)


def _again(hint: str) -> str:
    """The hint with what the person typed, if it was one of our programs, in the place of the general words."""
    name = _program()
    words = shlex.join((_PROGRAMS[name], *sys.argv[1:])) if name in _PROGRAMS else AGAIN
    return hint.replace(AGAIN, os.environ.get(TYPED) or words)


def _by_another(hint: str, command: str) -> str:
    """The command that runs ours, unless the hint has it, is about the repository, or names no task of ours."""
    program, _, words = hint.partition(" ")
    if hint.startswith(command) or program not in _PROGRAMS or words.partition(" ")[0] in _OF_THE_REPOSITORY:
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
    if not begins or _program() not in _PROGRAMS:
        return hint
    tasks, options = _KEPT[begins[1]]
    if not tasks.intersection(task):
        return hint
    kept = [
        shlex.join(rest[number : number + 1 + options[word]])
        for number, word in enumerate(rest)
        if word in options and f" {word}" not in command
    ]
    return " ".join((f"invoke {shlex.join(task)}{begins[2]}", *kept)) + mark + comment


def _program() -> str:
    """The name of the program that runs, as a person types it."""
    program = Path(sys.argv[0])
    return "contd-release" if program.parent.name == "contd_release" else program.name
