"""`invoke status`: the steps of a release, and what the world says of each."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help={"version": "a version released from this clone; without it, the one in progress", "json": HELP["json"]},
)
def status(c: Context, version: str = "", json: bool = False) -> None:
    """Show where the release in progress stands: what holds now of every step."""
    with edge():
        from contd_release.procedures.status import print_status

        print_status(version, as_json=json)
