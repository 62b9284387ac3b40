"""
GitHub's milestones.

https://docs.github.com/rest/issues/milestones
"""

from __future__ import annotations

from dataclasses import dataclass

from contd_release.tools.github.api import GitHubRepository, pages
from contd_release.tools.http import Node, expected


@dataclass(frozen=True)
class Milestone:
    """A milestone, and how many of its issues are open."""

    number: int
    title: str
    open_issues: int


def still_open(repository: GitHubRepository) -> tuple[Milestone, ...]:
    """The open milestones."""
    return tuple(pages(repository, "/milestones", _milestone, state="open"))


def close(repository: GitHubRepository, number: int) -> None:
    """Close a milestone."""
    reply = repository.http.send("PATCH", repository.path(f"/milestones/{number}"), json={"state": "closed"})
    expected(reply, (200,), f"milestone {number}")


def _milestone(found: Node) -> Milestone:
    return Milestone(
        number=found.at("number").whole(),
        title=found.at("title").text(),
        open_issues=found.at("open_issues").whole(),
    )
