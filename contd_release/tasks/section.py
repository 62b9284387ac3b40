"""One section of the checklist, for CI jobs and for people who go by hand: each walks up to its own end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from invoke.context import Context
from invoke.tasks import task

from contd_release.errors import edge
from contd_release.procedures.options import HELP, Words

if TYPE_CHECKING:
    from contd_release.project.release import Release

PART: Final = {
    "only": "some channels, with commas between them: image,chart,github",
    "artifacts": "a folder of what was built and sealed elsewhere, taken over after every file is compared",
    "json": HELP["json"],
}
_NO_WORDS: Final = Words()


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
    """Prepare a release up to its commit: version files, changelog, notes, one commit in a worktree of its own."""
    _walk("prepare", Words(part, pre, final, because, without_ci), as_json=json)


@task(help={"version": "the version to draft for; the next one that the fragments ask for when absent"})
def changelog(c: Context, version: str = "", migration_guide: bool = False) -> None:
    """Show what the changelog would say of the next version."""
    with edge():
        from contd_release.procedures.sections.changelog import draft, write_guide

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
    """Check everything that can stop a release, and change nothing."""
    with edge():
        from contd_release.procedures.sections.changelog import checked

        checked(Words(part, pre, final, because, without_ci), as_json=json)


@task(
    help=HELP
    | {
        "proof": "on the tag of a release: prove it again before it is built",
        "to": "on the tag of a release: a folder that gets what was sealed, for the jobs that publish",
    }
)
def build(
    c: Context,
    part: str = "",
    pre: str = "",
    final: bool = False,
    because: str = "",
    without_ci: str = "",
    proof: bool = False,
    to: str = "",
    json: bool = False,
) -> None:
    """Prepare, prove and build: everything is sealed, and nothing has left this machine. On a tag, build its commit."""
    words = Words(part, pre, final, because, without_ci)
    with edge():
        from contd_release.procedures.sections import by_tag

        if release := _tagged(proof or to, words):
            by_tag.build(release, proved=proof, to=to, as_json=json)
            return
    _walk("prove and build", words, as_json=json)


@task(help={"yes": "approve the review without a question"} | PART)
def publish(c: Context, yes: bool = False, only: str = "", artifacts: str = "", json: bool = False) -> None:
    """
    Publish the release under way to every channel, after the review. On a tag, publish what was built of its commit.
    """
    with edge():
        from contd_release.procedures.sections import by_tag

        wanted = by_tag.part(only, artifacts)
        if release := _tagged(wanted.is_given):
            by_tag.publish(release, wanted, as_json=json)
            return
    _walk("publish", Words(), as_json=json, yes=yes)


@task(
    help=PART
    | {
        "version": "a version that is out; the release under way, or the tag that is checked out, when absent",
        "patience": "seconds to wait for what is not there yet",
    }
)
def verify(
    c: Context, version: str = "", only: str = "", artifacts: str = "", patience: int = 300, json: bool = False
) -> None:
    """Read every channel back as a consumer would, and compare it with what was built; from any machine."""
    with edge():
        from contd_release.procedures.sections.by_tag import part
        from contd_release.procedures.sections.comparison import Patience
        from contd_release.procedures.sections.verify import Wanted, verify_again

        verify_again(Wanted(version, part(only, artifacts), Patience(whole=patience)), as_json=json)


@task(help={"yes": "approve the review without a question"} | PART)
def promote(c: Context, yes: bool = False, only: str = "", artifacts: str = "", json: bool = False) -> None:
    """Make the GitHub Release public and move `latest` and friends, last of all. On a tag, those of its release."""
    with edge():
        from contd_release.procedures.sections import by_tag

        wanted = by_tag.part(only, artifacts)
        if release := _tagged(wanted.is_given):
            by_tag.promote(release, wanted, as_json=json)
            return
    _walk("promote", Words(), as_json=json, yes=yes)


def _tagged(is_asked_for: object = False, words: Words = _NO_WORDS) -> Release | None:
    """
    The release whose tag is checked out, where none is under way here and the words begin none.

    Raises:
        NotReady: the call is one for a tag, and none is checked out.
    """
    from contd_release.procedures import tagged
    from contd_release.procedures.selection import here
    from contd_release.records import journal

    if is_asked_for:
        return tagged.required(here())
    if words.are_given:
        return None
    project = here()
    return None if journal.of(project).under_way() else tagged.here(project)


def _walk(until: str, words: Words, *, as_json: bool, yes: bool = False) -> None:
    with edge():
        from contd_release.procedures.releasing import walk

        walk(words, as_json=as_json, yes=yes, until=until)
