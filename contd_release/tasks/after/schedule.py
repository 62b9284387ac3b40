"""When the next release is due."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help={
        "ics": "a calendar file to write",
        "check": "say nothing, and end with 8 when a release is due: for cron",
        "issue": "open one issue on GitHub when a release is due, and never a second",
    },
)
def schedule(c: Context, ics: str = "", check: bool = False, issue: bool = False) -> None:
    """Show what was released last, what is due when, and what waits to be released."""
    with edge():
        from contd_release.procedures.after import schedule as scheduling

        found = scheduling.seen()
        if ics:
            found.write(ics)
        if issue:
            found.remind()
        if check:
            found.check()
        elif not (ics or issue):
            found.show()
