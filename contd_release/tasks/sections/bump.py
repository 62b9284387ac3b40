"""`invoke bump`: the first section of the checklist."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP, Words
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(klass=OfPackage, help=HELP)
def bump(
    c: Context,
    part: str = "",
    version: str = "",
    pre: str = "",
    final: bool = False,
    because: str | None = None,
    without_ci: str | None = None,
    json: bool = False,
) -> None:
    """Prepare a release up to its commit: version files, changelog, notes, one commit in a worktree of its own."""
    with edge():
        from contd_release.procedures.sections.bump import bump_version

        bump_version(Words(part, pre, final, because, without_ci, version=version), as_json=json)
