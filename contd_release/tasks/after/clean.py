"""`invoke clean`: what releases leave on this machine."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(klass=OfPackage, help={"yes": "remove what is listed"})
def clean(c: Context, yes: bool = False) -> None:
    """List the worktrees and caches that releases left on this machine, with their sizes; `--yes` removes them."""
    with edge():
        from contd_release.procedures.after.clean import clean_up

        clean_up(is_confirmed=yes)
