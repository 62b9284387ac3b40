"""The watch for strangers as a task."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help={
        "strangers": "what it looks for; may be left out",
        "baseline": "write down what is public from before the first release with these tasks; once",
        "issue": "open one issue for what nothing explains, and never a second for the same",
        "dry-run": "say what would be sent and opened, and change nothing",
        "again": "send the alarm again to this place: it did not arrive",
        "done": "this place has the alarm",
        "json": HELP["json"],
    },
)
def watch(
    c: Context,
    strangers: bool = False,
    baseline: bool = False,
    issue: bool = False,
    dry_run: bool = False,
    again: str = "",
    done: str = "",
    json: bool = False,
) -> None:
    """Look for files, tags and releases that are public and that no release of ours explains."""
    with edge():
        from contd_release.procedures.after import watch as watching

        is_dry = dry_run or bool(c.config.run.dry)
        watching.watch(watching.Wanted(baseline, issue, is_dry, again, done), as_json=json)
