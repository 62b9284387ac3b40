"""`invoke verify`: every channel, read back."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import PART, flags, invoked, whole_number
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help=PART
    | {
        "version": "a version that is out; without it, the release in progress or the tag that is checked out",
        "patience": "seconds to wait for what is not there yet",
    },
)
def verify(
    c: Context,
    version: str = "",
    only: str | None = None,
    artifacts: str = "",
    patience: str = "300",
    json: bool = False,
) -> None:
    """Read every channel back as a user would, and compare it with what was built; works on any machine."""
    with edge():
        from contd_release.procedures.sections.by_tag import scope
        from contd_release.procedures.sections.comparison import Patience
        from contd_release.procedures.sections.verify import Wanted, verify_again

        given, usual = {"version": version, "artifacts": artifacts}, "300"
        such_as = f"{invoked('verify', flags(json=json), only=only or '', **given)} --patience {usual}"
        seconds = whole_number(patience, such_as)
        command = invoked("verify", flags(json=json), **given, patience="" if patience == usual else patience)
        verify_again(Wanted(version, scope(only, artifacts, command), Patience(whole=seconds)), as_json=json)
