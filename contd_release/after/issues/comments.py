"""
A comment "Released in 1.2.0" on the issues and pull requests that the fragments name, each exactly once.

A fragment `12.feature.md` names issue 12. The journal remembers what was commented, beside the announcements; what a
killed release did not write down is found under the issue, where the comment carries a mark that people do not see.
"""

from __future__ import annotations

from functools import partial

from contd_release.after.announce.announcement import forge_link
from contd_release.engine.checklist import Together
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.commit import release_commit
from contd_release.records.entries import Announced
from contd_release.tools.github import api, issues
from contd_release.tools.http import may_pass

KIND = "comment"


def allowed(release: Release) -> Step:
    """There is a token that may comment, as far as that can be known beforehand."""

    def observe() -> Found:
        repository = api.connected(release.project)
        if repository.token is None:
            return Found(State.ABSENT, "there is no token for GitHub", "gh auth login   (or export GITHUB_TOKEN=…)")
        access = api.access(repository)
        wanted = "repo" if access is None or access.is_private else "public_repo"
        if access is None or (access.scopes is not None and not {"repo", wanted} & set(access.scopes)):
            what = f"our token may not comment on {repository.name}"
            return Found(State.ABSENT, what, f"gh auth refresh --scopes {wanted}")
        if access.scopes is None:
            return Found(State.DONE, "accepted; that it may comment cannot be checked beforehand")
        return Found(State.DONE, f"scopes {', '.join(access.scopes)}")

    return Step("our token may comment on GitHub", observe)


def commented(release: Release, numbers: tuple[int, ...]) -> Together:
    """Each of these issues has the comment. An issue that takes no comment does not keep the others from getting it."""
    return Together(tuple((_commented(release, number),) for number in numbers), goes_on=True)


def text(release: Release) -> str:
    """The comment, with a mark by which it is found again."""
    link = forge_link(release)
    # An issue of a repository with several packages says which one.
    version = str(release) if release.project.table else str(release.version)
    return f"Released in {f'[{version}]({link})' if link else version}.\n\n{_mark(release)}"


def _commented(release: Release, number: int) -> Step:
    def observe() -> Found:
        if sent := _sent(release, number):
            return Found(State.DONE, f"commented, {sent.at}")
        if not release_commit(release):
            return Found(State.ABSENT, "not released yet")
        repository = api.connected(release.project)
        issue = issues.issue(repository, number)
        if issue is None:
            return Found(State.DONE, f"{repository.name} has no issue {number}")
        if issue.is_locked:
            return Found(State.DONE, f"#{number} is locked and takes no comment")
        if any(_mark(release) in body for body in issues.comments(repository, number)):
            return Found(State.DONE, "the comment is there")
        return Found(State.ABSENT, "not commented")

    act = Call(f"comment on #{number}", partial(_comment, release, number))
    return Step(
        f"#{number} says that it is released in {release.version}", observe, act=(act,), undo=None, retry=may_pass
    )


def _comment(release: Release, number: int) -> None:
    """
    Comment, and write it down.

    Raises:
        Refused: our token may not comment; the message says which permission it lacks.
    """
    issues.comment(api.connected(release.project), number, text(release))
    entry = Announced(version=str(release.version), place=f"#{number}", kind=KIND, outcome="sent")
    journal.of(release.project).append(entry)


def _sent(release: Release, number: int) -> Announced | None:
    found = journal.of(release.project).entries(Announced, str(release.version))
    return next((one for one in found if (one.place, one.kind, one.outcome) == (f"#{number}", KIND, "sent")), None)


def _mark(release: Release) -> str:
    return f"<!-- contd-release: {release.project.name} {release.version} -->"
