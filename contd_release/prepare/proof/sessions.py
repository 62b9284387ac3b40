"""The commands that the lines of `proof` stand for, and the environment that each of them runs in."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.errors import Usage
from contd_release.process.command import python_module
from contd_release.project.release import Release

# They make an environment for each session, and install the project of the working directory into it.
_MAKE_THEIR_OWN: Final = ("nox", "tox", "uv", "hatch")
_MODULES: Final = ("nox", "tox")


@dataclass(frozen=True)
class Session:
    """
    One command of the proof.

    Args:
        name: what the journal remembers it by.
        makes_its_own: whether the program makes environments of its own; the others run in the one that we make.
        environments: the folder in which nox keeps its environments; none for other programs.
    """

    name: str
    argv: tuple[str, ...]
    makes_its_own: bool = False
    environments: Path | None = None


def sessions(release: Release) -> tuple[Session, ...]:
    """Every command of the proof."""
    environments = release.project.cache / "nox"
    return tuple(one for line in release.project.settings.proof for one in of_line(line, environments))


def of_line(line: str, environments: Path) -> Iterator[Session]:
    """
    The commands of one line: `nox -s a b` is two, walked side by side.

    Args:
        environments: the folder in which nox keeps its environments from one release to the next.

    Raises:
        Usage: the line is empty, or its quotes do not match.
    """
    words = _words(line)
    if words[0] in ("python", "python3") and words[1:2] == ["-m"] and words[2:3] and words[2] in _MODULES:
        words = words[2:]
    if words[0] == "nox":
        # Only a verbose nox says that it uses an environment again.
        nox = list(python_module("nox", "--verbose", "--envdir", str(environments), *words[1:]))
        for name, argv in _one_by_one(line, nox):
            yield Session(name, tuple(argv), makes_its_own=True, environments=environments)
    else:
        yield Session(line, tuple(words), makes_its_own=words[0] in _MAKE_THEIR_OWN)


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise Usage(
            f"proof has {line!r}: {error}", expected="a command line", type_next="$EDITOR pyproject.toml"
        ) from error
    if not words:
        raise Usage("proof has an empty line", expected="a command line", type_next="$EDITOR pyproject.toml")
    return words


def _one_by_one(line: str, words: list[str]) -> list[tuple[str, list[str]]]:
    """A nox command for each session that is named, or the command as it is when it says anything else."""
    flag = next((index for index, word in enumerate(words) if word in ("-s", "-e", "--session", "--sessions")), None)
    end = words.index("--") if "--" in words else len(words)
    named = words[flag + 1 : end] if flag else []
    if not named or any(word.startswith("-") for word in named):
        return [(line, words)]
    return [(name, [*words[: flag or 0], "-s", name, *words[end:]]) for name in named]
