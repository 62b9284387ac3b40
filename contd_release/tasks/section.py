"""
One section of the checklist, for CI jobs and for people who go by hand: each walks up to its own end.
"""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge
from contd_release.tasks.words import HELP, Words


@task(help=HELP)
def bump(
    c: Context,
    part: str = "",
    pre: str = "",
    final: bool = False,
    because: str = "",
    without_ci: str = "",
    json: bool = False,
) -> None:
    """
    Prepare a release up to its commit: version files, changelog, notes, one commit in a worktree of its own.
    """
    _walk("prepare", Words(part, pre, final, because, without_ci), as_json=json)


@task(help={"version": "the version to draft for; the next one that the fragments ask for when absent"})
def changelog(c: Context, version: str = "", migration_guide: bool = False) -> None:
    """
    Show what the changelog would say of the next version.
    """
    with edge():
        from contd_release.tasks.changelog import draft, write_guide

        if migration_guide:
            write_guide()
        else:
            draft(version)


@task(help=HELP)
def check(
    c: Context,
    part: str = "",
    pre: str = "",
    final: bool = False,
    because: str = "",
    without_ci: str = "",
    json: bool = False,
) -> None:
    """
    Check everything that can stop a release, and change nothing.
    """
    with edge():
        from contd_release.tasks.changelog import checked

        checked(Words(part, pre, final, because, without_ci), as_json=json)


@task(help=HELP)
def build(
    c: Context,
    part: str = "",
    pre: str = "",
    final: bool = False,
    because: str = "",
    without_ci: str = "",
    json: bool = False,
) -> None:
    """
    Prepare, prove and build: everything is sealed, and nothing has left this machine.
    """
    _walk("prove and build", Words(part, pre, final, because, without_ci), as_json=json)


@task(help={"yes": "approve the review without a question", "json": HELP["json"]})
def publish(c: Context, yes: bool = False, json: bool = False) -> None:
    """
    Publish the release under way to every channel, after the review.
    """
    _walk("publish", Words(), as_json=json, yes=yes)


@task(help={"version": "a version released from this clone; the one under way when absent", "json": HELP["json"]})
def verify(c: Context, version: str = "", json: bool = False) -> None:
    """
    Read every channel back as a consumer would, and compare it with what was built.
    """
    with edge():
        from contd_release.tasks.verifying import verify_again

        verify_again(version, as_json=json)


def _walk(until: str, words: Words, *, as_json: bool, yes: bool = False) -> None:
    with edge():
        from contd_release.tasks.walking import walk

        walk(words, as_json=as_json, yes=yes, until=until)
