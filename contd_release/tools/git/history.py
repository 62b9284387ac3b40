"""Commits: how they are related, and the files in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from contd_release.engine import ask_once
from contd_release.errors import Unanswered
from contd_release.process.command import Command
from contd_release.tools.git.asking import answer, directory, git
from contd_release.tools.git.refs import fetch

_LINK = "120000 "
_HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def commit(where: Path, revision: str = "HEAD") -> str | None:
    """The commit that a revision names in the worktree `where`; None if either is not there."""
    if not (where / ".git").exists():
        return None
    answer = git(where, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").ask()
    return answer.out.strip() if answer.code == 0 else None


def head(worktree: Path) -> str | None:
    """The commit that a worktree is at; None if it is not there."""
    return _detached(worktree) or commit(worktree)


def tree(where: Path, revision: str = "HEAD") -> str:
    """The hash of the tree of a commit: what a proof is bound to."""
    return answer(where, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{tree}}")


def is_ancestor(where: Path, older: str, newer: str) -> bool:
    """Whether `newer` contains `older`; a commit that is not in this clone is no ancestor."""
    return git(where, "merge-base", "--is-ancestor", older, newer).ask().code == 0


def distance(where: Path, older: str, newer: str) -> int:
    """How many commits `newer` has that `older` has not."""
    return int(answer(where, "rev-list", "--count", f"{older}..{newer}"))


@dataclass(frozen=True)
class Commit:
    """A commit: its hash, its parents' hashes, its committer time in seconds since 1970, its message's first line."""

    hash: str
    parents: tuple[str, ...]
    time: int
    subject: str


def described(where: Path, revision: str = "HEAD") -> Commit:
    """
    The commit that a revision names.

    Raises:
        Unanswered: there is none here.
    """
    # Not `git log`, which `log.showSignature` makes say more than its format.
    words = ("--max-count=1", "--format=%P%n%ct%n%s", "--end-of-options", revision)
    head, parents, seconds, subject = answer(where, "rev-list", *words).split("\n", 3)
    return Commit(head.removeprefix("commit "), tuple(parents.split()), int(seconds), subject)


def bring(where: Path, remote: str, ref: str) -> None:
    """
    Have the objects of a ref of the remote here, to look at them; no ref of this clone changes.

    Raises:
        Unanswered: the remote did not give them.
    """
    answer = fetch(where, remote, ref, "--quiet", "--no-write-fetch-head", "--refmap=").ask()
    if answer.code:
        raise Unanswered(
            f"git fetch {remote} {ref} ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="the commits of the remote",
            type_next=f"git fetch {remote}",
        )


def merge_base(where: Path, one: str, other: str) -> str | None:
    """The best common ancestor of two commits."""
    answer = git(where, "merge-base", one, other).ask()
    return answer.out.strip() if answer.code == 0 else None


def names(where: Path, revision: str, folder: str = "") -> tuple[str, ...]:
    """The paths of all files below a folder in a commit."""
    if not _HASH.fullmatch(revision):
        return _names_in.__wrapped__(where, revision, folder)
    return ask_once.once(("names", where, revision, folder), partial(_names_in, where, revision, folder))


def matching(where: Path, commit: str, pattern: str, globs: tuple[str, ...]) -> tuple[str, ...]:
    """
    The paths of the text files in a commit that have a line with this extended regular expression.

    Args:
        globs: pathspecs, such as `*.py`.
    """
    words = ("-l", "-z", "-I", "-E", "-e", pattern, commit, "--", *globs)
    found = git(where, "-c", "grep.fullName=true", "grep", *words).ask()
    if found.code not in (0, 1):
        raise Unanswered(
            f"git grep ended with {found.code}: {' '.join(found.err.split())}",
            expected="the files that match",
            type_next=f"git -C {where} status",
        )
    return tuple(name.removeprefix(f"{commit}:") for name in found.out.split("\0") if name)


def blobs(where: Path, commit: str) -> dict[str, str]:
    """The hash of every file in a commit, by its path; a link is a file that holds its target."""
    entries = answer(where, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0")
    parts = (entry.partition("\t") for entry in entries)
    return {path: head.split()[2] for head, _, path in parts if " blob " in head}


def ignored(where: Path) -> tuple[str, ...]:
    """The files of a checkout that git ignores."""
    words = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard")
    return tuple(name for name in answer(where, *words).split("\0") if name)


def modified(where: Path) -> tuple[str, ...]:
    """The files of a checkout that git has and that are not as it wrote them."""
    return tuple(name for name in answer(where, "diff", "--name-only", "-z", "HEAD", "--").split("\0") if name)


def authors(where: Path, since: str | None, until: str, paths: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The names and addresses of those who changed these files between two commits, with their co-authors."""
    trailers = "%(trailers:key=Co-authored-by,valueonly,separator=%x01)"
    words = ("log", "-z", f"--format=%aN <%aE>%x01{trailers}", f"{since}..{until}" if since else until)
    logged = answer(where, "-c", "log.showSignature=false", *words, "--", *paths)
    people = (one for entry in logged.split("\0") for one in entry.split("\1"))
    matches = (re.fullmatch(r"\s*(.*?)\s*<([^<>]*)>\s*", one) for one in people)
    return tuple((match[1], match[2]) for match in matches if match)


def links(where: Path, commit: str) -> dict[str, str]:
    """The symbolic links in a commit: each path with its target, which is empty if it cannot be read."""
    return dict(ask_once.once(("links", where, commit), partial(_links_in, where, commit)))


def text(where: Path, revision: str, path: str) -> str | None:
    """The text of a file in a commit; None if it is not there."""
    if not _HASH.fullmatch(revision):
        return _Texts(where, revision).get(path)
    return _texts_in(where, revision).get(path)


def read_ahead(where: Path, commit: str, *paths: str) -> None:
    """
    Read these files of a commit together, for `text` to have them.

    Args:
        commit: its whole hash.
    """
    _texts_in(where, commit).bring(paths)


def changed(where: Path, since: str, until: str, *paths: str) -> tuple[str, ...]:
    """The files that differ between two commits, of those that the pathspecs name."""
    files = answer(where, "diff", "--name-only", "-z", f"{since}..{until}", "--", *paths)
    return tuple(name for name in files.split("\0") if name)


def _detached(worktree: Path) -> str | None:
    """
    The commit that a worktree on no branch is at, from the file in which git keeps it: it is asked for in every step.
    """
    try:
        head = (directory(worktree) / "HEAD").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return head if _HASH.fullmatch(head) else None


def _links_in(where: Path, commit: str) -> dict[str, str]:
    entries = answer(where, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0")
    paths = [entry.partition("\t")[2] for entry in entries if entry.startswith(_LINK)]
    texts = _Texts(where, commit)
    texts.bring(paths)
    return {path: texts.get(path) or "" for path in paths}


class _Texts:
    """
    The files of one commit, each read once: what a commit holds never changes.

    That a file is not there is remembered only where another is, since the commit itself may still be fetched.
    """

    def __init__(self, where: Path, commit: str) -> None:
        self._where, self._commit = where, commit
        self._known: dict[str, str | None] = {}

    def get(self, path: str) -> str | None:
        if path not in self._known:
            self.bring((path,))
        return self._known.get(path)

    def bring(self, paths: Sequence[str]) -> None:
        asked = [path for path in dict.fromkeys(paths) if path not in self._known and "\n" not in path]
        if not asked:
            return
        names = "".join(f"{self._commit}:{path}\n" for path in asked)
        answer = Command(("git", "cat-file", "--batch"), cwd=self._where, stdin=names, timeout=120).ask()
        found = dict(zip(asked, _blobs(answer.raw), strict=False))
        if any(text is not None for text in (*found.values(), *self._known.values())):
            self._known |= found


def _blobs(answer: bytes) -> Iterator[str | None]:
    """
    What `git cat-file --batch` tells of each name: the text of a file; nothing of one that is missing, or of a folder.

    https://git-scm.com/docs/git-cat-file#_batch_output
    """
    while answer:
        head, _, answer = answer.partition(b"\n")
        _, kind, size = head.rsplit(b" ", 2) if head.count(b" ") == 2 else (head, b"", b"")
        length = int(size) if size.isdigit() else -1
        yield answer[:length].decode(errors="replace") if kind == b"blob" else None
        answer = answer[length + 1 :]


@lru_cache(maxsize=16)
def _texts_in(where: Path, commit: str) -> _Texts:
    return _Texts(where, commit)


@lru_cache(maxsize=256)
def _names_in(where: Path, commit: str, folder: str) -> tuple[str, ...]:
    words = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, "--", *([f"{folder}/"] if folder else []))
    return tuple(name for name in answer(where, *words).split("\0") if name)
