"""The whole checklist: walk it, plan it, look at it, or put everything back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge
from contd_release.procedures.options import HELP, Words

if TYPE_CHECKING:
    from contd_release.records.journal import Journal


@task(
    help=HELP
    | {
        "yes": "approve the review without a question",
        "dry-run": "print the plan instead, and change nothing",
        "svg": "a file that gets the walked checklist as a picture",
    }
)
def release(
    c: Context,
    part: str = "",
    pre: str = "",
    final: bool = False,
    because: str = "",
    without_ci: str = "",
    yes: bool = False,
    json: bool = False,
    dry_run: bool = False,
    svg: str = "",
) -> None:
    """Release: from "main is green" to "everyone can install it, we checked, and they know"."""
    with edge():
        from contd_release.procedures.releasing import walk

        words = Words(part, pre, final, because, without_ci)
        if dry_run or c.config.run.dry:
            _plan(words, as_json=json)
        else:
            walk(words, as_json=json, yes=yes, picture=svg)


@task(help=HELP)
def plan(
    c: Context,
    part: str = "",
    pre: str = "",
    final: bool = False,
    because: str = "",
    without_ci: str = "",
    json: bool = False,
) -> None:
    """Print every step of a release, what the world says of it, and each command that would run."""
    with edge():
        _plan(Words(part, pre, final, because, without_ci), as_json=json)


@task(help={"version": "a version released from this clone; the one under way when absent", "json": HELP["json"]})
def status(c: Context, version: str = "", json: bool = False) -> None:
    """Tell what the world says now of every step of the release under way."""
    with edge():
        from contd_release.console import reporting
        from contd_release.errors import raise_all
        from contd_release.procedures.release import Walking
        from contd_release.procedures.selection import here, resumed
        from contd_release.procedures.tagged import of_version
        from contd_release.records import journal

        project = here()
        report = reporting(as_json=json, settings=project.settings)
        begun = journal.of(project).under_way()
        if not version and begun is None:
            for line in _idle(journal.of(project)):
                report.says(line)
            return
        found = of_version(project, version) if version else resumed(project, begun) if begun else None
        assert found is not None
        report.says(str(found))
        seen = list(Walking(found, report).checklist.status())
        for one in seen:
            report.seen(one, with_commands=False)
        raise_all([one.error for one in seen if one.error])


@task(help={"json": HELP["json"]})
def abort(c: Context, json: bool = False) -> None:
    """Put everything back that a release has done so far, as long as nothing is public."""
    with edge():
        from contd_release.console import reporting
        from contd_release.errors import NotReady
        from contd_release.procedures.progress import finish, remove
        from contd_release.procedures.release import Walking
        from contd_release.procedures.selection import here, resumed
        from contd_release.process.action import Running
        from contd_release.records import journal, lock

        project = here()
        report = reporting(as_json=json, settings=project.settings)
        with lock.held(project.state / "lock"):
            begun = journal.of(project).under_way()
            if begun is None:
                raise NotReady("nothing is under way", expected="a release to abort", type_next="invoke status")
            found = resumed(project, begun)
            Walking(found, report).checklist.undo(report.event, Running(found.logs, report.redact))
            finish(found, "aborted")
            remove(found)
            report.says(f"{found} is aborted; everything is as it was before it began")


def _idle(entries: Journal) -> Iterator[str]:
    """What is told where no release is under way: what was last, and what waits."""
    from contd_release.project.version import next_version, parse
    from contd_release.records.entries import Ended, Withdrawing, Withdrawn

    last, told = entries.last(Ended), entries.last(Withdrawing)
    withdrawn = entries.last(Withdrawn, last.version) if last else None
    how = f"; {last.version} {'withdrawn' if withdrawn else last.how} at {(withdrawn or last).at}" if last else ""
    yield f"nothing is under way{how}"
    if rollback := entries.withdrawing():
        yield f"the rollback of {rollback.version} is, since {rollback.at}"
        yield "type: invoke rollback"
        return
    mends = told is not None and {"republish", "hotfix"} & {*told.wishes.split()}
    following = str(next_version(parse(told.version), "patch")) if told and mends else ""
    waits = following and entries.last(Ended, following) is None
    yield f"type: invoke {f'hotfix.finish --version {following}' if waits else 'release'}"


def _plan(words: Words, *, as_json: bool) -> None:
    from contd_release.console import reporting
    from contd_release.procedures.release import Walking
    from contd_release.procedures.selection import here

    Walking.of(here(), words, reporting(as_json=as_json)).plan()
