"""
A process that announces a release, to be killed: `announce_once.py NUMBER FOLDER WEBSITE ROOM…`.

It kills its whole process group before the connection, the program or the changed file of that number; 0 is never.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from packaging.version import Version

from contd_release.after.announce import announcement as announce
from contd_release.after.announce.announcement import Announcement
from contd_release.after.website import publication
from contd_release.engine.checklist import Checklist
from contd_release.process.action import Running
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Settings, Website
from contd_release.records import lock

NOTES = "### Added\n\n- Ledgers can be kept in a file (#12)\n"


def announcement(folder: Path, repository: str, rooms: tuple[str, ...]) -> Announcement:
    """The announcement, of the release that the test has sealed and verified."""
    table = {room: f"env:ROOM_{room.upper()}" for room in rooms}
    settings = Settings(announce=table, website=Website(repository=repository))
    project = Project(folder / "root", folder / "state", "contd", settings, News())
    release = Release(project, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1_790_000_000)
    return Announcement(release, lambda: NOTES, "", ("pypi",))


def die_before(number: int, folder: str) -> None:
    """Count connections, programs and changed files in the folder, from all threads, and die before one of them."""
    seen = 0

    def counted(event: str, arguments: tuple[Any, ...]) -> bool:
        if event in ("socket.connect", "subprocess.Popen"):
            return True
        if event == "open" and not (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")):
            return False
        return event in ("open", "os.rename", "os.remove", "os.mkdir") and str(arguments[0]).startswith(folder)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if counted(event, arguments):
            seen += 1
            if seen == number:
                os.killpg(0, signal.SIGKILL)

    sys.addaudithook(hook)


def main(number: str, folder: str, repository: str, *rooms: str) -> None:
    """Walk the steps, holding the lock as a release does."""
    die_before(int(number), folder)
    found = announcement(Path(folder), repository, rooms)
    steps = (announce.announced_everywhere(found), publication.site_published(found))
    with lock.held(found.release.project.state / "lock"):
        Checklist(steps).walk(lambda event: None, Running(found.release.logs))


if __name__ == "__main__":
    main(*sys.argv[1:])
