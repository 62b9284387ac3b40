"""The status of a release: every step, and whether it holds now."""

from __future__ import annotations

from collections.abc import Iterator

from contd_release.console import looked, reporting
from contd_release.errors import raise_all
from contd_release.procedures.release import Walking
from contd_release.procedures.selection import here, resumed
from contd_release.procedures.tagged import of_version
from contd_release.project.version import next_version, parse
from contd_release.records import journal
from contd_release.records.entries import Ended, Withdrawing, Withdrawn
from contd_release.records.journal import Journal


def print_status(version: str, *, as_json: bool) -> None:
    """
    Observe every step of the release in progress, or of a version, and print what was found.

    Raises:
        ReleaseError: a step could not be observed; the others are printed.
    """
    project = here()
    report = reporting(as_json=as_json, settings=project.settings)
    begun = journal.of(project).under_way()
    if not version and begun is None:
        for line in _idle(journal.of(project)):
            report.says(line)
        return
    found = of_version(project, version) if version else resumed(project, begun) if begun else None
    assert found is not None
    report.says(str(found))
    seen = looked(report, Walking(found, report).checklist)
    for one in seen:
        report.seen(one, with_commands=False)
    raise_all([one.error for one in seen if one.error])


def _idle(entries: Journal) -> Iterator[str]:
    """Status lines when no release is in progress: the last release, and what waits."""
    last, withdrawing = entries.last(Ended), entries.last(Withdrawing)
    withdrawn = entries.last(Withdrawn, last.version) if last else None
    how = f"; {last.version} {'withdrawn' if withdrawn else last.how} at {(withdrawn or last).at}" if last else ""
    yield f"nothing is under way{how}"
    if rollback := entries.withdrawing():
        yield f"the rollback of {rollback.version} is, since {rollback.at}"
        yield "type: invoke rollback"
        return
    is_fixed = withdrawing is not None and {"republish", "hotfix"} & {*withdrawing.wishes.split()}
    following = str(next_version(parse(withdrawing.version), "patch")) if withdrawing and is_fixed else ""
    waits = following and entries.last(Ended, following) is None
    yield f"type: invoke {f'hotfix.finish --version {following}' if waits else 'release'}"
