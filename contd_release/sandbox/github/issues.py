"""
Issues, comments and labels in the sandbox's GitHub.

https://docs.github.com/rest/issues
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from contd_release.sandbox.github.people import user
from contd_release.sandbox.github.records import Comment, Issue, Label
from contd_release.sandbox.github.store import now
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, created, missing, page, wrong


def _issues(asked: Asked) -> Response:
    state = asked.request.args.get("state", "open")
    labels = {one for one in asked.request.args.get("labels", "").split(",") if one}
    since = asked.request.args.get("since", "")
    found = [
        _issue_shape(asked, one)
        for one in sorted(asked.place.shelf(Issue), key=lambda issue: -issue.number)
        if state in ("all", one.state) and labels <= set(one.labels) and one.created_at >= since
    ]
    return page(asked, found)


def _open_issue(asked: Asked) -> Response:
    sent = asked.sent()
    asked.required(sent, "title")
    labels = tuple(one if isinstance(one, str) else str(one["name"]) for one in sent.get("labels", ()))
    issue = Issue(
        id=asked.place.new_id(),
        created_at=now(),
        login=asked.login,
        number=asked.place.new_number(),
        title=str(sent["title"]),
        body=sent.get("body"),
        labels=labels,
    )
    known = {one.name for one in asked.place.shelf(Label)}
    for name in labels:
        if name not in known:
            asked.place.shelf(Label).put(Label(id=asked.place.new_id(), name=name))
    asked.effect(f"issue {issue.title}")
    return created(_issue_shape(asked, asked.place.shelf(Issue).put(issue)))


def _issue_shape(asked: Asked, issue: Issue) -> Json:
    url = f"{asked.api}/issues/{issue.number}"
    labels = [_label_shape(asked, one) for one in asked.place.shelf(Label) if one.name in issue.labels]
    comments = [one for one in asked.place.shelf(Comment) if one.number == issue.number]
    return {
        "id": issue.id,
        "node_id": f"I_{issue.id}",
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "locked": False,
        "url": url,
        "repository_url": asked.api,
        "html_url": f"{asked.web}/issues/{issue.number}",
        **{f"{name}_url": f"{url}/{name}" for name in ("labels", "comments", "events")},
        "user": user(asked.root, issue.login),
        "labels": labels,
        "assignee": None,
        "milestone": None,
        "comments": len(comments),
        "created_at": issue.created_at,
        "updated_at": issue.created_at,
        "closed_at": issue.created_at if issue.state == "closed" else None,
    }


def _discussed(asked: Asked) -> int:
    number = asked.number("issue_number")
    if number not in asked.place.numbers():
        raise missing()
    return number


def _comments(asked: Asked) -> Response:
    number = _discussed(asked)
    return page(asked, [_comment_shape(asked, one) for one in asked.place.shelf(Comment) if one.number == number])


def _comment(asked: Asked) -> Response:
    number, sent = _discussed(asked), asked.sent()
    asked.required(sent, "body")
    new = Comment(id=asked.place.new_id(), created_at=now(), login=asked.login, number=number, body=str(sent["body"]))
    asked.effect(f"comment {number} {new.id}")
    return created(_comment_shape(asked, asked.place.shelf(Comment).put(new)))


def _comment_shape(asked: Asked, comment: Comment) -> Json:
    return {
        "id": comment.id,
        "node_id": f"IC_{comment.id}",
        "url": f"{asked.api}/issues/comments/{comment.id}",
        "html_url": f"{asked.web}/issues/{comment.number}#issuecomment-{comment.id}",
        "issue_url": f"{asked.api}/issues/{comment.number}",
        "user": user(asked.root, comment.login),
        "body": comment.body,
        "created_at": comment.created_at,
        "updated_at": comment.created_at,
    }


def _labels(asked: Asked) -> Response:
    return page(asked, [_label_shape(asked, one) for one in asked.place.shelf(Label)])


def _make_label(asked: Asked) -> Response:
    sent = asked.sent()
    asked.required(sent, "name")
    if any(one.name == sent["name"] for one in asked.place.shelf(Label)):
        raise Refusal(422, "Validation Failed", errors=[wrong("Label", "name", "already_exists")])
    known = {name: sent[name] for name in ("name", "color", "description") if sent.get(name)}
    return created(_label_shape(asked, asked.place.shelf(Label).put(Label(id=asked.place.new_id(), **known))))


def _label_shape(asked: Asked, label: Label) -> Json:
    own = {"id": label.id, "node_id": f"LA_{label.id}", "name": label.name, "color": label.color}
    return own | {"description": label.description, "default": False, "url": f"{asked.api}/labels/{label.name}"}


ROUTES = (
    Route("GET", "/issues", _issues),
    Route("POST", "/issues", _open_issue, writes=True),
    Route("GET", "/issues/<int:issue_number>/comments", _comments),
    Route("POST", "/issues/<int:issue_number>/comments", _comment, writes=True),
    Route("GET", "/labels", _labels),
    Route("POST", "/labels", _make_label, writes=True),
)
