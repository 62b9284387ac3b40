"""The monitor as a task."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help={
        "version": "the version to watch; without it, the one in progress or the latest that is out",
        "once": "look once and end, for cron",
        "every": "how long to wait between two looks: 90s, 5m, 1h",
        "json": HELP["json"],
    },
)
def monitor(c: Context, version: str = "", once: bool = False, every: str = "5m", json: bool = False) -> None:
    """Watch a published release: error rate, issues, feedback, downloads, and a verdict. Never rolls back by itself."""
    with edge():
        from contd_release.procedures.after.monitor import Wishes, watch

        watch(Wishes(version, once, every), as_json=json)
