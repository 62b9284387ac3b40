"""The report as a task."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help={
        "version": "a version that is out or was begun here; without it, the last one of this clone",
        "to": "the folder that gets the files; the release's own, below .git, when absent",
        "offline": "use no network, and leave out what the channels have now",
        "json": HELP["json"],
    },
)
def report(c: Context, version: str = "", to: str = "", offline: bool = False, json: bool = False) -> None:
    """Write the evidence of a release as HTML, Markdown and JSON."""
    with edge():
        from contd_release.procedures.after.report import write

        write(version, to, offline=offline, as_json=json)
