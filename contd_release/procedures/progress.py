"""The begin and the end of a release in the journal, and what an aborted one leaves."""

from __future__ import annotations

import glob
import os
import shutil
from pathlib import Path

from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.project.release import Release, folder
from contd_release.records import journal
from contd_release.records.entries import Begun, CheckedOut, Crossed, Ended
from contd_release.tools import git


def begin(release: Release) -> None:
    """Note that this release is under way, before anything of it is."""
    entries = journal.of(release.project)
    under_way = entries.under_way()
    if under_way is None or under_way.version != str(release.version):
        entries.append(
            Begun(
                version=str(release.version),
                previous=str(release.previous),
                base=release.base,
                epoch=release.epoch,
                because=release.because,
                without_ci=release.without_ci,
                hotfix=release.hotfix,
                by_pull=release.by_pull,
            )
        )
    last = entries.latest(CheckedOut, str(release.version))
    if last is None or last.folder != str(release.room):
        entries.append(CheckedOut(version=str(release.version), folder=str(release.room)))


def checkouts(project: Project, version: str) -> Path | None:
    """The folder that holds the checkouts of a release that was begun, where it is still there and ours to write."""
    noted = journal.of(project).latest(CheckedOut, version)
    room = Path(noted.folder) if noted else None
    return room if room and os.access(room, os.W_OK) and _is_ours(project, room / folder(version)) else None


def cross(release: Release, step: str) -> None:
    """
    Note that the line is crossed, before anything behind its first step begins.

    Args:
        step: the claim that is true now and cannot be undone.
    """
    if not is_crossed(release):
        journal.of(release.project).append(Crossed(version=str(release.version), step=step))


def is_crossed(release: Release) -> bool:
    """Whether this release has done a step that cannot be undone."""
    return journal.of(release.project).latest(Crossed, str(release.version)) is not None


def finish(release: Release, how: str) -> None:
    """Note that a release is over."""
    entries = journal.of(release.project)
    if under_way := entries.under_way():
        entries.append(Ended(version=under_way.version, how=how))


def remove(release: Release) -> tuple[Path, ...]:
    """
    Remove what an aborted release leaves on this machine: its logs, its artifacts, its checkouts.

    Returns:
        What could not be removed.
    """
    project, left = release.project, [release.home]
    noted = journal.of(project).entries(CheckedOut, str(release.version))
    for room in {Path(one.folder) for one in noted} | {release.room, project.cache}:
        tree = room / release.folder
        if _is_ours(project, tree):
            left += [tree, *room.glob(f"{glob.escape(release.folder)}-*")]
            git.remove_worktree(project.root, tree).run(Running(release.logs))
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return tuple(path for path in left if path.exists())


def _is_ours(project: Project, tree: Path) -> bool:
    return not git.is_of_another_clone(tree, project.state.parent)
