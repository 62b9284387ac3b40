"""That a release is under way, that it is over, and what is left of one that was aborted."""

from __future__ import annotations

import shutil

from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Begun, Ended


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
            )
        )


def finish(release: Release, how: str) -> None:
    """Note that a release is over."""
    entries = journal.of(release.project)
    if under_way := entries.under_way():
        entries.append(Ended(version=under_way.version, how=how))


def remove(release: Release) -> None:
    """Remove what an aborted release leaves on this machine: its logs, its artifacts, its checkouts."""
    shutil.rmtree(release.home, ignore_errors=True)
    for path in release.project.cache.glob(f"{release.tag}-*"):
        shutil.rmtree(path, ignore_errors=True)
