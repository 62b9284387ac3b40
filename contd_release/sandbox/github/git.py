"""The bare git repositories behind the sandbox's GitHub."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.sandbox.github.store import StoredRepository
from contd_release.sandbox.github.wire import Refusal, wrong

PERSON: Final = {"name": "sandbox", "email": "sandbox@example.org"}

_FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"


@dataclass(frozen=True)
class Commit:
    """A commit: hashes, message, and who made it when (ISO 8601)."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str, str]
    committer: tuple[str, str, str]
    message: str


def git(remote: Path, *words: str, stdin: str = "", date: str = "") -> str | None:
    """
    What git prints, or None if it says no.

    Args:
        date: when a commit is made, as git reads it; now when it is empty.
    """
    environ = {"PATH": os.environ.get("PATH", ""), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        environ |= {f"GIT_{role}_NAME": PERSON["name"], f"GIT_{role}_EMAIL": PERSON["email"]}
        environ |= {f"GIT_{role}_DATE": date} if date else {}
    ended = subprocess.run(
        ("git", "--git-dir", str(remote), *words), input=stdin, capture_output=True, text=True, env=environ, check=False
    )
    return ended.stdout.rstrip("\n") if ended.returncode == 0 else None


def sha_of(place: StoredRepository, ref: str) -> str | None:
    """The commit that a branch, a tag or a hash names."""
    if ref.startswith("-"):
        return None
    return git(place.remote, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}") or None


def tag_exists(place: StoredRepository, tag: str) -> bool:
    """Whether the remote has this tag."""
    return git(place.remote, "show-ref", "--verify", "--", f"refs/tags/{tag}") is not None


def make_tag(place: StoredRepository, tag: str, target: str) -> None:
    """A lightweight tag, as GitHub makes one when a release without a tag is published."""
    sha = sha_of(place, target)
    if sha is None or git(place.remote, "update-ref", "--", f"refs/tags/{tag}", sha) is None:
        raise Refusal(422, "Validation Failed", errors=[wrong("Release", "target_commitish", "invalid")])


def head(place: StoredRepository) -> str:
    """The default branch."""
    return git(place.remote, "symbolic-ref", "--short", "HEAD") or "main"


def commit_of(place: StoredRepository, ref: str) -> Commit | None:
    """The commit that `ref` names."""
    sha = sha_of(place, ref)
    shown = sha and git(place.remote, "show", "-s", f"--format={_FORMAT}", sha)
    if not shown:
        return None
    one, tree, parents, an, ae, ai, cn, ce, ci, message = shown.split("\0", 9)
    return Commit(one, tree, tuple(parents.split()), (an, ae, ai), (cn, ce, ci), message.rstrip("\n"))
