"""`invoke doctor`: what keeps this repository from being released."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(klass=OfPackage, help={"json": "one JSON object a line, for machines"})
def doctor(c: Context, json: bool = False) -> None:
    """List everything that keeps this repository from being released, and what to type."""
    with edge():
        from contd_release.procedures.doctor import examine

        examine(as_json=json)
