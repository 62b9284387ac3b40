"""What was released, and when: the version tags of a clone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.project.version import parse
from contd_release.schedule.due import Shipped
from contd_release.tools import git


def shipped(where: Path) -> tuple[Shipped, ...]:
    """
    The releases that this clone knows: each tag `v1.2.0` with the moment it was made, or of its commit where it is
    lightweight; other tags are left out.

    Raises:
        NotReady: the clone is shallow, so tags may be missing, and an old release would seem to be due.
        Unanswered: git did not say.
    """
    if git.is_shallow(where):
        raise NotReady(
            "this clone is shallow, so releases may be missing in it",
            expected="the whole history, with its tags",
            type_next="git fetch --unshallow --tags",
        )
    answer = git.git(where, "for-each-ref", "--format=%(refname) %(creatordate:iso-strict)", "refs/tags/v*").ask()
    if answer.code:
        raise Unanswered(f"git for-each-ref ended with {answer.code}: {' '.join(answer.err.split())}", "the tags")
    found = []
    for line in answer.out.splitlines():
        name, _, date = line.removeprefix("refs/tags/v").partition(" ")
        try:
            found.append(Shipped(parse(name), datetime.fromisoformat(date)))
        except (Usage, ValueError):
            continue
    return tuple(sorted(found, key=lambda one: (one.at, one.version)))
