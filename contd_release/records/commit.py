"""
The release commit: made once, noted in the journal, and from then on the only one that is proved, built and published.

The worktree in which it was made is no evidence: a proof may commit there, and the cache that holds it may be lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contd_release.errors import NotReady
from contd_release.process.action import Action, Running
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Committed, Merged
from contd_release.tools import git


def release_commit(release: Release) -> str | None:
    """The commit that a release made, or that its tag names; None before it is made."""
    if release.commit:
        return release.commit
    if merged := merged_commit(release):
        return merged
    return made_commit(release)


def made_commit(release: Release) -> str | None:
    """The commit that was made here; a pull request may have been merged as another one."""
    noted = journal.of(release.project).latest(Committed, str(release.version))
    return noted.commit if noted else None


def merged_commit(release: Release) -> str | None:
    """The commit that GitHub made of the pull request; None before it is merged, or without one."""
    noted = journal.of(release.project).latest(Merged, str(release.version)) if release.by_pull else None
    return noted.commit if noted else None


def note(release: Release) -> None:
    """Note the commit that was made in the release's worktree: from now on it is the release commit."""
    if commit := git.head(release.tree):
        journal.of(release.project).append(Committed(version=str(release.version), commit=commit))


def required(release: Release) -> str:
    """
    The commit that a release made.

    Raises:
        NotReady: it is not made yet.
    """
    if commit := release_commit(release):
        return commit
    raise NotReady("there is no release commit", expected="a commit to go on with", type_next=release.task)


@dataclass(frozen=True)
class OfCommit:
    """A command that names the release commit, which is known only once it is made."""

    release: Release
    command: Callable[[str], Action]

    def __str__(self) -> str:
        return str(self.command(release_commit(self.release) or "COMMIT"))

    def run(self, running: Running) -> None:
        """Run it with the commit that was made."""
        self.command(required(self.release)).run(running)
