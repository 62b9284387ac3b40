"""Worktrees and clones of our own, and what is committed in them."""

from __future__ import annotations

import glob
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from contd_release.process.action import Action, Call
from contd_release.process.command import Command
from contd_release.tools.git.asking import answer, directory, git, only_git, safe


def is_clean(where: Path) -> bool:
    """Whether a worktree has no change and no untracked file."""
    return not answer(where, "status", "--porcelain")


def add_worktree(where: Path, to: Path, commit: str) -> tuple[Action, ...]:
    """
    Check a commit out into a worktree of its own, on no branch; what a killed checkout left there is removed first.

    Git writes HEAD before the files: a worktree whose checkout was killed would seem whole, and all that it lacks be
    deleted by the next commit. So it is moved to its place when it is. The second `--force` is for the lock that a
    killed checkout leaves behind.

    Args:
        to: a folder of ours in the cache, which only this program uses.
    """
    half = _half(to)
    return (
        Call(f"make room for {to.name}", partial(_make_room_in, where, to)),
        git(where, "worktree", "add", "--detach", "--force", "--force", str(half), commit),
        git(where, "worktree", "move", str(half), str(to)),
    )


def clone_shared(where: Path, to: Path, tag: str = "") -> tuple[Action, ...]:
    """
    Check the commit of a worktree out into a repository of its own that borrows its objects.

    Worktrees share their administration, and two `git worktree add` at the same time break each other; clones do not.

    Args:
        tag: a tag that the commit has in that repository alone, for build tools that compute the version from it.
    """
    half = _half(to)
    return (
        Call(f"make room for {to.name}", partial(_make_room, to)),
        git(to.parent, "clone", "--quiet", "--shared", "--", str(where), str(half)),
        *([git(half, "tag", "--force", "--no-sign", safe(tag), "HEAD")] if tag else []),
        Call(f"put {to.name} in its place", partial(_moved, half, to)),
    )


def remove_worktree(where: Path, to: Path) -> Call:
    """
    Remove a worktree and what is in it; also one whose folder is gone, or that does not find its clone any more.

    Only ours: `git worktree prune` would forget the maintainer's own on a disk that is not mounted.
    """
    return Call(f"remove the worktree {to}", partial(_remove, where, to))


def remove_unfinished(where: Path) -> None:
    """
    Remove each worktree of ours that a killed git left without a commit.

    `git worktree add` first writes a HEAD of zeros, with which no fetch and no pull works in the whole clone.
    """
    administration = Path(answer(where, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    for head in administration.glob("worktrees/*/HEAD"):
        with suppress(OSError):
            path = Path(
                head.with_name("gitdir").read_text(encoding="utf-8", errors="surrogateescape").rstrip("\n")
            ).parent
            if path.name.endswith("half") and not head.read_text(encoding="utf-8").strip("0\n"):
                shutil.rmtree(path, ignore_errors=True)
                answer(where, "worktree", "remove", "--force", "--force", "--", str(path))


def is_of_another_clone(worktree: Path, administration: Path) -> bool:
    """
    Whether a folder is a worktree of another clone, as of the one that this clone was copied from.

    Args:
        administration: the git directory of this clone.
    """
    try:
        found = directory(worktree)
    except OSError:
        return False
    return found.is_dir() and not found.resolve().is_relative_to(administration.resolve())


def restore(where: Path, commit: str, paths: Sequence[str]) -> Command:
    """Put files of a worktree back to what they are in a commit, staged and not."""
    return git(where, "restore", f"--source={commit}", "--staged", "--worktree", "--", *paths)


def unlock(where: Path) -> Call:
    """Remove the lock that a killed git left on the index of a worktree of ours, which only this program uses."""

    def remove() -> None:
        # What is in the way of that is in git's way, too, which says it.
        with suppress(OSError):
            (directory(where) / "index.lock").unlink()

    return Call(f"remove what a killed git has locked in {where.name}", remove)


def record(where: Path, message: str, dates: Mapping[str, str]) -> tuple[Action, ...]:
    """
    Commit all that the worktree holds, dated by the release. Hooks are for people's own commits; the proof has run.
    """
    return (
        unlock(where),
        git(where, "add", "--all"),
        git(where, "commit", "--quiet", "--no-verify", "--message", message, env=only_git(dates)),
    )


def _moved(half: Path, to: Path) -> None:
    half.replace(to)


def _make_room_in(where: Path, to: Path) -> None:
    _remove(where, to)
    to.parent.mkdir(parents=True, exist_ok=True)


def discard(folder: Path) -> None:
    """
    Remove a folder of ours.

    It loses its name first: a kill that came in the middle would leave a tree that seems whole and lacks files.
    """
    half = _half(folder)
    shutil.rmtree(half, ignore_errors=True)
    with suppress(OSError):
        folder.replace(half)
    for one in (half, folder):
        shutil.rmtree(one, ignore_errors=True)


def _remove(where: Path, to: Path) -> None:
    discard(to)
    for one in (_half(to), to):
        if f"worktree {one.resolve()}" in answer(where, "worktree", "list", "--porcelain").splitlines():
            answer(where, "worktree", "remove", "--force", "--force", "--", str(one.resolve()))
    for lock in to.parent.glob(f"{glob.escape(to.name)}-*.lock"):
        # A killed git was writing the index of a command that has one of its own.
        lock.unlink(missing_ok=True)


def _half(to: Path) -> Path:
    return to.with_name(f"{to.name}-half")


def _make_room(to: Path) -> None:
    discard(to)
    to.parent.mkdir(parents=True, exist_ok=True)
