"""
The report as a task.
"""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge
from contd_release.tasks.words import HELP


@task(
    help={
        "version": "a version released from this clone; the last one when absent",
        "to": "the folder that gets the files; the release's own, below .git, when absent",
        "json": HELP["json"],
    }
)
def report(c: Context, version: str = "", to: str = "", json: bool = False) -> None:
    """
    Write the evidence of a release: one HTML page with pictures, and the same as Markdown and JSON.
    """
    with edge():
        from contd_release.tasks.reporting import write

        write(version, to, as_json=json)
