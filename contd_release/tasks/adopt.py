"""How a repository starts to release with us."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge

JSON = {"json": "one JSON object a line, for machines"}


@task(help=JSON)
def adopt(c: Context, json: bool = False) -> None:
    """Write what this repository lacks to release with these tasks; what is there stays as it is."""
    with edge():
        from contd_release.procedures import adopt as adopting

        adopting.adopt(as_json=json)


@task(help=JSON)
def doctor(c: Context, json: bool = False) -> None:
    """Tell everything that keeps this repository from being released, and what to type."""
    with edge():
        from contd_release.procedures import adopt as adopting

        adopting.examine(as_json=json)
