"""An issue that is opened once for one reason: its text carries a mark by which it is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Call
from contd_release.tools.github import issues as github_issues
from contd_release.tools.github.api import GitHubRepository

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


@dataclass(frozen=True)
class Notice:
    """
    What an issue says, and to what other issues it is not added.

    Args:
        is_covered_by: whether this issue says the same already.
    """

    label: str
    title: str
    body: str
    is_covered_by: Callable[[Ticket], bool]


def opened(claim: str, notice: Notice, issues: Tracker) -> Step:
    """An issue says it. One that was closed was a person's answer, and is not opened again."""

    def observe() -> Found:
        for ticket in issues.labelled(notice.label):
            if notice.is_covered_by(ticket):
                return Found(State.DONE, f"{ticket.url} {'is open' if ticket.is_open else 'was closed'}")
        return Found(State.ABSENT, "no issue says so")

    act = Call(
        f"open an issue with the label {notice.label}: {notice.title}",
        lambda: issues.open_issue(notice.title, notice.body, notice.label),
    )
    return Step(claim, observe, act=(act,), patience=_LAG)
