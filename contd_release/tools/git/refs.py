"""Remotes, branches and tags: what they are at, and the pushes that move them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from packaging.version import Version

from contd_release.engine import ask_once
from contd_release.errors import NotReady, Unanswered
from contd_release.process.command import Command
from contd_release.project.version import parse
from contd_release.tools.git.asking import answer, git, only_git, safe
from contd_release.tools.git.login import Transfer, without_login

_ADDRESS: Final = re.compile(r"[/:]")


@dataclass(frozen=True)
class Tag:
    """A tag: the object it is (a tag object when annotated) and the commit it leads to."""

    object: str
    commit: str
    is_annotated: bool


@dataclass(frozen=True)
class NewTag:
    """An annotated tag to be made."""

    name: str
    message: str
    commit: str


@dataclass(frozen=True)
class Remote:
    """Every branch and tag of a remote at one moment."""

    refs: Mapping[str, str]

    def branch(self, name: str) -> str | None:
        """The commit that a branch is at."""
        return self.refs.get(f"refs/heads/{name}")

    def tag(self, name: str) -> Tag | None:
        """The tag with this name."""
        there = self.refs.get(f"refs/tags/{name}")
        peeled = self.refs.get(f"refs/tags/{name}^{{}}")
        return Tag(there, peeled or there, is_annotated=peeled is not None) if there else None

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of all tags."""
        prefix = "refs/tags/"
        return tuple(ref.removeprefix(prefix) for ref in self.refs if ref.startswith(prefix) and "^" not in ref)

    def withdrawn(self, mark: str) -> frozenset[Version]:
        """
        The versions that a rollback has marked as withdrawn, for every clone and every channel to see.

        Args:
            mark: what the tags of the project that say so begin with.
        """
        marks = (tag.removeprefix(mark) for tag in self.tags if tag.startswith(mark))
        return frozenset(parse(one) for one in marks if re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", one))


def known_url(where: Path, remote: str, *, is_push: bool = False) -> str | None:
    """
    The URL of a remote, without a login in it; None if there is no such remote.

    Args:
        is_push: whether to ask for the URL that is pushed to.
    """
    answer = git(where, "remote", "get-url", *(["--push"] if is_push else []), "--", remote).ask()
    return without_login(answer.out.strip()) if answer.code == 0 else None


def url(where: Path, remote: str, *, is_push: bool = False) -> str:
    """
    The URL of a remote, without a login in it.

    Raises:
        NotReady: there is no such remote.
    """
    if (found := known_url(where, remote, is_push=is_push)) is None:
        raise NotReady(
            f"this clone has no remote {remote!r}",
            expected="the remote that releases are pushed to",
            type_next=f"git remote add {remote} URL",
        )
    return found


def remote(where: Path, name: str) -> Remote:
    """
    The branches and tags of a remote now.

    Args:
        name: the remote, or its address.

    Raises:
        NotReady: there is no such remote.
        Unanswered: the remote cannot be reached, or refuses us.
    """
    return ask_once.once(("branches and tags", where, name), partial(_remote, where, name))


def _remote(where: Path, name: str) -> Remote:
    answer = Transfer(git(where, "ls-remote", "--heads", "--tags", "--", name), name).ask()
    if answer.code:
        if not _ADDRESS.search(name):
            url(where, name)
        raise Unanswered(
            f"git ls-remote {name} ended with {answer.code}: {' '.join(answer.err.split())}",
            expected="the branches and tags of the remote",
            type_next=f"git ls-remote {name}",
        )
    lines = (line.split("\t") for line in answer.out.splitlines())
    return Remote({ref: commit for commit, ref in lines})


def branch(where: Path) -> str | None:
    """The branch that is checked out; None if HEAD is detached."""
    answer = git(where, "symbolic-ref", "--quiet", "--short", "HEAD").ask()
    return answer.out.strip() if answer.code == 0 else None


def tag(where: Path, name: str) -> Tag | None:
    """The tag as it is in this clone."""
    line = answer(
        where, "for-each-ref", "--format=%(objecttype) %(objectname) %(*objectname)", f"refs/tags/{safe(name)}"
    )
    if not line:
        return None
    kind, there, *peeled = line.split()
    return Tag(there, peeled[0] if peeled else there, is_annotated=kind == "tag")


def tags_at(where: Path, revision: str) -> tuple[str, ...]:
    """The names of the tags on a commit."""
    return tuple(answer(where, "tag", "--list", "--points-at", revision).split())


def tags_before(where: Path, revision: str) -> tuple[str, ...]:
    """The names of the tags on a commit and on all that came before it."""
    return tuple(answer(where, "tag", "--list", "--merged", revision).split())


def message(where: Path, tag: str) -> str:
    """The first line of an annotated tag's message, or of the commit that a lightweight one names."""
    return answer(where, "for-each-ref", "--format=%(contents:subject)", f"refs/tags/{safe(tag)}")


def fetch(where: Path, remote: str, refspec: str, *options: str) -> Transfer:
    """Fetch one ref of the remote, and no tag that is not asked for."""
    return Transfer(git(where, "fetch", "--no-tags", *options, "--", remote, refspec, timeout=600), remote)


def fetch_tag(where: Path, remote: str, name: str) -> Transfer:
    """Fetch one tag as it is on the remote, and nothing else."""
    ref = f"refs/tags/{safe(name)}"
    return fetch(where, remote, f"{ref}:{ref}", "--refmap=")


def tag_annotated(where: Path, tag: NewTag, dates: Mapping[str, str], *, signed: bool = False) -> Command:
    """Tag a commit with an annotated tag, signed where the project asks for it."""
    kind = "-s" if signed else "-a"
    return git(where, "tag", kind, safe(tag.name), "-m", tag.message, tag.commit, env=only_git(dates))


def delete_tag(where: Path, name: str) -> Command:
    """Delete a tag in this clone only."""
    return git(where, "tag", "--delete", safe(name))


def push(where: Path, remote: str, *refspecs: str) -> Transfer:
    """Push these refs, all or none, never forced."""
    return Transfer(git(where, "push", "--atomic", "--no-follow-tags", "--", remote, *refspecs, timeout=600), remote)


def delete_branch(where: Path, remote: str, branch: str, expected: str) -> Transfer:
    """Delete a branch of the remote, only if it is at the commit that we put there."""
    ref = f"refs/heads/{safe(branch)}"
    lease = f"--force-with-lease={ref}:{expected}"
    return Transfer(git(where, "push", lease, "--", remote, f":{ref}", timeout=600), remote)
