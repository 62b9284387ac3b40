"""A process that raises an alarm, to be killed: `alarm_once.py NUMBER FOLDER ROOM…`, where 0 is never killed."""

from __future__ import annotations

import sys
from pathlib import Path

from contd_release.after.watch import message
from contd_release.after.watch.strangers import Stranger
from contd_release.channels.offer import Offer
from contd_release.engine.checklist import Checklist
from contd_release.process.action import Running
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.settings import Settings, Watch

STRANGERS = (
    Stranger(Offer("pypi", "contd-9.9-py3-none-any.whl", "sha256:1", "9.9"), "no release of ours is 9.9", "yank it"),
    Stranger(Offer("git", "v9.9", "1" * 40, "9.9"), "no release of ours is 9.9", "git push --delete origin v9.9"),
)


def watched(folder: Path, rooms: tuple[str, ...]) -> Project:
    """A project that sends alarms to these rooms."""
    table = {room: f"env:ROOM_{room.upper()}" for room in rooms}
    return Project(folder / "root", folder / "state", "contd", Settings(watch=Watch(announce=table)), News())


def main(number: str, folder: str, *rooms: str) -> None:
    """Send the alarm to each room."""
    from tests.after.announce.announce_once import die_before

    die_before(int(number), folder)
    project = watched(Path(folder), rooms)
    walk = Checklist((message.sent_everywhere(project, STRANGERS),)).walk
    walk(lambda event: None, Running(project.state / "logs"))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))
    main(*sys.argv[1:])
