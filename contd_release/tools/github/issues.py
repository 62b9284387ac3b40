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
        merged_as: the commit that the base got of it; empty before it is merged.
        opened_by: the login of who opened it.
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
    body: str = ""
    merged_as: str = ""
    opened_by: str = ""


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
    may = "export GITHUB_TOKEN=…   (a token with the permission pull requests: write)"
    refused(reply, f"the pull request {title!r}", type_next=may)
    return _pull(expected(reply, (201,), f"the pull request {title!r}").node())


def edit_pull(repository: GitHubRepository, number: int, **changes: str) -> None:
    """Change the `body` or the `state` of a pull request."""
    reply = repository.http.send("PATCH", repository.path(f"/pulls/{number}"), json=changes)
    expected(reply, (200,), f"the change of pull request {number}")


def approvers(repository: GitHubRepository, number: int) -> tuple[str, ...]:
    """The logins of those whose last word on a pull request approves it."""
    reviews = pages(repository, f"/pulls/{number}/reviews", _review)
    # A comment leaves an approval as it is.
    last = {login: state for login, state in reviews if state != "COMMENTED"}
    return tuple(sorted(login for login, state in last.items() if state == "APPROVED"))


def _review(found: Node) -> tuple[str, str]:
    user = found.get("user")
    return (user.text_of("login") if user else "", found.at("state").text())


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
    mergeable, user = found.get("mergeable"), found.get("user")
    is_merged = found.text_of("merged_at") != ""
    return Pull(
        number=found.at("number").whole(),
        title=found.at("title").text(),
        head=found.at("head").at("ref").text(),
        base=found.at("base").at("ref").text(),
        commit=found.at("head").at("sha").text(),
        is_open=found.at("state").text() == "open",
        is_merged=is_merged,
        can_merge=mergeable.flag() if mergeable else None,
        url=found.at("html_url").text(),
        body=found.text_of("body"),
        merged_as=found.text_of("merge_commit_sha") if is_merged else "",
        opened_by=user.text_of("login") if user else "",
    )
