"""The watch for strangers as a task."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP
from contd_release.process.edge import edge


@task(
    help={
        "strangers": "what it looks for; may be left out",
        "baseline": "write down what is public from before the first release with these tasks; once",
        "issue": "open one issue for what nothing explains, and never a second for the same",
        "json": HELP["json"],
    }
)
def watch(c: Context, strangers: bool = False, baseline: bool = False, issue: bool = False, json: bool = False) -> None:
    """Look for files, tags and releases that are public and that no release of ours explains."""
    with edge():
        from contd_release.procedures.after import watch as watching

        watching.watch(watching.Wanted(baseline, issue), as_json=json)
