"""`invoke plan`: the checklist, observed and printed."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP, Words
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(klass=OfPackage, help=HELP)
def plan(
    c: Context,
    part: str = "",
    version: str = "",
    pre: str = "",
    final: bool = False,
    because: str | None = None,
    without_ci: str | None = None,
    json: bool = False,
) -> None:
    """Print every step of a release, whether it holds now, and each command that would run."""
    with edge():
        from contd_release.procedures.plan import print_plan

        print_plan(Words(part, pre, final, because, without_ci, version=version), as_json=json)
