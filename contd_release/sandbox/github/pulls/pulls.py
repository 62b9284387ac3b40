"""
Pull requests between branches of one repository in the sandbox's GitHub.

https://docs.github.com/rest/pulls/pulls
"""

from __future__ import annotations

from dataclasses import replace

from werkzeug.wrappers import Response

from contd_release.sandbox.github.git import git, sha_of
from contd_release.sandbox.github.issues import labels
from contd_release.sandbox.github.people import user, whole_repository
from contd_release.sandbox.github.pulls import rules
from contd_release.sandbox.github.records import Pull
from contd_release.sandbox.github.store import StoredRepository, now
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, created, missing, page, reply, wrong


def _pulls(asked: Asked) -> Response:
    wanted = asked.request.args
    owner = asked.place.name.partition("/")[0]
    found = [
        _pull_shape(asked, one)
        for one in sorted(
            (_settled(asked.place, pull) for pull in asked.place.shelf(Pull)), key=lambda pull: -pull.number
        )
        if wanted.get("state", "open") in ("all", one.state)
        and wanted.get("head", one.head) in (one.head, f"{owner}:{one.head}")
        and wanted.get("base", one.base) == one.base
    ]
    return page(asked, found)


def _open_pull(asked: Asked) -> Response:
    sent = asked.sent()
    asked.required(sent, "head", "base", "title")
    head, base = str(sent["head"]).rpartition(":")[2], str(sent["base"])
    shas = {name: sha_of(asked.place, f"refs/heads/{name}") for name in (head, base)}
    absent = [field for field, name in (("head", head), ("base", base)) if shas[name] is None]
    if absent:
        raise Refusal(422, "Validation Failed", errors=[wrong("PullRequest", field, "invalid") for field in absent])
    if any((one.head, one.base, one.state) == (head, base, "open") for one in asked.place.shelf(Pull)):
        there = f"A pull request already exists for {asked.place.name.partition('/')[0]}:{head}."
        raise Refusal(422, "Validation Failed", errors=[wrong("PullRequest", "base", "custom", there)])
    pull = Pull(
        id=asked.place.new_id(),
        created_at=now(),
        login=asked.login,
        number=asked.place.new_number(),
        title=str(sent["title"]),
        body=sent.get("body"),
        head=head,
        base=base,
        head_sha=str(shas[head]),
        base_sha=str(shas[base]),
        draft=bool(sent.get("draft", False)),
    )
    asked.effect(f"pull {head} into {base}")
    return created(_whole_pull(asked, asked.place.shelf(Pull).put(pull)))


def _get_pull(asked: Asked) -> Response:
    return reply(_whole_pull(asked, pull_of(asked)))


def _edit_pull(asked: Asked) -> Response:
    sent = asked.sent()
    changes = {name: sent[name] for name in ("title", "body", "state", "base") if name in sent}
    return reply(_whole_pull(asked, asked.place.shelf(Pull).put(replace(pull_of(asked), **changes))))


def pull_of(asked: Asked) -> Pull:
    """The pull request that the path names."""
    number = asked.number("pull_number")
    for one in asked.place.shelf(Pull):
        if one.number == number:
            return _settled(asked.place, one)
    raise missing()


def _settled(place: StoredRepository, pull: Pull) -> Pull:
    """
    The pull request with its branch where it is now; closed once its commits are in the base, as a push there does.
    """
    if pull.state == "closed":
        return pull
    pull = replace(pull, head_sha=sha_of(place, f"refs/heads/{pull.head}") or pull.head_sha)
    return replace(pull, state="closed" if is_merged(place, pull) else "open")


def is_merged(place: StoredRepository, pull: Pull) -> bool:
    """Whether the base has the pull request: merged on its page, or with its commits pushed there."""
    if pull.merged_sha:
        return True
    if pull.head_sha == pull.base_sha:
        return False
    return git(place.remote, "merge-base", "--is-ancestor", pull.head_sha, f"refs/heads/{pull.base}") is not None


def merged_tree(place: StoredRepository, pull: Pull) -> str | None:
    """The tree that a merge would give; None where it would conflict."""
    words = ("merge-tree", "--write-tree", f"refs/heads/{pull.base}", pull.head_sha)
    return git(place.remote, *words)


def _state(asked: Asked, pull: Pull) -> str:
    """Whether it can be merged, in GitHub's words."""
    if is_merged(asked.place, pull):
        return "unknown"
    if merged_tree(asked.place, pull) is None:
        return "dirty"
    return "blocked" if rules.lacking(asked.place, pull) else "clean"


def _pull_shape(asked: Asked, pull: Pull) -> Json:
    url = f"{asked.api}/pulls/{pull.number}"
    web = f"{asked.web}/pull/{pull.number}"
    issue = f"{asked.api}/issues/{pull.number}"
    links = {
        "commits": f"{url}/commits",
        "review_comments": f"{url}/comments",
        "review_comment": f"{asked.api}/pulls/comments{{/number}}",
        "comments": f"{issue}/comments",
        "statuses": f"{asked.api}/statuses/{pull.head_sha}",
    }
    merged = is_merged(asked.place, pull)
    return {
        "id": pull.id,
        "node_id": f"PR_{pull.id}",
        "number": pull.number,
        "title": pull.title,
        "body": pull.body,
        "state": pull.state,
        "draft": pull.draft,
        "locked": False,
        "url": url,
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "issue_url": issue,
        **{f"{name}_url": link for name, link in links.items()},
        "_links": {name: {"href": link} for name, link in {**links, "html": web, "issue": issue, "self": url}.items()},
        "user": user(asked.root, pull.login),
        "labels": labels(asked, pull.labels),
        "assignee": None,
        "milestone": None,
        "auto_merge": None,
        "author_association": "OWNER",
        "head": _end(asked, pull.head, pull.head_sha),
        "base": _end(asked, pull.base, pull.base_sha),
        "created_at": pull.created_at,
        "updated_at": pull.created_at,
        "closed_at": pull.created_at if pull.state == "closed" else None,
        "merged_at": pull.created_at if merged else None,
        "merge_commit_sha": (pull.merged_sha or pull.head_sha) if merged else None,
    }


def _end(asked: Asked, branch: str, sha: str) -> Json:
    owner = asked.place.name.partition("/")[0]
    whole = whole_repository(asked.root, asked.place, "main", may_write=True)
    return {"label": f"{owner}:{branch}", "ref": branch, "sha": sha, "user": user(asked.root, owner), "repo": whole}


def _whole_pull(asked: Asked, pull: Pull) -> Json:
    merged = is_merged(asked.place, pull)
    state = _state(asked, pull)
    none = ("additions", "changed_files", "comments", "commits", "deletions", "review_comments")
    return _pull_shape(asked, pull) | {
        **dict.fromkeys(none, 0),
        "merged": merged,
        "merged_by": user(asked.root, pull.login) if merged else None,
        "mergeable": state in ("blocked", "clean"),
        "mergeable_state": state,
        "maintainer_can_modify": False,
    }


ROUTES = (
    Route("GET", "/pulls", _pulls),
    Route("POST", "/pulls", _open_pull, writes=True),
    Route("GET", "/pulls/<int:pull_number>", _get_pull),
    Route("PATCH", "/pulls/<int:pull_number>", _edit_pull, writes=True),
)
