"""
Verification by itself: every channel is read back again, whatever was verified before.
"""

from __future__ import annotations

from contd_release import channels, journal, lock
from contd_release.checklist import Checklist, Section
from contd_release.command import Running
from contd_release.errors import NotReady
from contd_release.journal import Doubted
from contd_release.report import reporting
from contd_release.tasks.checklists import together
from contd_release.tasks.choice import here, of_version, resumed


def verify_again(version: str, *, as_json: bool) -> None:
    """
    Read every channel of a release back, as a consumer would.

    Raises:
        NotReady: nothing is under way, and no version was named.
    """
    project, report = here(), reporting(as_json=as_json)
    begun = journal.of(project).under_way()
    if not version and begun is None:
        raise NotReady("nothing is under way", expected="a version", type_next="invoke verify --version 1.2.0")
    release = of_version(project, version) if version or begun is None else resumed(project, begun)
    published = tuple(Section("publish", branch) for branch in channels.section("publish", release))
    checks = Checklist((*published, Section("verify", (together(*channels.section("verify", release)),))))
    with lock.held(project.state / "lock"), report.watching(release, checks):
        missing = [one for one in Checklist(published).status() if not one.is_done]
        if missing:
            detail = missing[0].found.detail if missing[0].found else str(missing[0].error)
            raise NotReady(
                f"{missing[0].step.title}: {detail}", expected="a published release", type_next="invoke status"
            )
        journal.of(project).append(Doubted(version=str(release.version)))
        checks.walk(report.event, Running(release.logs, report.redact))
    report.says(f"{release}: every channel serves what was built")
