"""Every observation of the checklist, and nothing else."""

from __future__ import annotations

from contd_release.console import reporting
from contd_release.prepare.committed import current_project
from contd_release.procedures.options import Words
from contd_release.procedures.release import Walking


def check_everything(words: Words, *, as_json: bool) -> None:
    """Observe every step and report everything that would stop the walk."""
    report = reporting(as_json=as_json)
    walking = Walking.of(current_project(), words, report)
    walking.checklist.check(walking.status())
    report.says(f"{walking.release} can be released: nothing that can be checked beforehand is in its way")
