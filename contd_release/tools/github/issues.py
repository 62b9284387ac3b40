"""
GitHub's issues and pull requests.

https://docs.github.com/rest/issues
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contd_release.tools.github.api import GitHubRepository, pages
from contd_release.tools.github.replies import answered, shaped
from contd_release.tools.http import expected


@dataclass(frozen=True)
class Issue:
    """
    An issue, or a pull request where GitHub lists both.

    Args:
        opened: ISO 8601.
        comments: how many there are under it.
    """

    number: int
    title: str
    body: str
    labels: tuple[str, ...]
    is_open: bool
    is_pull: bool
    opened: str
    url: str
    comments: int = 0


@dataclass(frozen=True)
class Pull:
    """
    A pull request.

    Args:
        commit: the tip of its branch.
        can_merge: `None` while GitHub has not found out.
    """

    number: int
    title: str
    head: str
    base: str
    commit: str
    is_open: bool
    is_merged: bool
    can_merge: bool | None
    url: str


def issues(
    repository: GitHubRepository, *, labels: tuple[str, ...] = (), since: str = "", closed: bool = False
) -> tuple[Issue, ...]:
    """
    Open issues, and closed ones on request, newest first.

    Args:
        labels: all of them are on the issue.
        since: changed at or after this time, ISO 8601.
    """
    wanted = {"state": "all" if closed else "open"}
    wanted |= {"labels": ",".join(labels)} if labels else {}
    wanted |= {"since": since} if since else {}
    return tuple(pages(repository, "/issues", _issue, **wanted))


def open_issue(repository: GitHubRepository, title: str, body: str, labels: tuple[str, ...] = ()) -> Issue:
    """Open an issue."""
    sent = {"title": title, "body": body, "labels": list(labels)}
    reply = repository.http.send("POST", repository.path("/issues"), json=sent)
    return shaped(expected(reply, (201,), f"the issue {title!r}"), _issue)


def comments(repository: GitHubRepository, number: int) -> tuple[str, ...]:
    """The texts under an issue or a pull request, oldest first."""
    return tuple(pages(repository, f"/issues/{number}/comments", lambda found: str(found["body"])))


def comment(repository: GitHubRepository, number: int, body: str) -> None:
    """Add a comment to an issue or a pull request."""
    reply = repository.http.send("POST", repository.path(f"/issues/{number}/comments"), json={"body": body})
    expected(reply, (201,), f"the comment on #{number}")


def pulls(repository: GitHubRepository, head: str, base: str, *, closed: bool = False) -> tuple[Pull, ...]:
    """The pull requests from one branch into another; the closed ones on request."""
    owner = repository.name.partition("/")[0]
    wanted = {"head": f"{owner}:{head}", "base": base, "state": "all" if closed else "open"}
    return tuple(pages(repository, "/pulls", _pull, **wanted))


def pull(repository: GitHubRepository, number: int) -> Pull:
    """One pull request, with what only its own page tells: whether it can be merged."""
    reply = repository.http.ask(repository.path(f"/pulls/{number}"))
    return shaped(answered(reply, f"pull request {number}"), _pull)


def open_pull(repository: GitHubRepository, title: str, head: str, base: str, body: str) -> Pull:
    """Open a pull request from one branch of the repository into another."""
    sent = {"title": title, "head": head, "base": base, "body": body}
    reply = repository.http.send("POST", repository.path("/pulls"), json=sent)
    return shaped(expected(reply, (201,), f"the pull request {title!r}"), _pull)


def _issue(found: Any) -> Issue:
    labels = tuple(str(one if isinstance(one, str) else one["name"]) for one in found["labels"])
    return Issue(
        number=int(found["number"]),
        title=str(found["title"]),
        body=str(found.get("body") or ""),
        labels=labels,
        is_open=found["state"] == "open",
        is_pull="pull_request" in found,
        opened=str(found["created_at"]),
        url=str(found["html_url"]),
        comments=int(found.get("comments") or 0),
    )


def _pull(found: Any) -> Pull:
    return Pull(
        number=int(found["number"]),
        title=str(found["title"]),
        head=str(found["head"]["ref"]),
        base=str(found["base"]["ref"]),
        commit=str(found["head"]["sha"]),
        is_open=found["state"] == "open",
        is_merged=found["merged_at"] is not None,
        can_merge=found.get("mergeable"),
        url=str(found["html_url"]),
    )
