"""A world whose GitHub is judged by the published contract, with one repository whose remote is a real bare one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from github_contract import Contract

from contd_release.sandbox import remotes
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.store import StoredRepository
from contd_release.sandbox.world import World

NAME = "owner/contd"


@dataclass(frozen=True)
class Github:
    """A served forge, its repository, and a clone of it."""

    world: World
    forge: Forge
    contract: Contract
    clone: Path

    @property
    def place(self) -> StoredRepository:
        """What the forge knows of the repository."""
        return self.forge.place(NAME)

    @property
    def token(self) -> str:
        """The token that may do everything."""
        return self.world.accounts.publisher.password.reveal()

    @property
    def read_token(self) -> str:
        """A token that may write nothing."""
        return self.world.accounts.reader.password.reveal()

    @property
    def head(self) -> str:
        """The commit that the clone is at."""
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        """Run git in the clone."""
        return git(self.clone, *words)

    def tag(self, name: str) -> str:
        """Push an annotated tag; the commit it is on."""
        self.git("tag", "-a", "-m", name, name)
        self.git("push", "-q", "origin", name)
        return self.head

    def commit(self, message: str) -> str:
        """Push another commit; its hash."""
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.git("push", "-q", "origin", "main")
        return self.head

    def changes(self) -> list[str]:
        """The requests that asked the world for a change."""
        return [f"{asked.method} {asked.path}" for asked in self.world.ledger.mutating()]


def git(folder: Path, *words: str) -> str:
    """What git prints, in an environment of its own."""
    names = {f"GIT_{role}_{what}": "t@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}
    ended = subprocess.run(("git", *words), cwd=folder, env=own | names, check=True, capture_output=True, text=True)
    return ended.stdout.strip()


@contextmanager
def serving(folder: Path) -> Iterator[Github]:
    """A world that runs; afterwards every exchange with its GitHub must have been valid."""
    world = World(folder / "world")
    forge = world.part(Forge)
    contract = Contract(forge)
    world._parts["forge"] = contract
    clone = folder / "clone"
    git(folder, "init", "-q", "-b", "main", str(clone))
    git(clone, "remote", "add", "origin", str(remotes.make(forge.remotes, NAME)))
    (clone / "README.md").write_text("contd\n")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "Begin")
    git(clone, "push", "-q", "origin", "main")
    with world:
        yield Github(world, forge, contract, clone)
    errors = world.directory / "errors.log"
    assert (errors.read_text() if errors.exists() else "") == ""
    assert contract.broken == []
