"""
A branch of a git repository, read and committed to without a checkout.

Commits are made of objects, in a bare repository of their own, so nothing that lies in the branch (a link, a folder in
the way) is written through, and the maintainer's tree is not near it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from contd_release.errors import FailedCommand, NotReady, Unanswered, Unsettled
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.tools.git import history, refs
from contd_release.tools.git.asking import git, identity, safe
from contd_release.tools.git.login import Transfer

_TIMEOUT: Final = 600
_ATTEMPTS: Final = 5
_REMOVED: Final = "0" * 40


@dataclass(frozen=True)
class File:
    """One file of a branch: its path below the folder, and its text, the file that has its bytes, or None to remove."""

    path: str
    content: str | Path | None


@dataclass(frozen=True)
class Origin:
    """A repository: a remote of the maintainer's clone, which knows the login, or a URL."""

    clone: Path
    remote: str
    fetch_url: str
    push_url: str

    @classmethod
    def of(cls, clone: Path, remote: str, url: str = "") -> Origin:
        """The remote of a clone, or the repository at a URL."""
        if url:
            return cls(clone, url, url, url)
        return cls(clone, remote, refs.url(clone, remote), refs.url(clone, remote, is_push=True))

    def transfer(self, where: Path, *words: str) -> Transfer:
        """A git command that talks to it from another repository."""
        return Transfer(git(where, *words, timeout=_TIMEOUT), self.remote, self.clone)


@dataclass(frozen=True)
class Place:
    """
    Where files are published.

    Args:
        what: what the branch is, for errors: "the website".
        folder: the folder of the files with a slash at its end; empty for the root.
    """

    what: str
    origin: Origin
    name: str
    folder: str = ""


@dataclass(frozen=True)
class Branch:
    """
    The branch at one moment, in a bare repository that exists while it is used.

    Args:
        tip: its commit; None if the branch is not there yet.
    """

    where: Path
    place: Place
    tip: str | None

    @property
    def name(self) -> str:
        """The name of the branch."""
        return self.place.name

    def text(self, path: str) -> str | None:
        """A text file below the folder."""
        return history.text(self.where, self.tip, self.place.folder + path) if self.tip else None

    def hash(self, path: str) -> str | None:
        """Git's hash of a file below the folder; None if there is none."""
        return history.blobs(self.where, self.tip).get(self.place.folder + path) if self.tip else None

    def save(self, path: str, to: Path) -> None:
        """Write the bytes of a file below the folder to a file of this machine."""
        to.write_bytes(
            _answer(self.place, git(self.where, "cat-file", "blob", f"{self.tip}:{self.place.folder}{path}"))
        )

    def stored(self, content: str | Path) -> str:
        """Git's hash of a text, or of the bytes of a file, which the bare repository has from now on."""
        words = ("hash-object", "-w", "--no-filters")
        if isinstance(content, Path):
            return self._ask(git(self.where, *words, "--", str(content.absolute())))
        return self._ask(replace(git(self.where, *words[:2], "--stdin"), stdin=content))

    def push(self, commit: str) -> Transfer:
        """Push a commit on top of the branch, never forced."""
        to = f"{commit}:refs/heads/{self.name}"
        words = ("push", "--atomic", "--no-follow-tags", "--", self.place.origin.push_url, to)
        return self.place.origin.transfer(self.where, *words)

    def is_moved(self) -> bool:
        """Whether someone else has pushed to the branch since."""
        return refs.remote(self.place.origin.clone, self.place.origin.remote).branch(self.name) != self.tip

    def commit(self, files: Iterable[File], title: str, env: Mapping[str, str]) -> str | None:
        """A commit with these files on top of the branch, not pushed yet; None if they change nothing."""
        lines = []
        for file in files:
            head = f"0 {_REMOVED}" if file.content is None else f"100644 {self.stored(file.content)}"
            lines.append(f"{head}\t{self.place.folder}{file.path}\n")
        if self.tip:
            self._ask(git(self.where, "read-tree", self.tip))
        self._ask(replace(git(self.where, "update-index", "--replace", "--index-info"), stdin="".join(lines)))
        tree = self._ask(git(self.where, "write-tree"))
        if self.tip and tree == history.tree(self.where, self.tip):
            return None
        parents = ("-p", self.tip) if self.tip else ()
        return self._ask(git(self.where, "commit-tree", tree, *parents, "-m", title, env=env))

    def _ask(self, command: Command) -> str:
        return _answer(self.place, command).decode(errors="replace").strip()


@dataclass(frozen=True)
class CommitPushed:
    """
    The act: one commit with changed files, pushed; made again on top of the newer tip if someone else pushed first.

    Args:
        place: where it goes, asked for when it runs.
        changed: the files as they should be, given the branch as it is; none if there is nothing to change.
        dates: the environment that dates it.
        shown: where it goes, for people.
    """

    place: Callable[[], Place]
    changed: Callable[[Branch], Iterable[File]]
    title: str
    shown: str
    dates: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"commit {self.title!r} to {self.shown}, and push it"

    def run(self, running: Running) -> None:
        """
        Commit and push.

        Raises:
            FailedCommand: the push was refused although the branch had not moved.
            Unsettled: someone else was faster, five times.
        """
        place = self.place()
        for _ in range(_ATTEMPTS):
            if self._is_pushed(place, running):
                return
        raise Unsettled(
            f"somebody else pushed to {place.what} {_ATTEMPTS} times while we tried",
            expected="a quiet moment",
        )

    def _is_pushed(self, place: Place, running: Running) -> bool:
        """Whether nothing is left to push after one try; otherwise someone else was faster."""
        with looked_at(place) as found:
            if not (files := tuple(self.changed(found))):
                return True
            commit = found.commit(files, self.title, committer(place.origin.clone) | dict(self.dates))
            if commit is None:
                return True
            try:
                found.push(commit).run(running)
            except FailedCommand:
                if not found.is_moved():
                    raise
                return False
            return True


@contextmanager
def looked_at(place: Place) -> Iterator[Branch]:
    """
    The branch as it is now.

    Raises:
        Usage: the branch cannot be used.
        Unanswered: the repository cannot be reached.
    """
    with TemporaryDirectory(prefix="contd-release-") as temporary:
        where, origin = Path(temporary), place.origin
        _answer(place, git(where, "init", "--quiet", "--bare", "."))
        tip = refs.remote(origin.clone, origin.remote).branch(safe(place.name))
        if tip:
            words = ("fetch", "--quiet", "--depth=1", "--no-tags", "--", origin.fetch_url, f"refs/heads/{place.name}")
            _answer(place, origin.transfer(where, *words))
            tip = _answer(place, git(where, "rev-parse", "--verify", "FETCH_HEAD")).decode().strip()
        yield Branch(where, place, tip)


def committer(clone: Path) -> dict[str, str]:
    """The environment with the committer of the maintainer's clone."""
    found = identity(clone)
    if found is None:
        raise NotReady("git does not know who commits", "a name and an address", "git config user.name …")
    name, _, address = found.rstrip(">").rpartition(" <")
    return {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", address))}  # fmt: skip


def _answer(place: Place, command: Command | Transfer) -> bytes:
    answer = command.ask()
    if answer.code:
        words = (command.command if isinstance(command, Transfer) else command).argv
        raise Unanswered(
            f"git {words[1]} for {place.what} ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="an answer from git",
            type_next=f"git ls-remote URL   (with the address of {place.what})",
        )
    return answer.raw
