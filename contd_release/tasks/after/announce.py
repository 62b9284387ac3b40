"""`invoke announce`: preview the messages, send those that are missing, and settle those whose outcome is unknown."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help={
        "version": "a version released from this clone; without it, the one in progress",
        "preview": "show every message exactly as it would go out, and send none",
        "again": "a place that did not get the message: send it again",
        "done": "a place that has the message: do not send it again",
        "kind": "release, or correction for a release that was withdrawn",
        "json": HELP["json"],
    },
)
def announce(
    c: Context,
    version: str = "",
    preview: bool = False,
    again: str = "",
    done: str = "",
    kind: str = "release",
    json: bool = False,
) -> None:
    """Announce a verified release in every place, once in each."""
    with edge():
        from contd_release.procedures.after import announce as telling

        asked = telling.about(telling.Wanted(version, kind, again, done), as_json=json)
        if preview:
            asked.preview()
        elif again or done:
            asked.answer(again=again, done=done)
        else:
            asked.tell()
