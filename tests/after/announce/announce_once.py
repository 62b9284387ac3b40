"""A process that tells of a release and is there to be killed: `telling_once.py FOLDER WEBSITE ROOM…`."""

from __future__ import annotations

import sys
from pathlib import Path

from packaging.version import Version

from contd_release.after.announce import announcement as announce
from contd_release.after.announce.announcement import Announcement
from contd_release.after.website import publication
from contd_release.engine.checklist import Checklist
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import News, Settings, Website
from contd_release.records import lock

NOTES = "### Added\n\n- Ledgers can be kept in a file (#12)\n"


def announcement(folder: Path, repository: str, rooms: tuple[str, ...]) -> Announcement:
    """The announcement, of the release that the test has sealed and verified."""
    table = {room: f"env:ROOM_{room.upper()}" for room in rooms}
    settings = Settings(announce=table, website=Website(repository=repository))
    project = Project(folder / "root", folder / "state", "contd", settings, News())
    release = Release(project, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1_790_000_000)
    return Announcement(release, lambda: NOTES, "", ("pypi",))


def main(folder: str, repository: str, *rooms: str) -> None:
    """Walk the steps, holding the lock as a release does."""
    found = announcement(Path(folder), repository, rooms)
    steps = (announce.announced_everywhere(found), publication.site_published(found))
    with lock.held(found.release.project.state / "lock"):
        Checklist(steps).walk(lambda event: None, Running(found.release.logs))


if __name__ == "__main__":
    main(*sys.argv[1:])
