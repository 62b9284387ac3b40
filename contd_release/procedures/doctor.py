"""`invoke doctor`: everything that keeps this repository from being released, all at once."""

from __future__ import annotations

from pathlib import Path

from contd_release.adopt import needs
from contd_release.adopt import tree as working_tree
from contd_release.console import Report, looked, reporting
from contd_release.engine.checklist import Seen
from contd_release.engine.step import State
from contd_release.errors import NotReady, ReleaseError, Unanswered, raise_all
from contd_release.prepare import fragments, stated
from contd_release.prepare.committed import current_project
from contd_release.prepare.part import evidence
from contd_release.procedures import next_version
from contd_release.procedures.options import Words
from contd_release.procedures.plan import without_remote
from contd_release.procedures.release import Walking
from contd_release.procedures.selection import planned
from contd_release.project.version import AUTO
from contd_release.records import journal
from contd_release.tools import git


def examine(*, as_json: bool) -> None:
    """
    Examine the repository, and if nothing is missing, the release that its fragments ask for.

    Raises:
        ReleaseError: everything that prevents a release.
    """
    report = reporting(as_json=as_json)
    tree = working_tree.of(Path.cwd())
    seen = list(needs.checklist(tree, needs.settings(tree, tree.text)).status())
    for one in seen:
        report.seen(one, with_commands=False)
    raise_all([error for one in seen if (error := _problem(one))])
    _examine_release(report)


def _examine_release(report: Report) -> None:
    project = current_project()
    if begun := journal.of(project).under_way():
        report.says(f"\n{project.name} {begun.version} is under way since {begun.at}")
        report.says("type: invoke status")
        return
    current = stated.at(project, project.commit).current
    try:
        least = evidence.at(project, project.commit, current).least()
        words = Words(final=True) if current.pre else Words(part=AUTO if project.is_dated else least)
        walking = Walking(planned(project, words, git.branch(project.root)), report)
    except Unanswered:
        least = fragments.at(project, project.commit).least_part(current)
        words = Words(final=True) if current.pre else Words(part=AUTO if project.is_dated else least)
        walking = without_remote(project, words, report)
    seen = looked(report, walking.checklist)
    for one in seen:
        if one.section == "prepare" and not one.step.act:
            report.seen(one, with_commands=False)
    walking.checklist.check(seen)
    part = "--final" if current.pre else next_version.suggested(project, current, least)
    report.says(f"\nnothing keeps {walking.release} from being released")
    report.says(f"type: invoke rehearse, then invoke release {part}")


def _problem(seen: Seen) -> ReleaseError | None:
    if seen.error or seen.found is None:
        return seen.error
    found = seen.found
    return None if found.state is State.DONE else NotReady(found.detail, seen.step.title, found.type_next)
