"""A hotfix: begun from a release, and released as its next patch."""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.procedures.options import HELP, WAIT_CI, Words
from contd_release.process.edge import edge
from contd_release.tasks.of_package import OfPackage


@task(
    klass=OfPackage,
    help={
        "of": "the version to fix, such as 1.2.0",
        "pick": "a commit to take over, with its fragment; may be repeated",
        "here": "switch this working tree to the branch, instead of making a worktree beside it",
        "json": HELP["json"],
    },
    iterable=["pick"],
)
def start(c: Context, pick: list[str], of: str = "", here: bool = False, json: bool = False) -> None:
    """Start a hotfix: a branch from the tag of a release, pushed, in a worktree of its own."""
    with edge():
        from contd_release.procedures.hotfix.start import start_hotfix

        start_hotfix(of, tuple(pick), here=here, as_json=json)


@task(
    klass=OfPackage,
    help={
        "version": "the hotfix's version; that of the branch that is checked out, or of the only one there is",
        "because": HELP["because"],
        "without-ci": HELP["without-ci"],
        "wait-ci": WAIT_CI,
        "yes": "approve the review without a question",
        "json": HELP["json"],
    },
)
def finish(
    c: Context,
    version: str = "",
    because: str | None = None,
    without_ci: str | None = None,
    wait_ci: bool = False,
    yes: bool = False,
    json: bool = False,
) -> None:
    """Release a hotfix as the next patch, and merge it back to main."""
    with edge():
        from contd_release.procedures.hotfix.finish import finish_hotfix

        words = Words(because=because, without_ci=without_ci, hotfix=version, wait_ci=wait_ci)
        finish_hotfix(words, as_json=json, yes=yes)
