"""The plan: the checklist, observed and printed, and not run."""

from __future__ import annotations

from contd_release.console import Report, reporting
from contd_release.errors import Unanswered
from contd_release.prepare.committed import current_project
from contd_release.procedures.options import Words
from contd_release.procedures.release import Walking
from contd_release.procedures.selection import planned
from contd_release.project.project import Project


def print_plan(words: Words, *, as_json: bool) -> None:
    """
    Print every step, its state, and each command that would run.

    Raises:
        Unanswered: the remote does not answer; what is known without it is printed before.
    """
    report, project = reporting(as_json=as_json), current_project()
    try:
        walking = Walking.of(project, words, report)
    except Unanswered:
        if not (words.part or words.version) or words.hotfix:
            raise
        walking = without_remote(project, words, report)
    walking.plan()


def without_remote(project: Project, words: Words, report: Report) -> Walking:
    """The release that the words would begin from this commit, if it is the tip of main on the remote."""
    remote, commit = project.settings.remote, project.commit
    report.says(f"{remote} does not answer: this is what is known without it, from {commit[:12]}\n")
    return Walking(planned(project, words, None, base=commit), report)
