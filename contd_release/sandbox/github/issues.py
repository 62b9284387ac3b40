"""
Issues, comments, labels and milestones in the sandbox's GitHub.

https://docs.github.com/rest/issues
"""

from __future__ import annotations

from dataclasses import replace

from werkzeug.wrappers import Response

from contd_release.sandbox.github.people import user
from contd_release.sandbox.github.records import Comment, Issue, Label, Milestone, Pull
from contd_release.sandbox.github.store import now
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, created, missing, page, reply, wrong


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


def _get_issue(asked: Asked) -> Response:
    """An issue, or a pull request, which is an issue as well."""
    number = asked.number("issue_number")
    for one in asked.place.shelf(Issue):
        if one.number == number:
            return reply(_issue_shape(asked, one))
    for pull in asked.place.shelf(Pull):
        if pull.number == number:
            common = {name: getattr(pull, name) for name in ("id", "created_at", "login", "number", "title", "body")}
            web = f"{asked.web}/pull/{number}"
            urls = {"url": f"{asked.api}/pulls/{number}", "diff_url": f"{web}.diff", "patch_url": f"{web}.patch"}
            found = _issue_shape(asked, Issue(**common, state=pull.state, labels=pull.labels))
            return reply(found | {"html_url": web, "pull_request": urls | {"html_url": web}})
    raise missing()


def _issue_shape(asked: Asked, issue: Issue) -> Json:
    url = f"{asked.api}/issues/{issue.number}"
    comments = [one for one in asked.place.shelf(Comment) if one.number == issue.number]
    return {
        "id": issue.id,
        "node_id": f"I_{issue.id}",
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "locked": issue.locked,
        "url": url,
        "repository_url": asked.api,
        "html_url": f"{asked.web}/issues/{issue.number}",
        **{f"{name}_url": f"{url}/{name}" for name in ("labels", "comments", "events")},
        "user": user(asked.root, issue.login),
        "labels": labels(asked, issue.labels),
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
    if any(one.number == number and one.locked for one in asked.place.shelf(Issue)):
        raise Refusal(403, "Unable to create comment because issue is locked.")
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


def labels(asked: Asked, names: tuple[str, ...]) -> list[Json]:
    """The labels of an issue or a pull request."""
    known = {one.name: one for one in asked.place.shelf(Label)}
    return [_label_shape(asked, known.get(name, Label(name=name))) for name in names]


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


def _milestones(asked: Asked) -> Response:
    state = asked.request.args.get("state", "open")
    found = [one for one in asked.place.shelf(Milestone) if state in ("all", one.state)]
    return page(asked, [_milestone_shape(asked, one) for one in found])


def _edit_milestone(asked: Asked) -> Response:
    number, sent = asked.number("milestone_number"), asked.sent()
    for one in asked.place.shelf(Milestone):
        if one.number == number:
            new = replace(one, title=str(sent.get("title", one.title)), state=str(sent.get("state", one.state)))
            asked.effect(f"milestone {new.title} {new.state}")
            return reply(_milestone_shape(asked, asked.place.shelf(Milestone).put(new)))
    raise missing()


def _milestone_shape(asked: Asked, milestone: Milestone) -> Json:
    url = f"{asked.api}/milestones/{milestone.number}"
    common = ("id", "number", "title", "state", "open_issues", "closed_issues", "created_at")
    return {name: getattr(milestone, name) for name in common} | {
        "node_id": f"MI_{milestone.id}",
        "description": None,
        "url": url,
        "html_url": f"{asked.web}/milestone/{milestone.number}",
        "labels_url": f"{url}/labels",
        "creator": user(asked.root, milestone.login),
        "updated_at": milestone.created_at,
        "closed_at": milestone.created_at if milestone.state == "closed" else None,
        "due_on": None,
    }


ROUTES = (
    Route("GET", "/issues", _issues),
    Route("POST", "/issues", _open_issue, writes=True),
    Route("GET", "/issues/<int:issue_number>", _get_issue),
    Route("GET", "/milestones", _milestones),
    Route("PATCH", "/milestones/<int:milestone_number>", _edit_milestone, writes=True),
    Route("GET", "/issues/<int:issue_number>/comments", _comments),
    Route("POST", "/issues/<int:issue_number>/comments", _comment, writes=True),
    Route("GET", "/labels", _labels),
    Route("POST", "/labels", _make_label, writes=True),
)
