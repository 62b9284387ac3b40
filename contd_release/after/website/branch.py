"""
The branch of a git repository that is the website, read and committed to without a checkout.

Commits are made of objects, in a bare repository of their own, so nothing that lies in the website (a link, a folder in
the way) is written through, and the maintainer's tree is not near it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from contd_release.after.website.site import File
from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.process.command import Command
from contd_release.project.project import Project
from contd_release.project.settings import Website
from contd_release.tools import git
from contd_release.tools.http import refuse_unsafe

_TIMEOUT: Final = 600
_SCHEMES: Final = ("https", "http", "ssh", "file")


@dataclass(frozen=True)
class Origin:
    """The website's repository: a remote of the maintainer's clone, which knows the login, or a URL."""

    clone: Path
    remote: str
    fetch_url: str
    push_url: str

    @classmethod
    def of(cls, project: Project) -> Origin:
        """The repository that the settings name; the project's own where they name none."""
        root, remote, named = project.root, project.settings.remote, website(project).repository
        if named:
            return cls(root, _checked(named), named, named)
        return cls(root, remote, git.url(root, remote), git.url(root, remote, is_push=True))

    def transfer(self, where: Path, *words: str) -> git.Transfer:
        """A git command that talks to it from another repository."""
        return git.Transfer(git.git(where, *words, timeout=_TIMEOUT), self.remote, self.clone)


@dataclass(frozen=True)
class Branch:
    """
    The website's branch at one moment, in a bare repository that exists while it is used.

    Args:
        origin: the repository that it is a branch of.
        tip: its commit; None if the branch is not there yet.
    """

    where: Path
    origin: Origin
    name: str
    folder: str
    tip: str | None

    def text(self, path: str) -> str | None:
        """A file of the site."""
        return git.text(self.where, self.tip, self.folder + path) if self.tip else None

    def push(self, commit: str) -> git.Transfer:
        """Push a commit on top of the branch, never forced."""
        words = ("push", "--atomic", "--no-follow-tags", "--", self.origin.push_url, f"{commit}:refs/heads/{self.name}")
        return self.origin.transfer(self.where, *words)

    def is_moved(self) -> bool:
        """Whether someone else has pushed to the branch since."""
        return git.remote(self.origin.clone, self.origin.remote).branch(self.name) != self.tip

    def commit(self, files: Iterable[File], title: str, env: Mapping[str, str]) -> str | None:
        """A commit with these files on top of the branch, not pushed yet; None if they change nothing."""
        lines = []
        for file in files:
            blob = _ask(replace(git.git(self.where, "hash-object", "-w", "--stdin"), stdin=file.text))
            lines.append(f"100644 {blob}\t{self.folder}{file.path}\n")
        if self.tip:
            _ask(git.git(self.where, "read-tree", self.tip))
        _ask(replace(git.git(self.where, "update-index", "--replace", "--index-info"), stdin="".join(lines)))
        tree = _ask(git.git(self.where, "write-tree"))
        if self.tip and tree == git.tree(self.where, self.tip):
            return None
        parents = ("-p", self.tip) if self.tip else ()
        return _ask(git.git(self.where, "commit-tree", tree, *parents, "-m", title, env=env))


def website(project: Project) -> Website:
    """The website's settings, where there are none a branch of this repository."""
    return project.settings.website or Website()


@contextmanager
def looked_at(project: Project) -> Iterator[Branch]:
    """
    The website's branch as it is now.

    Raises:
        Usage: repository, branch or folder cannot be used.
        Unanswered: the repository cannot be reached.
    """
    settings = website(project)
    origin = Origin.of(project)
    folder = _folder(settings.folder)
    with TemporaryDirectory(prefix="contd-release-") as temporary:
        where = Path(temporary)
        _ask(git.git(where, "init", "--quiet", "--bare", "."))
        name = git.safe(settings.branch)
        tip = git.remote(origin.clone, origin.remote).branch(name)
        if tip:
            words = ("fetch", "--quiet", "--depth=1", "--no-tags", "--", origin.fetch_url, f"refs/heads/{name}")
            _ask(origin.transfer(where, *words))
            tip = _ask(git.git(where, "rev-parse", "--verify", "FETCH_HEAD"))
        yield Branch(where, origin, name, folder, tip)


def identity(project: Project) -> dict[str, str]:
    """The committer, as in the maintainer's clone."""
    found = git.identity(project.root)
    if found is None:
        raise NotReady("git does not know who commits", "a name and an address", "git config user.name …")
    name, _, address = found.rstrip(">").rpartition(" <")
    return {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", address))}  # fmt: skip


def _checked(url: str) -> str:
    """
    A git URL that is an address and nothing else: no option, no transport helper, which could run a program, nothing
    unencrypted, and no password.
    """
    parts = urlsplit(url) if "://" in url else None
    if parts and parts.scheme in ("http", "https"):
        refuse_unsafe(url)
    is_known = parts is None or (parts.scheme in _SCHEMES and not parts.password)
    if url.startswith("-") or "::" in url or not is_known or not url.isprintable():
        raise Usage(
            "[tool.contd-release.website] repository is not the address of a git repository, or has a password in it",
            expected="https://…, ssh://…, git@HOST:OWNER/NAME.git or a path",
            type_next="$EDITOR pyproject.toml",
        )
    return url


def _folder(folder: str) -> str:
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    if ".." in parts or folder.startswith("/") or any(part.lower() == ".git" for part in parts):
        raise Usage(
            f"[tool.contd-release.website] folder is {folder!r}",
            expected="a folder inside the website's repository",
            type_next="$EDITOR pyproject.toml",
        )
    return "".join(f"{part}/" for part in parts)


def _ask(command: Command | git.Transfer) -> str:
    answer = command.ask()
    if answer.code:
        words = (command.command if isinstance(command, git.Transfer) else command).argv
        raise Unanswered(
            f"git {words[1]} for the website ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="an answer from git",
            type_next="git ls-remote URL   (with the address of the website)",
        )
    return answer.out.strip()
