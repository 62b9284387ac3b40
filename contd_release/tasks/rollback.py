"""A rollback: what is public of a release is withdrawn, as far as it can be."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP, invoked, whole_number
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    iterable=["wish"],
    help={
        "version": "the version to withdraw; without it, continue the rollback in progress",
        "reason": "why, in one sentence for users",
        "deprecate-chart": "put a copy that helm warns of in the chart's place; the chart as it is stays beside it",
        "delete-chart": "delete the chart, if its registry allows that",
        "delete-tag": "delete the tag, if nothing public points at it",
        "revert": "restore the previous code on main, in one commit or a pull request",
        "republish": "release the previous code as the next patch",
        "hotfix": "start the hotfix of it",
        "wish": "what the channel of a plug-in does only on request; may be repeated",
        "wait": "seconds to wait until a person has yanked the files",
        "yes": "withdraw without a question",
        "dry-run": "show the table and what would be done, and change nothing",
        "json": HELP["json"],
    },
)
def rollback(
    c: Context,
    version: str = "",
    reason: str = "",
    deprecate_chart: bool = False,
    delete_chart: bool = False,
    delete_tag: bool = False,
    revert: bool = False,
    republish: bool = False,
    hotfix: bool = False,
    wish: list[str] | None = None,
    wait: str = "1800",
    yes: bool = False,
    dry_run: bool = False,
    json: bool = False,
) -> None:
    """Withdraw a release: undo what can be undone, list what cannot, and notify users."""
    with edge():
        from contd_release.procedures.rollback.rollback import RollbackRequest, withdraw

        asked = {
            "deprecate-chart": deprecate_chart,
            "delete-chart": delete_chart,
            "delete-tag": delete_tag,
            "revert": revert,
            "republish": republish,
            "hotfix": hotfix,
        }
        wishes = frozenset(name for name, is_wanted in asked.items() if is_wanted)
        flags = (*sorted(wishes), *(("dry-run",) if dry_run else ()))
        seconds = whole_number(wait, f"{invoked('rollback', flags, version=version, reason=reason)} --wait 1800")
        request = RollbackRequest(version, reason, wishes, tuple(wish or ()), seconds)
        withdraw(request, as_json=json, yes=yes, dry_run=dry_run or bool(c.config.run.dry))
