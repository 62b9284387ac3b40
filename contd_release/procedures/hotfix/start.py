"""The start of a hotfix: a branch from the tag of a release."""

from __future__ import annotations

from contd_release.console import looked, reporting
from contd_release.prepare.committed import current_project
from contd_release.procedures.hotfix import branch as hotfix_branch
from contd_release.procedures.hotfix import hotfix
from contd_release.process.action import Running
from contd_release.records import lock
from contd_release.tools import git


def start_hotfix(version: str, picks: tuple[str, ...], *, here: bool, as_json: bool) -> None:
    """Start a hotfix, or continue starting it."""
    project = current_project()
    report = reporting(as_json=as_json, settings=project.settings)
    with lock.held(project.state / "lock"):
        git.remove_unfinished(project.root)
        found = hotfix.of(project, version, picks, here=here)
        begun = hotfix_branch.started(found)
        begun.check(looked(report, begun))
        begun.walk(report.event, Running(project.state / found.branch.replace("/", "-") / "logs", report.redact))
        report.says(f"\n{found.branch} is at {found.tree}")
        report.says(f"next: cd {found.tree}, commit the fix, git push")
        if hotfix.untold(found):
            report.says('      invoke news "what was fixed, for users" --type bugfix, and commit that, too')
        report.says("then: invoke hotfix.finish")
