"""`invoke promote`: everything that is made public last."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import PART, flags, invoked
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(klass=OfPackage, help={"yes": "approve the review without a question"} | PART)
def promote(c: Context, yes: bool = False, only: str | None = None, artifacts: str = "", json: bool = False) -> None:
    """Make the GitHub Release public and move the image tags 1.2, 1 and latest. On a tag, those of its release."""
    with edge():
        from contd_release.procedures.sections.by_tag import scope
        from contd_release.procedures.sections.promote import promote_release

        command = invoked("promote", flags(yes=yes, json=json), artifacts=artifacts)
        promote_release(scope(only, artifacts, command), as_json=json, yes=yes)
