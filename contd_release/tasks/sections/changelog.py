"""`invoke changelog`: the changelog of the next version, before it is written."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage, help={"version": "the version to draft for; the next one that the fragments ask for when absent"}
)
def changelog(c: Context, version: str = "", migration_guide: bool = False) -> None:
    """Show what the changelog would say of the next version."""
    with edge():
        from contd_release.procedures.sections.changelog import draft, write_guide

        if migration_guide:
            write_guide()
        else:
            draft(version)
