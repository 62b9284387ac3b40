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

from contd_release.after.site import File
from contd_release.command import Command
from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.project import Project
from contd_release.settings import Website
from contd_release.tools import git
from contd_release.tools.http import refuse_unsafe

_TIMEOUT: Final = 600
_SCHEMES: Final = ("https", "http", "ssh", "file")


@dataclass(frozen=True)
class Branch:
    """
    The website's branch at one moment, in a bare repository that lives as long as somebody looks at it.

    Args:
        tip: its commit; nothing where the branch is not there yet.
    """

    where: Path
    url: str
    name: str
    folder: str
    tip: str | None

    def text(self, path: str) -> str | None:
        """
        A file of the site.
        """
        return git.text(self.where, self.tip, self.folder + path) if self.tip else None

    def commit(self, files: Iterable[File], title: str, env: Mapping[str, str]) -> str | None:
        """
        A commit with these files on top of the branch, not pushed yet; nothing where they change nothing.
        """
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
    """
    The website's settings, where there are none a branch of this repository.
    """
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
    url = _checked(settings.repository) if settings.repository else git.url(project.root, project.settings.remote)
    folder = _folder(settings.folder)
    project.cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=project.cache, prefix="website-") as temporary:
        where = Path(temporary)
        _ask(git.git(where, "init", "--quiet", "--bare", "."))
        name = git.safe(settings.branch)
        tip = git.remote(where, url).branch(name)
        if tip:
            _ask(git.git(where, "fetch", "--quiet", "--depth=1", "--no-tags", "--", url, f"refs/heads/{name}",
                         timeout=_TIMEOUT))  # fmt: skip
            tip = _ask(git.git(where, "rev-parse", "--verify", "FETCH_HEAD"))
        yield Branch(where, url, name, folder, tip)


def identity(project: Project) -> dict[str, str]:
    """
    Who commits, as in the maintainer's clone.
    """
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


def _ask(command: Command) -> str:
    answer = command.ask()
    if answer.code:
        raise Unanswered(
            f"git {command.argv[1]} for the website ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="an answer from git",
            type_next="git ls-remote with the address of the website",
        )
    return answer.out.strip()
