"""
git: what a clone and its remote hold, and the commands that change them.

Refs are always written out (`refs/heads/…`), pushed by exact refspecs, never with `--tags` and never forced.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from packaging.version import Version

from contd_release.command import Action, Answer, Call, Command
from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.release import Release
from contd_release.version import parse

WITHDRAWN: Final = "withdrawn/v"
SAFE_NAME = re.compile(r"(?!-)(?!.*\.\.)(?!.*//)[A-Za-z0-9._/+-]{1,200}(?<![./])")


@dataclass(frozen=True)
class Tag:
    """
    A tag: the object it is (a tag object when annotated) and the commit it leads to.
    """

    object: str
    commit: str
    is_annotated: bool


@dataclass(frozen=True)
class Remote:
    """
    Every branch and tag of a remote at one moment.
    """

    refs: Mapping[str, str]

    def branch(self, name: str) -> str | None:
        """
        The commit that a branch is at.
        """
        return self.refs.get(f"refs/heads/{name}")

    def tag(self, name: str) -> Tag | None:
        """
        The tag with this name.
        """
        there = self.refs.get(f"refs/tags/{name}")
        peeled = self.refs.get(f"refs/tags/{name}^{{}}")
        return Tag(there, peeled or there, is_annotated=peeled is not None) if there else None

    @property
    def tags(self) -> tuple[str, ...]:
        """
        The names of all tags.
        """
        prefix = "refs/tags/"
        return tuple(ref.removeprefix(prefix) for ref in self.refs if ref.startswith(prefix) and "^" not in ref)

    @property
    def withdrawn(self) -> frozenset[Version]:
        """
        The versions that a rollback has marked as withdrawn, for every clone and every channel to see.
        """
        marks = (tag.removeprefix(WITHDRAWN) for tag in self.tags if tag.startswith(WITHDRAWN))
        return frozenset(parse(one) for one in marks if re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", one))


def git(where: Path, *words: str, env: Mapping[str, str] | None = None, timeout: float = 120) -> Command:
    """
    A git command that runs in `where`.
    """
    return Command(("git", *words), cwd=where, env=env or {}, timeout=timeout)


def safe(name: str) -> str:
    """
    A name of a branch, tag or remote that is safe as an operand.

    Raises:
        Usage: git may accept it, we do not: `$(…)`, a leading `-`, `..`, spaces.
    """
    if not SAFE_NAME.fullmatch(name):
        raise Usage(f"{name!r} is no name for a branch or tag", expected="letters, digits and . _ / + -")
    return name


# Questions.


def top_level(where: Path) -> Path:
    """
    The root of the working tree that `where` is in.

    Raises:
        NotReady: it is in none.
    """
    answer = git(where, "rev-parse", "--show-toplevel").ask()
    if answer.code:
        raise NotReady(
            f"{where} is not in a git repository: {answer.err.strip()}",
            expected="the clone of the project to release",
            type_next="cd into it",
        )
    return Path(answer.out.rstrip("\n"))


def common_dir(where: Path) -> Path:
    """
    The git directory that all worktrees of a clone share.
    """
    return Path(_told(where, "rev-parse", "--path-format=absolute", "--git-common-dir"))


def url(where: Path, remote: str) -> str:
    """
    The URL of a remote.

    Raises:
        NotReady: there is no such remote.
    """
    answer = git(where, "remote", "get-url", "--", remote).ask()
    if answer.code:
        raise NotReady(
            f"this clone has no remote {remote!r}",
            expected="the remote that releases are pushed to",
            type_next=f"git remote add {remote} URL",
        )
    return answer.out.strip()


def origin(where: Path) -> str:
    """
    The URL of `origin`; empty where there is none.
    """
    answer = git(where, "remote", "get-url", "origin").ask()
    return answer.out.strip() if answer.code == 0 else ""


def remote(where: Path, name: str) -> Remote:
    """
    The branches and tags of a remote now.

    Raises:
        Unanswered: the remote cannot be reached, or refuses us.
    """
    answer = git(where, "ls-remote", "--heads", "--tags", "--", name).ask()
    if answer.code:
        raise Unanswered(
            f"git ls-remote {name} ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="the branches and tags of the remote",
            type_next=f"git ls-remote {name}",
        )
    lines = (line.split("\t") for line in answer.out.splitlines())
    return Remote({ref: commit for commit, ref in lines})


def commit(where: Path, revision: str = "HEAD") -> str | None:
    """
    The commit that a revision names in the worktree `where`; nothing when either is not there.
    """
    if not (where / ".git").exists():
        return None
    answer = git(where, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").ask()
    return answer.out.strip() if answer.code == 0 else None


def release_commit(release: Release) -> str | None:
    """
    The commit that a release made; nothing before it is made.
    """
    if release.commit:
        return release.commit
    there = commit(release.tree)
    return None if there == release.base else there


def tree(where: Path, revision: str = "HEAD") -> str:
    """
    The hash of the tree of a commit: what a proof is bound to.
    """
    return _told(where, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{tree}}")


def branch(where: Path) -> str | None:
    """
    The branch that is checked out; nothing when HEAD is detached.
    """
    answer = git(where, "symbolic-ref", "--quiet", "--short", "HEAD").ask()
    return answer.out.strip() if answer.code == 0 else None


def tag(where: Path, name: str) -> Tag | None:
    """
    The tag as it is in this clone.
    """
    told = _told(
        where, "for-each-ref", "--format=%(objecttype) %(objectname) %(*objectname)", f"refs/tags/{safe(name)}"
    )
    if not told:
        return None
    kind, there, *peeled = told.split()
    return Tag(there, peeled[0] if peeled else there, is_annotated=kind == "tag")


def tags_at(where: Path, revision: str) -> tuple[str, ...]:
    """
    The names of the tags on a commit.
    """
    return tuple(_told(where, "tag", "--list", "--points-at", revision).split())


def message(where: Path, tag: str) -> str:
    """
    The first line of an annotated tag's message, or of the commit that a lightweight one names.
    """
    return _told(where, "for-each-ref", "--format=%(contents:subject)", f"refs/tags/{safe(tag)}")


def is_shallow(where: Path) -> bool:
    """
    Whether this clone lacks history.
    """
    return _told(where, "rev-parse", "--is-shallow-repository") == "true"


def is_ancestor(where: Path, older: str, newer: str) -> bool:
    """
    Whether `newer` contains `older`; a commit that is not in this clone is nobody's ancestor.
    """
    return git(where, "merge-base", "--is-ancestor", older, newer).ask().code == 0


def distance(where: Path, older: str, newer: str) -> int:
    """
    How many commits `newer` has that `older` has not.
    """
    return int(_told(where, "rev-list", "--count", f"{older}..{newer}"))


def parents(where: Path, revision: str = "HEAD") -> tuple[str, ...]:
    """
    The parents of a commit.
    """
    return tuple(_told(where, "rev-list", "--parents", "--max-count=1", revision).split()[1:])


def time(where: Path, revision: str = "HEAD") -> int:
    """
    The committer time of a commit, in seconds since 1970.
    """
    return int(_told(where, "log", "--max-count=1", "--format=%ct", revision))


def subject(where: Path, revision: str = "HEAD") -> str:
    """
    The first line of a commit's message.
    """
    return _told(where, "log", "--max-count=1", "--format=%s", revision)


def is_clean(where: Path) -> bool:
    """
    Whether a worktree has no change and no untracked file.
    """
    return not _told(where, "status", "--porcelain")


def bring(where: Path, remote: str, ref: str) -> None:
    """
    Have the objects of a ref of the remote here, to look at them; no ref of this clone changes.

    Raises:
        Unanswered: the remote did not give them.
    """
    words = ("--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "--", remote, ref)
    answer = git(where, "fetch", *words, timeout=600).ask()
    if answer.code:
        raise Unanswered(
            f"git fetch {remote} {ref} ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="the commits of the remote",
            type_next=f"git fetch {remote}",
        )


def merge_base(where: Path, one: str, other: str) -> str | None:
    """
    The best common ancestor of two commits.
    """
    answer = git(where, "merge-base", one, other).ask()
    return answer.out.strip() if answer.code == 0 else None


def names(where: Path, revision: str, folder: str = "") -> tuple[str, ...]:
    """
    The paths of all files below a folder in a commit.
    """
    words = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", revision, "--", *([f"{folder}/"] if folder else []))
    return tuple(name for name in _told(where, *words).split("\0") if name)


def text(where: Path, revision: str, path: str) -> str | None:
    """
    The text of a file in a commit; nothing when it is not there.
    """
    answer = git(where, "show", f"{revision}:{path}").ask()
    return answer.out if answer.code == 0 else None


def changed(where: Path, since: str, until: str, *paths: str) -> tuple[str, ...]:
    """
    The files that differ between two commits, of those that the pathspecs name.
    """
    told = _told(where, "diff", "--name-only", "-z", f"{since}..{until}", "--", *paths)
    return tuple(name for name in told.split("\0") if name)


def identity(where: Path) -> str | None:
    """
    Who commits; nothing when git does not know.
    """
    answer = git(where, "var", "GIT_COMMITTER_IDENT").ask()
    return answer.out.rpartition(">")[0] + ">" if answer.code == 0 else None


# Commands.


def add_worktree(where: Path, to: Path, commit: str) -> tuple[Action, ...]:
    """
    Check a commit out into a worktree of its own, on no branch; what a killed checkout left there is removed first.

    Git writes HEAD before the files: a worktree whose checkout was killed would seem whole, and all that it lacks be
    deleted by the next commit. So it is moved to its place when it is. The second `--force` is for the lock that a
    killed checkout leaves behind.

    Args:
        to: a folder of ours in the cache, where nobody else keeps anything.
    """
    half = to.with_name(f"{to.name}-half")
    return (
        Call(f"make room for {to.name}", partial(_make_room, half, to)),
        git(where, "worktree", "prune"),
        git(where, "worktree", "add", "--detach", "--force", "--force", str(half), commit),
        git(where, "worktree", "move", str(half), str(to)),
    )


def clone_shared(where: Path, to: Path) -> tuple[Action, ...]:
    """
    Check the commit of a worktree out into a repository of its own that borrows its objects.

    Worktrees share their administration, and two `git worktree add` at the same time break each other; clones do not.
    """
    half = to.with_name(f"{to.name}-half")
    return (
        Call(f"make room for {to.name}", partial(_make_room, half, to)),
        git(to.parent, "clone", "--quiet", "--shared", "--", str(where), str(half)),
        Call(f"put {to.name} in its place", partial(_moved, half, to)),
    )


def remove_worktree(where: Path, to: Path) -> Command:
    """
    Remove a worktree and what is in it.
    """
    return git(where, "worktree", "remove", "--force", "--force", str(to))


def fetch_tag(where: Path, remote: str, name: str) -> Command:
    """
    Fetch one tag as it is on the remote, and nothing else.
    """
    ref = f"refs/tags/{safe(name)}"
    return git(where, "fetch", "--no-tags", "--refmap=", "--", remote, f"{ref}:{ref}", timeout=600)


def restore(where: Path, commit: str, paths: Sequence[str]) -> Command:
    """
    Put files of a worktree back to what they are in a commit, staged and not.
    """
    return git(where, "restore", f"--source={commit}", "--staged", "--worktree", "--", *paths)


def unlock(where: Path) -> Call:
    """
    Remove the lock that a killed git left on the index of a worktree of ours, in which nobody else works.
    """

    def remove() -> None:
        path = Path(_told(where, "rev-parse", "--path-format=absolute", "--git-path", "index.lock"))
        path.unlink(missing_ok=True)

    return Call(f"remove what a killed git has locked in {where.name}", remove)


def record(where: Path, message: str, dates: Mapping[str, str]) -> tuple[Action, ...]:
    """
    Commit all that the worktree holds, dated by the release. Hooks are for people's own commits; the proof has run.
    """
    return (
        unlock(where),
        git(where, "add", "--all"),
        git(where, "commit", "--quiet", "--no-verify", "--message", message, env=_only_git(dates)),
    )


def tag_annotated(where: Path, name: str, message: str, dates: Mapping[str, str], *, signed: bool = False) -> Command:
    """
    Tag the worktree's commit with an annotated tag, signed where the project asks for it.
    """
    kind = "-s" if signed else "-a"
    return git(where, "tag", kind, safe(name), "-m", message, "HEAD", env=_only_git(dates))


def delete_tag(where: Path, name: str) -> Command:
    """
    Delete a tag in this clone only.
    """
    return git(where, "tag", "--delete", safe(name))


def push(where: Path, remote: str, *refspecs: str) -> Command:
    """
    Push these refs, all or none, never forced.
    """
    return git(where, "push", "--atomic", "--no-follow-tags", "--", remote, *refspecs, timeout=600)


def delete_branch(where: Path, remote: str, branch: str, expected: str) -> Command:
    """
    Delete a branch of the remote, only if it is at the commit that we put there.
    """
    ref = f"refs/heads/{safe(branch)}"
    return git(where, "push", f"--force-with-lease={ref}:{expected}", "--", remote, f":{ref}", timeout=600)


def _moved(half: Path, to: Path) -> None:
    half.replace(to)


def _make_room(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)


def _only_git(dates: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in dates.items() if name.startswith("GIT_")}


def _told(where: Path, *words: str) -> str:
    answer: Answer = git(where, *words).ask()
    if answer.code:
        raise Unanswered(
            f"git {' '.join(words)} ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="an answer from git",
            type_next=f"git -C {where} status",
        )
    return answer.out.strip("\n")
