"""
One section of the checklist, for CI jobs and for people who go by hand: each walks up to its own end.
"""

from __future__ import annotations

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge
from contd_release.tasks.release import CHOICE


@task(help=CHOICE)
def bump(c: Context, part: str = "", pre: str = "", final: bool = False, because: str = "", json: bool = False) -> None:
    """
    Prepare a release up to its commit: version files, changelog, notes, one commit in a worktree of its own.
    """
    _walk("prepare", part, pre, final, because, as_json=json)


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


@task(help=CHOICE)
def check(
    c: Context, part: str = "", pre: str = "", final: bool = False, because: str = "", json: bool = False
) -> None:
    """
    Check everything that can stop a release, and change nothing.
    """
    with edge():
        from contd_release.tasks.changelog import checked

        checked(part, pre, final, because, as_json=json)


@task(help=CHOICE)
def build(
    c: Context, part: str = "", pre: str = "", final: bool = False, because: str = "", json: bool = False
) -> None:
    """
    Prepare, prove and build: everything is sealed, and nothing has left this machine.
    """
    _walk("prove and build", part, pre, final, because, as_json=json)


@task(help={"yes": "approve the review without a question", "json": CHOICE["json"]})
def publish(c: Context, yes: bool = False, json: bool = False) -> None:
    """
    Publish the release under way to every channel, after the review.
    """
    _walk("publish", "", "", False, "", as_json=json, yes=yes)


@task(help={"version": "a version released from this clone; the one under way when absent", "json": CHOICE["json"]})
def verify(c: Context, version: str = "", json: bool = False) -> None:
    """
    Read every channel back as a consumer would, and compare it with what was built.
    """
    with edge():
        from contd_release.tasks.verifying import verify_again

        verify_again(version, as_json=json)


def _walk(until: str, part: str, pre: str, final: bool, because: str, *, as_json: bool, yes: bool = False) -> None:
    with edge():
        from contd_release.tasks.choice import Words
        from contd_release.tasks.walking import walk

        walk(Words(part, pre, final, because), as_json=as_json, yes=yes, until=until)
