"""
Refs, tags, commits and files of a repository, as the sandbox's GitHub describes them.

https://docs.github.com/rest/git/refs
"""

from __future__ import annotations

import base64
from pathlib import Path

from werkzeug.wrappers import Response

from contd_release.sandbox.github.git import PERSON, Commit, commit_of, git, head, sha_of
from contd_release.sandbox.github.store import now
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, created, missing, nothing, page, reply, wrong


def _ref_shape(asked: Asked, ref: str) -> Json:
    sha = git(asked.place.remote, "rev-parse", "--verify", "--quiet", ref) if ref.startswith("refs/") else None
    if not sha:
        raise missing()
    kind = git(asked.place.remote, "cat-file", "-t", sha) or "commit"
    return {
        "ref": ref,
        "node_id": f"REF_{ref}",
        "url": f"{asked.api}/git/{ref}",
        "object": {"type": kind, "sha": sha, "url": f"{asked.api}/git/{kind}s/{sha}"},
    }


def _get_ref(asked: Asked) -> Response:
    return reply(_ref_shape(asked, f"refs/{asked.path['ref']}"))


def _create_ref(asked: Asked) -> Response:
    sent = asked.sent()
    asked.required(sent, "ref", "sha")
    ref, sha = str(sent["ref"]), str(sent["sha"])
    if git(asked.place.remote, "show-ref", "--verify", "--", ref) is not None:
        raise Refusal(422, "Reference already exists")
    if not ref.startswith("refs/") or git(asked.place.remote, "update-ref", "--", ref, sha, "") is None:
        raise Refusal(422, "Object does not exist")
    return created(_ref_shape(asked, ref))


def _move_ref(asked: Asked) -> Response:
    sent, ref = asked.sent(), f"refs/{asked.path['ref']}"
    asked.required(sent, "sha")
    before = _ref_shape(asked, ref)["object"]["sha"]
    new = str(sent["sha"])
    forward = git(asked.place.remote, "merge-base", "--is-ancestor", before, new) is not None
    if not (forward or sent.get("force")):
        raise Refusal(422, "Update is not a fast forward")
    if git(asked.place.remote, "update-ref", "--", ref, new, before) is None:
        raise Refusal(422, "Object does not exist")
    return reply(_ref_shape(asked, ref))


def _delete_ref(asked: Asked) -> Response:
    ref = f"refs/{asked.path['ref']}"
    if git(asked.place.remote, "show-ref", "--verify", "--", ref) is None:
        raise Refusal(422, "Reference does not exist")
    git(asked.place.remote, "update-ref", "-d", "--", ref)
    return nothing()


def _create_tag(asked: Asked) -> Response:
    sent = asked.sent()
    asked.required(sent, "tag", "message", "object", "type")
    tag, kind, target = str(sent["tag"]), str(sent["type"]), str(sent["object"])
    body = (
        f"object {target}\ntype {kind}\ntag {tag}\ntagger sandbox <sandbox@example.org> 0 +0000\n\n{sent['message']}\n"
    )
    sha = git(asked.place.remote, "mktag", stdin=body)
    if not sha:
        raise Refusal(422, "Validation Failed", errors=[wrong("Tag", "object", "invalid")])
    return created(
        {
            "sha": sha,
            "url": f"{asked.api}/git/tags/{sha}",
            "node_id": f"TA_{sha[:12]}",
            "tagger": {**PERSON, "date": now()},
            "object": {"sha": target, "type": kind, "url": f"{asked.api}/git/{kind}s/{target}"},
            "tag": tag,
            "message": str(sent["message"]),
        }
    )


def _commits(asked: Asked) -> Response:
    ref = asked.request.args.get("sha", head(asked.place))
    sha = sha_of(asked.place, ref)
    if sha is None:
        raise missing()
    hashes = (git(asked.place.remote, "rev-list", sha) or "").split()
    found = [commit_of(asked.place, one) for one in hashes[:200]]
    return page(asked, [commit_shape(asked, one) for one in found if one])


def _tags(asked: Asked) -> Response:
    names = (git(asked.place.remote, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/tags") or "").split()
    shapes: list[Json] = []
    for name in names:
        sha = sha_of(asked.place, f"refs/tags/{name}")
        balls = {f"{kind}_url": f"{asked.api}/{kind}/refs/tags/{name}" for kind in ("zipball", "tarball")}
        commit = {"sha": sha, "url": f"{asked.api}/commits/{sha}"}
        shapes.append({"name": name, "node_id": f"REF_{name}", "commit": commit} | balls)
    return page(asked, shapes)


def _contents(asked: Asked) -> Response:
    path, ref = asked.path["file"], asked.request.args.get("ref", head(asked.place))
    sha = sha_of(asked.place, ref)
    blob = sha and git(asked.place.remote, "rev-parse", "--verify", "--quiet", f"{sha}:{path}")
    if not blob:
        raise missing()
    url = f"{asked.api}/contents/{path}?ref={ref}"
    shape: Json = {"name": Path(path).name, "path": path, "sha": blob, "url": url, "git_url": None, "html_url": None}
    shape |= {"download_url": None, "_links": {"git": None, "html": None, "self": url}}
    if git(asked.place.remote, "cat-file", "-t", blob) == "tree":
        names = (git(asked.place.remote, "ls-tree", "--name-only", blob) or "").splitlines()
        return reply([shape | {"name": one, "path": f"{path}/{one}", "type": "file", "size": 0} for one in names])
    text = (git(asked.place.remote, "cat-file", "blob", blob) or "").encode()
    content = base64.encodebytes(text).decode()
    return reply(shape | {"type": "file", "size": len(text), "encoding": "base64", "content": content})


def commit_shape(asked: Asked, commit: Commit) -> Json:
    """A commit as GitHub describes it."""

    def person(who: tuple[str, str, str]) -> Json:
        return {"name": who[0], "email": who[1], "date": who[2]}

    url = f"{asked.api}/commits/{commit.sha}"
    return {
        "url": url,
        "sha": commit.sha,
        "node_id": f"C_{commit.sha[:12]}",
        "html_url": f"{asked.web}/commit/{commit.sha}",
        "comments_url": f"{url}/comments",
        "commit": {
            "url": f"{asked.api}/git/commits/{commit.sha}",
            "author": person(commit.author),
            "committer": person(commit.committer),
            "message": commit.message,
            "comment_count": 0,
            "tree": {"sha": commit.tree, "url": f"{asked.api}/git/trees/{commit.tree}"},
        },
        "author": None,
        "committer": None,
        "parents": [{"sha": sha, "url": f"{asked.api}/commits/{sha}"} for sha in commit.parents],
    }


ROUTES = (
    Route("GET", "/git/ref/<path:ref>", _get_ref),
    Route("POST", "/git/refs", _create_ref, writes=True),
    Route("PATCH", "/git/refs/<path:ref>", _move_ref, writes=True),
    Route("DELETE", "/git/refs/<path:ref>", _delete_ref, writes=True),
    Route("POST", "/git/tags", _create_tag, writes=True),
    Route("GET", "/commits", _commits),
    Route("GET", "/tags", _tags),
    Route("GET", "/contents/<path:file>", _contents),
)
