"""
The whole checklist: walk it, plan it, look at it, or put everything back.
"""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge
from contd_release.tasks.words import HELP, Words


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
    """
    Release: from "main is green" to "everyone can install it, we checked, and they know".
    """
    with edge():
        from contd_release.tasks.walking import walk

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
    """
    Print every step of a release, what the world says of it, and each command that would run.
    """
    with edge():
        _plan(Words(part, pre, final, because, without_ci), as_json=json)


@task(help={"version": "a version released from this clone; the one under way when absent", "json": HELP["json"]})
def status(c: Context, version: str = "", json: bool = False) -> None:
    """
    Tell what the world says now of every step of the release under way.
    """
    with edge():
        from contd_release import journal
        from contd_release.errors import raise_all
        from contd_release.report import reporting
        from contd_release.tasks.choice import here, resumed
        from contd_release.tasks.tags import of_version
        from contd_release.tasks.walking import Walking

        project = here()
        report = reporting(as_json=json, settings=project.settings)
        begun = journal.of(project).under_way()
        if not version and begun is None:
            last = journal.of(project).last(journal.Ended)
            report.says(f"nothing is under way{f'; {last.version} {last.how} at {last.at}' if last else ''}")
            if rollback := journal.of(project).withdrawing():
                report.says(f"the rollback of {rollback.version} is, since {rollback.at}")
            report.says(f"type: invoke {'rollback' if rollback else 'release'}")
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
    """
    Put everything back that a release has done so far, as long as nothing is public.
    """
    with edge():
        from contd_release import journal, lock
        from contd_release.command import Running
        from contd_release.errors import NotReady
        from contd_release.report import reporting
        from contd_release.tasks.choice import here, resumed
        from contd_release.tasks.walking import Walking, finish, remove

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


def _plan(words: Words, *, as_json: bool) -> None:
    from contd_release.report import reporting
    from contd_release.tasks.choice import chosen, here
    from contd_release.tasks.walking import Walking

    Walking(chosen(here(), words), reporting(as_json=as_json)).plan()
