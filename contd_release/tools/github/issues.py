"""
GitHub's issues and pull requests.

https://docs.github.com/rest/issues
"""

from __future__ import annotations

from dataclasses import dataclass

from contd_release.tools.github.api import GitHubRepository, pages
from contd_release.tools.github.replies import answered
from contd_release.tools.http import Node, expected, refused


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
    is_locked: bool = False


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


def issue(repository: GitHubRepository, number: int) -> Issue | None:
    """The issue or the pull request with this number; None without one, or where our token does not see it."""
    reply = repository.http.ask(repository.path(f"/issues/{number}"))
    if reply.status in (404, 410):
        return None
    return _issue(answered(reply, f"issue {number}").node())


def open_issue(repository: GitHubRepository, title: str, body: str, labels: tuple[str, ...] = ()) -> Issue:
    """Open an issue."""
    sent = {"title": title, "body": body, "labels": list(labels)}
    reply = repository.http.send("POST", repository.path("/issues"), json=sent)
    return _issue(expected(reply, (201,), f"the issue {title!r}").node())


def comments(repository: GitHubRepository, number: int) -> tuple[str, ...]:
    """The texts under an issue or a pull request, oldest first."""
    return tuple(pages(repository, f"/issues/{number}/comments", lambda found: found.text_of("body")))


def comment(repository: GitHubRepository, number: int, body: str) -> None:
    """Add a comment to an issue or a pull request."""
    reply = repository.http.send("POST", repository.path(f"/issues/{number}/comments"), json={"body": body})
    may = "export GITHUB_TOKEN=…   (a token with the permission issues: write)"
    refused(reply, f"the comment on #{number}", type_next=may)
    expected(reply, (201,), f"the comment on #{number}")


def pulls(repository: GitHubRepository, head: str, base: str, *, closed: bool = False) -> tuple[Pull, ...]:
    """The pull requests from one branch into another; the closed ones on request."""
    owner = repository.name.partition("/")[0]
    wanted = {"head": f"{owner}:{head}", "base": base, "state": "all" if closed else "open"}
    return tuple(pages(repository, "/pulls", _pull, **wanted))


def pull(repository: GitHubRepository, number: int) -> Pull:
    """One pull request, with what only its own page says: whether it can be merged."""
    reply = repository.http.ask(repository.path(f"/pulls/{number}"))
    return _pull(answered(reply, f"pull request {number}").node())


def open_pull(repository: GitHubRepository, title: str, head: str, base: str, body: str) -> Pull:
    """Open a pull request from one branch of the repository into another."""
    sent = {"title": title, "head": head, "base": base, "body": body}
    reply = repository.http.send("POST", repository.path("/pulls"), json=sent)
    return _pull(expected(reply, (201,), f"the pull request {title!r}").node())


def _issue(found: Node) -> Issue:
    labels = tuple(_label(one) for one in found.at("labels").items())
    comments, locked = found.get("comments"), found.get("locked")
    return Issue(
        number=found.at("number").whole(),
        title=found.at("title").text(),
        body=found.text_of("body"),
        labels=labels,
        is_open=found.at("state").text() == "open",
        is_pull=found.get("pull_request") is not None,
        opened=found.at("created_at").text(),
        url=found.at("html_url").text(),
        comments=comments.whole() if comments else 0,
        is_locked=locked.flag() if locked else False,
    )


def _label(found: Node) -> str:
    return found.text() if isinstance(found.value, str) else found.text_of("name")


def _pull(found: Node) -> Pull:
    mergeable = found.get("mergeable")
    return Pull(
        number=found.at("number").whole(),
        title=found.at("title").text(),
        head=found.at("head").at("ref").text(),
        base=found.at("base").at("ref").text(),
        commit=found.at("head").at("sha").text(),
        is_open=found.at("state").text() == "open",
        is_merged=found.text_of("merged_at") != "",
        can_merge=mergeable.flag() if mergeable else None,
        url=found.at("html_url").text(),
    )
