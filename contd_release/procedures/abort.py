"""The abort of a release: everything before the point of no return, undone."""

from __future__ import annotations

from contd_release.console import reporting
from contd_release.errors import NotReady
from contd_release.procedures.progress import finish, remove
from contd_release.procedures.release import Walking
from contd_release.procedures.selection import here, resumed
from contd_release.process.action import Running
from contd_release.records import journal, lock


def abort_release(*, as_json: bool) -> None:
    """
    Undo every step of the release in progress.

    Raises:
        NotReady: no release is in progress.
        Conflict: the release is past the point of no return.
    """
    project = here()
    report = reporting(as_json=as_json, settings=project.settings)
    with lock.held(project.state / "lock"):
        begun = journal.of(project).under_way()
        if begun is None:
            raise NotReady("nothing is under way", expected="a release to abort", type_next="invoke status")
        found = resumed(project, begun)
        Walking(found, report).checklist.undo(report.event, Running(found.logs, report.redact))
        finish(found, "aborted")
        remove(found)
        report.says(f"{found} is aborted; everything is as it was before it began")
