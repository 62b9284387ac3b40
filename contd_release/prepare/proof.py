"""
The proof: tests, benchmarks, docs and examples pass on the very tree that is released.

A passed session is remembered with the hash of the tree it passed on; a changed tree has to be proved again.
"""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import dataclass

from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand, FailedProof, Usage
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Proved
from contd_release.tools import git

AN_HOUR = 3600.0


def passed(release: Release) -> tuple[Step, ...]:
    """One step for each session or command of the proof; they do not depend on each other."""
    return tuple(
        _passed(release, name, argv)
        for line in release.project.settings.proof
        for name, argv in sessions(line, str(release.project.cache / "nox"))
    )


def sessions(line: str, environments: str = "") -> list[tuple[str, tuple[str, ...]]]:
    """
    The commands that a line of `proof` stands for, with a name each: `nox -s a b` is two, walked side by side.

    Args:
        environments: the folder in which nox keeps its environments from one release to the next.

    Raises:
        Usage: the line is empty, or its quotes do not match.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise Usage(
            f"proof has {line!r}: {error}", expected="a command line", type_next="$EDITOR pyproject.toml"
        ) from error
    if not words:
        raise Usage("proof has an empty line", expected="a command line", type_next="$EDITOR pyproject.toml")
    program = words[0]
    if program == "nox":
        words[0:1] = [sys.executable, "-P", "-m", "nox", *(["--envdir", environments] if environments else [])]
        return [(name, tuple(one)) for name, one in _one_by_one(line, words)]
    if program in ("python", "python3"):
        words[0] = sys.executable
    return [(line, tuple(words))]


def _one_by_one(line: str, words: list[str]) -> list[tuple[str, list[str]]]:
    """A nox command for each session that is named, or the command as it is when it says anything else."""
    flag = next((index for index, word in enumerate(words) if word in ("-s", "-e", "--session", "--sessions")), None)
    end = words.index("--") if "--" in words else len(words)
    named = words[flag + 1 : end] if flag else []
    if not named or any(word.startswith("-") for word in named):
        return [(line, words)]
    return [(name, [*words[: flag or 0], "-s", name, *words[end:]]) for name in named]


@dataclass(frozen=True)
class Proving:
    """A command of the proof; when it passes, the journal says on which tree."""

    release: Release
    session: str
    command: Command

    def __str__(self) -> str:
        return str(self.command)

    def run(self, running: Running) -> None:
        """
        Run it on the release's tree.

        Raises:
            FailedProof: it did not pass; the message has the log's tail.
        """
        tree = git.tree(self.release.tree)
        began = time.monotonic()
        try:
            self.command.run(running)
        except FailedCommand as failure:
            raise FailedProof(
                f"{self.session} failed on the tree that would be released\n{failure.what_is}",
                expected=f"{self.session} passes; nothing is public, and the log is {running.log}",
                type_next=f"git switch {self.release.project.settings.main}; {shlex.join(self.command.argv)}",
            ) from failure
        journal.of(self.release.project).append(
            Proved(
                version=str(self.release.version),
                session=self.session,
                tree=tree,
                seconds=round(time.monotonic() - began, 3),
            )
        )


def _passed(release: Release, session: str, argv: tuple[str, ...]) -> Step:
    def observe() -> Found:
        commit = git.release_commit(release)
        if commit is None:
            return Found(State.ABSENT, "there is no release commit yet")
        tree = git.tree(release.project.root, commit)
        for proved in journal.of(release.project).entries(Proved):
            if proved.session == session and proved.tree == tree:
                return Found(State.DONE, f"on tree {tree[:12]} in {proved.seconds:.0f} s")
        return Found(State.ABSENT, f"not run on tree {tree[:12]}")

    command = Command(argv, cwd=release.tree, timeout=AN_HOUR)
    return Step(f"the released tree passes {session}", observe, act=(Proving(release, session, command),))
