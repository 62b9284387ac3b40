"""The status of a release: every step, and whether it holds now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contd_release.console import looked, reporting
from contd_release.console.public import Public
from contd_release.engine.checklist import Seen
from contd_release.engine.step import State
from contd_release.errors import raise_all
from contd_release.prepare import changed
from contd_release.prepare.committed import current_project
from contd_release.procedures.release import Walking
from contd_release.procedures.selection import resumed
from contd_release.procedures.tagged import of_version
from contd_release.project.release import Release
from contd_release.project.version import next_version, parse
from contd_release.records import journal
from contd_release.records.entries import Ended, Withdrawing, Withdrawn
from contd_release.records.journal import Journal


def show_packages(*, as_json: bool) -> bool:
    """
    Print what changed in each package, if the repository has several and the call is about none of them.

    Returns:
        Whether it was printed.
    """
    found = tuple(changed.packages())
    report = reporting(as_json=as_json)
    for one in found:
        report.fact("package", str(one), **vars(one))
    waiting = next((one for one in found if one.under_way), None)
    if waiting:
        report.says(f"type: invoke release --package {waiting.name}")
    elif ready := [one for one in found if one.fragments]:
        report.says(f"type: invoke release --package {ready[0].name} --part auto")
    return bool(found)


def print_status(version: str, *, as_json: bool) -> None:
    """
    Observe every step of the release in progress, or of a version, and print what was found.

    Raises:
        ReleaseError: a step could not be observed; the others are printed.
    """
    project = current_project()
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
    for line in last_lines(found, seen, is_in_progress=begun is not None and begun.version == str(found.version)):
        report.says(line)
    raise_all([one.error for one in seen if one.error])


def last_lines(release: Release, seen: Sequence[Seen], *, is_in_progress: bool) -> Iterator[str]:
    """The last lines: how many steps hold, which one is next, what is public, and what to type."""
    public = Public()
    public.expect((one.section, one.step) for one in seen)
    public.see(seen)
    done = sum(one.is_done for one in seen)
    next_one = next((one for one in seen if not one.is_done), None)
    found = next_one.found if next_one else None
    # What is begun, or in the way, says more than its claim: the pull request that is open still, with its page.
    detail = f": {found.detail}" if found and found.state in (State.PARTIAL, State.CONFLICT) else ""
    words = f"; next: {next_one.step.title}{detail}" if next_one else ""
    yield f"\n{release}: {done} of {len(seen)} steps are done{words}"
    yield str(public).replace("   (type: invoke status)", "")
    if is_in_progress and found and found.state is State.CONFLICT and found.type_next:
        yield f"type: {found.type_next}"
    elif is_in_progress:
        back = "" if public.done or public.perhaps else "   (or invoke abort, which takes everything back)"
        yield f"type: invoke release{back}"
    elif next_one and next_one.error is None:
        yield f"type: invoke verify --version {release.version}"


def _idle(entries: Journal) -> Iterator[str]:
    """Status lines when no release is in progress: the last release, and what waits."""
    last, withdrawing = entries.last(Ended), entries.last(Withdrawing)
    withdrawn = entries.last(Withdrawn, last.version) if last else None
    how = f"; {last.version} {'withdrawn' if withdrawn else last.how} at {(withdrawn or last).at}" if last else ""
    rollback = entries.withdrawing()
    yield f"{'no release' if rollback else 'nothing'} is under way{how}"
    if rollback:
        yield f"the rollback of {rollback.version} is in progress since {rollback.at}"
        yield "type: invoke rollback"
        return
    is_fixed = withdrawing is not None and {"republish", "hotfix"} & {*withdrawing.wishes.split()}
    following = str(next_version(parse(withdrawing.version), "patch")) if withdrawing and is_fixed else ""
    waits = following and entries.last(Ended, following) is None
    if waits:
        yield f"type: invoke hotfix.finish --version {following}"
    elif last and last.how != "aborted" and parse(last.version).is_prerelease:
        yield "type: invoke release --final   (or --pre rc)"
    else:
        yield "type: invoke release --part auto"
