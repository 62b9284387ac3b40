"""`invoke status`: the steps of a release, and what the world says of each."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge
from contd_release.procedures.options import HELP


@task(help={"version": "a version released from this clone; the one under way when absent", "json": HELP["json"]})
def status(c: Context, version: str = "", json: bool = False) -> None:
    """Tell what the world says now of every step of the release under way."""
    with edge():
        from contd_release.procedures.status import print_status

        print_status(version, as_json=json)
