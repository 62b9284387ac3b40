"""Verification by itself: every channel is read back again, whatever was verified before, from whatever machine."""

from __future__ import annotations

from dataclasses import dataclass

from contd_release.channels import origin, registry
from contd_release.console import Report, reporting
from contd_release.engine.checklist import Checklist, Section
from contd_release.engine.step import State
from contd_release.errors import NotReady
from contd_release.prepare.committed import current_project
from contd_release.procedures import tagged
from contd_release.procedures.checklist import together
from contd_release.procedures.sections import by_tag, comparison
from contd_release.procedures.sections.by_tag import Scope
from contd_release.procedures.sections.comparison import Patience
from contd_release.procedures.selection import resumed
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.records import journal, lock
from contd_release.records.entries import Doubted


@dataclass(frozen=True)
class Wanted:
    """What a call wants verified: a version that is out, the release in progress, or the tag that is checked out."""

    version: str
    scope: Scope
    patience: Patience


def verify_again(wanted: Wanted, *, as_json: bool) -> None:
    """
    Read every channel of a release back, as a consumer would, and compare it with what was built.

    First by digest, as a table, which is read again until everything is there; then whole: installed, pulled, rendered.
    """
    project, report = current_project(), reporting(as_json=as_json)
    registry.chosen(project, wanted.scope.only, wanted.scope.command)
    with lock.held(project.state / "lock"):
        release, is_out = _release(project, wanted, report)
        report.says(f"{release}: built and found")
        rows = comparison.read(release, wanted.scope.only, report, wanted.patience, promoted=is_out)
        checks = Checklist((Section("verify", (together(*registry.section("verify", release, wanted.scope.only)),)),))
        journal.of(release.project).append(Doubted(version=str(release.version)))
        checks.walk(report.event, Running(release.logs, report.redact))
    where = ", ".join(dict.fromkeys(row.channel for row in rows))
    report.says(f"{release}: what was built is what users get from {where or 'nowhere'}")


def _release(project: Project, wanted: Wanted, report: Report) -> tuple[Release, bool]:
    """
    The release that is meant, with the seal to compare with; and whether it should be promoted by now.

    Raises:
        NotReady: no release is in progress, no tag is checked out, and no version was named; or no seal is known.
    """
    if wanted.scope.artifacts:
        release = tagged.of_version(project, wanted.version) if wanted.version else tagged.required(project)
        by_tag.taken(release, wanted.scope, report)
        return release, False
    if wanted.version:
        return tagged.with_public_seal(tagged.of_version(project, wanted.version)), True
    if begun := journal.of(project).under_way():
        return _published(resumed(project, begun)), False
    if release_here := tagged.here(project):
        return tagged.with_public_seal(release_here), True
    raise NotReady("nothing is under way", expected="a version", type_next="invoke verify --version 1.2.0")


def _published(release: Release) -> Release:
    """
    The release in progress, once it is tagged.

    Raises:
        NotReady: nothing of it is public yet.
    """
    found = origin.pushed(release).observe()
    if found.state is not State.DONE:
        raise NotReady(
            f"{release} is under way: {found.detail}", expected="a published release", type_next="invoke release"
        )
    return release
