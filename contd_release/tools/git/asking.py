"""Ask git, and call it: the one place that builds its argv."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.process.command import Answer, Command

SAFE_NAME = re.compile(r"(?!-)(?!.*\.\.)(?!.*//)[A-Za-z0-9._/+-]{1,200}(?<![./])")


def git(where: Path, *words: str, env: Mapping[str, str] | None = None, timeout: float = 120) -> Command:
    """A git command that runs in `where`."""
    return Command(("git", *words), cwd=where, env=env or {}, timeout=timeout)


def safe(name: str) -> str:
    """
    A name of a branch, tag or remote that is safe as an operand.

    Raises:
        Usage: git may accept it, we do not: `$(…)`, a leading `-`, `..`, spaces.
    """
    if not SAFE_NAME.fullmatch(name):
        raise Usage(
            f"{name!r} is no name for a branch or tag",
            expected="letters, digits and . _ / + -",
            type_next="$EDITOR pyproject.toml",
        )
    return name


def answer(where: Path, *words: str) -> str:
    """
    What git prints for these words.

    Raises:
        Unanswered: it ended with something other than 0.
    """
    answer: Answer = git(where, *words).ask()
    if answer.code:
        raise Unanswered(
            f"git {' '.join(words)} ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="an answer from git",
            type_next=f"git -C {where} status",
        )
    return answer.out.strip("\n")


@dataclass(frozen=True)
class Clone:
    """
    Where a clone is: the root of its working tree, and the git directory that all its worktrees share.

    Args:
        head: the commit that is checked out; empty before the first one.
    """

    root: Path
    directory: Path
    head: str = ""

    @property
    def state(self) -> Path:
        """The folder of it that is ours: the lock, the journal, the logs and the sealed artifacts."""
        return self.directory / "contd-release"


def clone(where: Path) -> Clone:
    """
    The clone whose working tree `where` is in.

    Raises:
        NotReady: it is in none.
    """
    words = ("rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir")
    answer = git(where, *words, "HEAD^{commit}").ask()
    if answer.code:
        answer = git(where, *words).ask()
    if answer.code:
        _refuse_foreign(answer.err)
        raise NotReady(
            f"{where} is not in a git repository: {answer.err.strip()}",
            expected="the clone of the project to release",
            type_next="cd FOLDER   (into the clone)",
        )
    root, directory, *head = answer.out.splitlines()
    return Clone(Path(root), Path(directory), *head)


def _refuse_foreign(err: str) -> None:
    """
    Say why git reads nothing of a clone that another user owns.

    https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
    """
    if remedy := re.search(r"git config --global --add safe\.directory .+", err):
        raise NotReady(
            f"git does not trust this clone, because another user owns it: {err.splitlines()[0]}",
            expected="a clone that you own, or one that git is configured to trust",
            type_next=remedy[0],
        )


def directory(worktree: Path) -> Path:
    """
    The git directory of a worktree, from the file in which git keeps it.

    https://git-scm.com/docs/gitrepository-layout

    Raises:
        OSError: it is no worktree other than the clone's own.
    """
    answer = (worktree / ".git").read_text(encoding="utf-8", errors="surrogateescape")
    return worktree / answer.removeprefix("gitdir: ").rstrip("\n")


def identity(where: Path) -> str | None:
    """Who commits; None if git does not know."""
    answer = git(where, "var", "GIT_COMMITTER_IDENT").ask()
    return answer.out.rpartition(">")[0] + ">" if answer.code == 0 else None


def is_shallow(where: Path) -> bool:
    """Whether this clone lacks history."""
    return answer(where, "rev-parse", "--is-shallow-repository") == "true"


def only_git(dates: Mapping[str, str]) -> dict[str, str]:
    """Of an environment that dates a release, what dates git's objects."""
    return {name: value for name, value in dates.items() if name.startswith("GIT_")}
