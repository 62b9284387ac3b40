"""What was released, and when: the version tags of a clone."""

from __future__ import annotations

from datetime import datetime

from contd_release.errors import NotReady, Unanswered
from contd_release.project.project import Project
from contd_release.schedule.due import Shipped
from contd_release.tools import git


def shipped(project: Project) -> tuple[Shipped, ...]:
    """
    The releases that this clone knows: each tag of one with the moment it was made, or of its commit where it is
    lightweight; other tags are left out.

    Raises:
        NotReady: the clone is shallow, so tags may be missing, and an old release would seem to be due.
        Unanswered: git did not say.
    """
    where = project.root
    if git.is_shallow(where):
        raise NotReady(
            "this clone is shallow, so releases may be missing in it",
            expected="the whole history, with its tags",
            type_next="git fetch --unshallow --tags",
        )
    answer = git.git(where, "for-each-ref", "--format=%(refname) %(creatordate:iso-strict)", "refs/tags").ask()
    if answer.code:
        raise Unanswered(f"git for-each-ref ended with {answer.code}: {' '.join(answer.err.split())}", "the tags")
    dates = {}
    for line in answer.out.splitlines():
        name, _, date = line.removeprefix("refs/tags/").partition(" ")
        dates[name] = date
    found = (
        Shipped(version, datetime.fromisoformat(date))
        for tag, date in dates.items()
        if (version := project.tags.version(tag)) and len(version.release) == 3 and date
    )
    return tuple(sorted(found, key=lambda one: (one.at, one.version)))
