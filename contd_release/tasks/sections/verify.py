"""`invoke verify`: every channel, read back."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import PART, invoked, whole_number
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

        seconds = whole_number(
            patience, f"{invoked('verify', version=version, only=only or '', artifacts=artifacts)} --patience 300"
        )
        verify_again(
            Wanted(version, scope(only, artifacts, invoked("verify", version=version)), Patience(whole=seconds)),
            as_json=json,
        )
