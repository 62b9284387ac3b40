"""
The proof: tests, benchmarks, docs and examples pass on the very tree that is released.

A passed session is remembered with the hash of the tree it passed on; a changed tree has to be proved again.
"""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass
from functools import partial

from contd_release.engine.items import Item, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand, FailedProof
from contd_release.prepare.proof import environment, noxfile, origin
from contd_release.prepare.proof.sessions import Session, sessions
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.project.release import Release
from contd_release.project.rules import seconds
from contd_release.records import journal
from contd_release.records.commit import release_commit, required
from contd_release.records.entries import Proved
from contd_release.tools import git


def passed(release: Release) -> tuple[tuple[Item, ...], ...]:
    """
    The commands of the proof, which do not depend on each other; those that share an environment come after it.
    """
    found = sessions(release)
    nox = tuple(one for one in found if one.environments)
    sharing = tuple(one for one in found if not one.makes_its_own)
    others = tuple(one for one in found if one.makes_its_own and not one.environments)
    branches: list[tuple[Item, ...]] = [(_passed(release, one),) for one in others]
    if nox:
        branches.append(
            (environment.swept(release, nox[0], partial(_is_needed, release, nox)), _together(release, nox))
        )
    if sharing:
        made = environment.made(release, partial(_is_needed, release, sharing))
        branches.append((made, _together(release, sharing)))
    return tuple(branches)


def access(release: Release) -> tuple[Step, ...]:
    """Checks before the proof begins."""
    found = sessions(release)
    nox = tuple(one for one in found if one.environments)
    steps = (noxfile.complete(release, nox),) if nox else ()
    is_shared = any(not one.makes_its_own for one in found)
    return (*steps, *((environment.possible(release),) if is_shared and environment.is_installable(release) else ()))


def _together(release: Release, found: tuple[Session, ...]) -> Together:
    return Together(tuple((_passed(release, one),) for one in found))


def _is_needed(release: Release, found: tuple[Session, ...], tree: str) -> bool:
    """Whether one of these has still to pass on this tree."""
    return any(_proved(release, one.name, tree) is None for one in found)


@dataclass(frozen=True)
class Proving:
    """A command of the proof; when it passes, the journal says on which tree."""

    release: Release
    session: Session

    @property
    def command(self) -> Command:
        """The command, in the environment of the proof unless it makes its own."""
        venv = None if self.session.makes_its_own else environment.folder(self.release)
        release = self.release
        limit = float(seconds(release.project.settings.proof_timeout))
        return Command(self.session.argv, cwd=release.tree, env=release.override, timeout=limit, venv=venv)

    def __str__(self) -> str:
        return str(self.command)

    def run(self, running: Running) -> None:
        """
        Run it on the release's tree.

        Raises:
            FailedProof: it did not pass, and the message has the log's tail; or it passed on something else.
        """
        release, session = self.release, self.session
        commit = required(release)
        self._require(commit, "before")
        began = time.monotonic()
        if not session.makes_its_own:
            origin.require_program(release, session, environment.folder(release))
        try:
            self.command.run(running)
        except FailedCommand as failure:
            limit = release.project.settings.proof_timeout
            raise FailedProof(
                f"{session.name} failed on the tree that would be released\n{failure.what_is}",
                expected=f"{session.name} passes within {limit} (proof-timeout); nothing is public, "
                f"and the log is {running.log}",
                type_next=f"git switch {release.project.settings.main}; {shlex.join(self.command.argv)}"
                if session.makes_its_own
                else f"cd {release.tree}; {self.command}",
            ) from failure
        self._require(commit, "after")
        origin.require_environments(release, session, running.log)
        journal.of(release.project).append(
            Proved(
                version=str(release.version),
                session=session.name,
                tree=git.tree(release.project.root, commit),
                seconds=round(time.monotonic() - began, 3),
            )
        )

    def _require(self, commit: str, when: str) -> None:
        """
        Refuse a tree that is not at the release commit: what is proved is what is built and published.

        Raises:
            FailedProof: it is at another one.
        """
        tree = self.release.tree
        if (at := git.head(tree)) != commit:
            raise FailedProof(
                f"{when} {self.session.name}, the tree that it proves is at {at[:12] if at else 'no commit'}",
                expected=f"{commit[:12]}, the release commit: a proof commits nothing, and checks nothing else out",
                type_next=f"git -C {shlex.quote(str(tree))} log -3   (and mend what commits there)",
            )


def _passed(release: Release, session: Session) -> Step:
    def observe() -> Found:
        commit = release_commit(release)
        if commit is None:
            return Found(State.ABSENT, "there is no release commit yet")
        tree = git.tree(release.project.root, commit)
        if found := _proved(release, session.name, tree):
            return Found(State.DONE, f"on tree {tree[:12]} in {found.seconds:.0f} s")
        return Found(State.ABSENT, f"not run on tree {tree[:12]}")

    return Step(f"the released tree passes {session.name}", observe, act=(Proving(release, session),))


def _proved(release: Release, session: str, tree: str) -> Proved | None:
    entries = journal.of(release.project).entries(Proved)
    return next((one for one in entries if one.session == session and one.tree == tree), None)
