"""One issue when a release is due, and never a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.schedule.due import DueRow, command, sentence
from contd_release.schedule.plan import SMALLEST_FIRST
from contd_release.tools.github import issues as github_issues
from contd_release.tools.github.api import GitHubRepository

LABEL: Final = "release-due"
_LAG: Final = 30


class Ticket(Protocol):
    """An issue as a tracker describes it."""

    @property
    def url(self) -> str:
        """Where a person reads it."""

    @property
    def body(self) -> str:
        """Its first text."""

    @property
    def is_open(self) -> bool:
        """Whether it was not closed."""


@dataclass(frozen=True)
class Tracker:
    """
    What is needed of an issue tracker.

    Args:
        labelled: every issue with this label, open or closed.
        open_issue: opens one with a title, a body and a label.
    """

    labelled: Callable[[str], Iterable[Ticket]]
    open_issue: Callable[[str, str, str], None]


def tracker(repository: GitHubRepository) -> Tracker:
    """The issues of a GitHub repository."""

    def open_issue(headline: str, text: str, label: str) -> None:
        github_issues.open_issue(repository, headline, text, (label,))

    return Tracker(lambda label: github_issues.issues(repository, labels=(label,), closed=True), open_issue)


def reminded(rows: Sequence[DueRow], issues: Tracker) -> Step | None:
    """
    An issue says that a release is due; None if none is.

    An open reminder covers all that is due. A closed one was a person's answer: the same release is not asked for
    again until another one has been made.
    """
    due = [row for row in rows if row.is_due]
    if not due:
        return None
    row = max(due, key=lambda one: SMALLEST_FIRST.index(one.part))

    def observe() -> Found:
        for ticket in issues.labelled(LABEL):
            if ticket.is_open and _BEGIN in ticket.body:
                return Found(State.DONE, f"{ticket.url} is open")
            if marker(row) in ticket.body:
                return Found(State.DONE, f"{ticket.url} was closed")
        return Found(State.ABSENT, "no issue says so")

    act = Call(
        f"open an issue with the label {LABEL}: {title(row)}",
        lambda: issues.open_issue(title(row), body(rows, row), LABEL),
    )
    return Step(f"an issue says that the {row.part} release is due", observe, act=(act,), patience=_LAG)


def title(row: DueRow) -> str:
    """The issue's title."""
    return f"The {row.part} release is {row.verdict.value}"


def body(rows: Sequence[DueRow], row: DueRow) -> str:
    """The issue's text, with the mark by which it is found again."""
    lines = "\n".join(f"- {sentence(one)}" for one in rows)
    return f"{lines}\n\nTo release:\n\n    {command(rows)}\n\n{marker(row)}\n"


def marker(row: DueRow) -> str:
    """The mark of this reminder: the part, and the release it follows."""
    return f"{_BEGIN}{row.part} after {row.last.version if row.last else 'nothing'} -->"


_BEGIN: Final = "<!-- contd-release: due "
