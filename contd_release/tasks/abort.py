"""`invoke abort`: everything before the point of no return, undone."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(klass=OfPackage, help={"json": HELP["json"]})
def abort(c: Context, json: bool = False) -> None:
    """Undo everything that the release in progress has done, as long as nothing is public."""
    with edge():
        from contd_release.procedures.abort import abort_release

        abort_release(as_json=json)
