"""The work of `invoke watch`: find what is public under the project's name and no release of ours explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contd_release.after.issues import notice
from contd_release.after.watch import alarm, baseline, strangers
from contd_release.after.watch.strangers import Look
from contd_release.console import Report, reporting
from contd_release.engine.checklist import Checklist
from contd_release.errors import NotReady, Unexplained
from contd_release.prepare.committed import current_project
from contd_release.procedures.after.steps import redactor
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.tools.github import api

_KNOWN: Final = "$EDITOR pyproject.toml   ([tool.contd-release.watch.known])"


@dataclass(frozen=True)
class Wanted:
    """
    What a call asks for.

    Args:
        baseline: whether what is public now is written down as meant.
        issue: whether an issue is opened for what nothing explains.
    """

    baseline: bool = False
    issue: bool = False


def watch(wanted: Wanted, *, as_json: bool) -> None:
    """
    Look once.

    Raises:
        Unexplained: something is public that nothing explains.
        Unanswered: a channel did not say what it has.
    """
    project, report = current_project(), reporting(as_json=as_json)
    report.redact = redactor(project)
    found = strangers.look(project)
    if wanted.baseline:
        _take_as_baseline(project, found, report)
        return
    compare(project, found, report, has_issue=wanted.issue)


def compare(project: Project, found: Look, report: Report, *, has_issue: bool = False) -> None:
    """
    Print what a look found.

    Raises:
        Unexplained: something is public that nothing explains.
    """
    if not found.strangers:
        report.fact("watched", f"{len(found.offers)} things are public, each explained", strangers=0)
        return
    if has_issue:
        running = Running(project.state / "logs", report.redact)
        Checklist((alarm.raised(found.strangers, notice.tracker(api.connected(project))),)).walk(report.event, running)
    text = "\n".join(strangers.lines(found.strangers))
    raise Unexplained(
        f"{len(found.strangers)} of {len(found.offers)} things that are public are not explained:\n{text}",
        expected="the seal of a release that lists it, the baseline, or [tool.contd-release.watch] known with a reason",
        type_next=_KNOWN
        if baseline.path(project).exists()
        else "invoke watch --baseline   (where all of it is from before the first release with these tasks)",
    )


def _take_as_baseline(project: Project, found: Look, report: Report) -> None:
    """
    Write the strangers down.

    Raises:
        NotReady: there is a list already, so that these are no longer from before.
    """
    file = baseline.path(project)
    if file.exists():
        raise NotReady(
            f"{file.name} is there already: what came since is not from before",
            expected="an entry with a reason",
            type_next=_KNOWN,
        )
    listed = [one.offer for one in found.strangers]
    baseline.write_down(project, listed)
    report.says(f"{file.name} lists {len(listed)} things; look at it, then: git add {file.name}")
