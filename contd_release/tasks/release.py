"""`invoke release`: the whole checklist."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP, WAIT_CI, Words
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help=HELP
    | {
        "wait-ci": WAIT_CI,
        "yes": "approve the review without a question",
        "dry-run": "print the plan instead, and change nothing",
        "svg": "a file that gets the walked checklist as a picture",
    },
)
def release(
    c: Context,
    part: str = "",
    version: str = "",
    pre: str = "",
    final: bool = False,
    because: str | None = None,
    without_ci: str | None = None,
    wait_ci: bool = False,
    yes: bool = False,
    json: bool = False,
    dry_run: bool = False,
    svg: str = "",
) -> None:
    """Release: raise the version, prove, build, publish, verify and announce; without a part, continue."""
    with edge():
        words = Words(part, pre, final, because, without_ci, version=version, wait_ci=wait_ci)
        if dry_run or c.config.run.dry:
            from contd_release.procedures.plan import print_plan

            print_plan(words, as_json=json)
        else:
            from contd_release.procedures.release import walk

            walk(words, as_json=json, yes=yes, picture=svg)
