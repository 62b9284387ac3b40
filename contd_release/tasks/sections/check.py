"""`invoke check`: every observation of the checklist."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP, Words
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(klass=OfPackage, help=HELP)
def check(
    c: Context,
    part: str = "",
    version: str = "",
    pre: str = "",
    final: bool = False,
    because: str | None = None,
    without_ci: str | None = None,
    json: bool = False,
) -> None:
    """Check everything that can stop a release, and change nothing."""
    with edge():
        from contd_release.procedures.sections.check import check_everything

        check_everything(Words(part, pre, final, because, without_ci, version=version), as_json=json)
