"""`invoke publish`: everything that goes public."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import PART, flags, invoked
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(klass=OfPackage, help={"yes": "approve the review without a question"} | PART)
def publish(c: Context, yes: bool = False, only: str | None = None, artifacts: str = "", json: bool = False) -> None:
    """
    Publish the release in progress to every channel, after the review. On a tag, publish what was built of its commit.
    """
    with edge():
        from contd_release.procedures.sections.by_tag import scope
        from contd_release.procedures.sections.publish import publish_release

        command = invoked("publish", flags(yes=yes, json=json), artifacts=artifacts)
        publish_release(scope(only, artifacts, command), as_json=json, yes=yes)
