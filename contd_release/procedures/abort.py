"""The abort of a release: undo everything before the point of no return."""

from __future__ import annotations

from contd_release.console import reporting
from contd_release.errors import NotReady
from contd_release.prepare import seal
from contd_release.prepare.committed import current_project
from contd_release.procedures.progress import finish, is_crossed, remove
from contd_release.procedures.release import Walking
from contd_release.procedures.selection import resumed
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.records import journal, lock
from contd_release.tools import git


def abort_release(*, as_json: bool) -> None:
    """
    Undo every step of the release in progress.

    Raises:
        NotReady: no release is in progress.
        Conflict: the release is past the point of no return.
    """
    project = current_project()
    report = reporting(as_json=as_json, settings=project.settings)
    with lock.held(project.state / "lock"):
        git.remove_unfinished(project.root)
        begun = journal.of(project).under_way()
        if begun is None:
            raise NotReady("nothing is under way", expected="a release to abort", type_next="invoke status")
        found = resumed(project, begun)
        unknown = seal.lost(found, begun.at)
        running = Running(found.logs, report.redact)
        seen = Walking(found, report).checklist.undo(report.event, running, is_crossed=is_crossed(found))
        finish(found, "aborted")
        left = (*unknown, *(one.detail for one in seen), *(f"{path} could not be removed" for path in remove(found)))
        report.says(_ending(found, tuple(dict.fromkeys(left))))


def _ending(release: Release, left: tuple[str, ...]) -> str:
    """The last lines: what is not as it was before this release began."""
    if not left:
        return f"{release} is aborted; everything is as it was before it began"
    lines = "\n".join(f"  - {one}" for one in left)
    return f"{release} is aborted; left as it is, since it is not of this release or cannot be removed:\n{lines}"
