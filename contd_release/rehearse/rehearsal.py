"""
A rehearsal: a world, a bare remote with this repository's commit, a clone of it, and the very same release run there.

Nothing in the release knows that it is rehearsed: configuration laid over the repository's own points it at the world.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Final

from contd_release.errors import Unanswered
from contd_release.prepare import committed
from contd_release.process import files
from contd_release.process.command import environment
from contd_release.process.hints import PACKAGE, TYPED
from contd_release.project import several
from contd_release.project.project import Project
from contd_release.project.tables import OVERLAY
from contd_release.records import journal
from contd_release.records.entries import Ended
from contd_release.sandbox import remotes
from contd_release.sandbox.pointers import Pointers, pointers_of
from contd_release.sandbox.world import World
from contd_release.tools import git

NOBODY: Final = ("Rehearsal", "rehearsal@localhost")


@dataclass(frozen=True)
class Rehearsal:
    """
    The rehearsal of one commit in a folder of its own.

    Args:
        is_proved: whether the proof is run as well.
        typed: the command that begins and continues it.
    """

    project: Project
    commit: str
    directory: Path
    is_proved: bool = True
    typed: str = "invoke rehearse"

    @property
    def clone(self) -> Path:
        """The clone that the release is run in."""
        return self.directory / "clone"

    @property
    def remote(self) -> Path:
        """The bare repository that stands in for the one on GitHub."""
        return remotes.make(self.directory / "world" / "git", self.pointers.repository)

    @cached_property
    def packages(self) -> tuple[Rehearsal, ...]:
        """The rehearsals of all packages of the repository, in the same clone and world; itself, if it has one."""
        if not self.project.table:
            return (self,)
        clone, found = git.clone(self.project.root), []
        for name in committed.packages(clone):
            with several.chosen(name):
                found.append(replace(self, project=pointers_of(clone).project))
        return tuple(found)

    @cached_property
    def pointers(self) -> Pointers:
        """What points the release at the world."""
        return Pointers(self.project, self.commit)

    @property
    def scenario(self) -> str | None:
        """The scenario that was begun for this commit; empty for one release, None if nothing was begun."""
        try:
            begun = json.loads((self.directory / "rehearsal.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return str(begun.get("scenario", "")) if begun["commit"] == self.commit else None

    @property
    def is_under_way(self) -> bool:
        """Whether this commit's rehearsal was begun and has not ended."""
        return self.scenario == "" and self.entries.last(Ended) is None

    @property
    def entries(self) -> journal.Journal:
        """The journal of the clone."""
        return journal.Journal(self.state / "journal.jsonl")

    @property
    def state(self) -> Path:
        """Where the clone keeps its journal, logs and artifacts."""
        return several.state_of(self.clone / ".git" / "contd-release", self.project.table)

    @property
    def cache(self) -> Path:
        """The folder in which the clone keeps its checkouts and what can be made again."""
        return replace(self.project, state=self.state).cache

    def prepare(self, scenario: str = "") -> None:
        """
        Make the remote and the clone from nothing.

        Args:
            scenario: what is rehearsed, where it is more than one release.

        Raises:
            NotReady: the repository cannot be cloned as it is.
        """
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        for left in chain.from_iterable(one.cache.glob("v*") for one in self.packages):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                # The lock on an index that a killed git was writing.
                left.unlink()
        main = self.project.settings.main
        remote = self.remote
        remotes.fill(remote, self.project.root, self.commit, main)
        self._fill_pages(remote)
        self._git(self.directory, "clone", "--quiet", str(remote), str(self.clone))
        for key, value in zip(("user.name", "user.email"), NOBODY, strict=True):
            self._git(self.clone, "config", key, value)
        files.write(self.directory / "rehearsal.json", json.dumps({"commit": self.commit, "scenario": scenario}) + "\n")

    def _fill_pages(self, remote: Path) -> None:
        """Push the branch of the classic chart repository as this clone knows it: the release adds to its index."""
        root, settings = self.project.root, self.project.settings
        for chart in filter(None, (one.project.settings.chart for one in self.packages)):
            known = f"refs/remotes/{settings.remote}/{chart.pages}"
            if chart.pages and (commit := git.commit(root, known)):
                self._git(root, "push", "--quiet", str(remote), f"{commit}:refs/heads/{chart.pages}")

    def environment(self, world: World) -> Mapping[str, str]:
        """The environment of the release: the world, and no secrets of this machine."""
        overlay, pointers = self.directory / "overlay.toml", [one.pointers for one in self.packages]
        files.write(
            overlay, ("" if self.is_proved else "proof = []\n") + "".join(one.overlay(world) for one in pointers)
        )
        return (
            environment()
            | {name: secret for one in pointers for name, secret in one.secrets(world).items()}
            | {
                OVERLAY: str(overlay),
                TYPED: self.typed,
                **({PACKAGE: self.project.table} if self.project.table else {}),
                "SOURCE_DATE_EPOCH": str(git.described(self.project.root, self.commit).time),
            }
        )

    def be_green(self, world: World, commit: str = "") -> None:
        """Let the world's GitHub have checked a commit: the rehearsed one where no other is named."""
        self.pointers.be_green(world, commit or self.commit)

    def command(self, *words: str) -> tuple[str, ...]:
        """A task as a program; `-P` keeps the clone's own modules out of the way of this library's."""
        return (sys.executable, "-P", "-m", "contd_release", *words)

    def release_command(self, *words: str) -> tuple[str, ...]:
        """The release, approved."""
        return self.command("release", "--yes", *words)

    @staticmethod
    def _git(where: Path, *words: str) -> None:
        answer = git.git(where, *words).ask()
        if answer.code:
            raise Unanswered(
                f"git {words[0]} ended with {answer.code}: {' '.join(answer.err.split())}",
                expected="a clone of this repository to rehearse in",
                type_next="invoke rehearse --fresh",
            )


def rehearsal_of(clone: git.Clone) -> Rehearsal:
    """
    The rehearsal of the commit that is checked out.

    Raises:
        NotReady: there is no commit.
    """
    from platformdirs import user_cache_path

    found = pointers_of(clone)
    mark = hashlib.sha256(str(clone.root).encode()).hexdigest()[:12]
    folder = user_cache_path("contd-release") / "rehearsals" / f"{found.project.index_name}-{mark}"
    return Rehearsal(found.project, found.commit, folder)
