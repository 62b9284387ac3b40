"""
Releases in the sandbox's GitHub, with the rules that a release tool meets.

https://docs.github.com/rest/releases/releases
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from werkzeug.wrappers import Response

from contd_release.sandbox.github.assets import asset_shape, assets_of, forget, named
from contd_release.sandbox.github.git import head, make_tag, tag_exists
from contd_release.sandbox.github.people import user
from contd_release.sandbox.github.records import Burned, Reaction, Release
from contd_release.sandbox.github.store import StoredRepository, now
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, created, missing, nothing, page, reply, wrong

LONGEST_BODY: Final = 125_000
_FIELDS = ("tag_name", "target_commitish", "name", "body", "prerelease")


def release_shape(asked: Asked, release: Release) -> Json:
    """A release as GitHub describes it."""
    url = f"{asked.api}/releases/{release.id}"
    page_url = f"{asked.web}/releases/tag/{release.tag_name}"
    ball = None if release.draft else f"{asked.api}/tarball/{release.tag_name}"
    return {
        "url": url,
        "html_url": f"{asked.web}/releases/tag/untagged-{release.id}" if release.draft else page_url,
        "assets_url": f"{url}/assets",
        "upload_url": f"{asked.root}/uploads/repos/{asked.place.name}/releases/{release.id}/assets{{?name,label}}",
        "tarball_url": ball,
        "zipball_url": ball and ball.replace("tarball", "zipball"),
        "id": release.id,
        "node_id": f"RE_{release.id}",
        "tag_name": release.tag_name,
        "target_commitish": release.target_commitish,
        "name": release.name,
        "body": release.body,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "immutable": release.immutable,
        "created_at": release.created_at,
        "published_at": release.published_at,
        "author": user(asked.root, release.login),
        "assets": [asset_shape(asked, one, release) for one in assets_of(asked.place, release)],
    }


def _list(asked: Asked) -> Response:
    newest_first = sorted(asked.place.shelf(Release), key=lambda one: -one.id)
    return page(asked, [release_shape(asked, one) for one in newest_first if asked.sees_drafts or not one.draft])


def _create(asked: Asked) -> Response:
    sent = asked.sent()
    asked.required(sent, "tag_name")
    release = Release(
        id=asked.place.new_id(),
        created_at=now(),
        login=asked.login,
        tag_name=str(sent["tag_name"]),
        target_commitish=str(sent.get("target_commitish") or head(asked.place)),
        name=sent.get("name"),
        body=sent.get("body"),
        draft=True,
        prerelease=bool(sent.get("prerelease", False)),
    )
    _refuse_bad(asked.place, release, being_published=not sent.get("draft", False))
    if not sent.get("draft", False):
        release = _published(asked.place, release, str(sent.get("make_latest", "true")))
    asked.effect(f"{'draft' if release.draft else 'release'} {release.tag_name}")
    return created(release_shape(asked, asked.place.shelf(Release).put(release)))


def _edit(asked: Asked) -> Response:
    before, sent = named(asked), asked.sent()
    if before.immutable and sent.get("tag_name", before.tag_name) != before.tag_name:
        raise Refusal(422, "Validation Failed", errors=[wrong("Release", "tag_name", "custom", "is immutable")])
    after = replace(before, **{name: sent[name] for name in _FIELDS if name in sent})
    publishing = before.draft and sent.get("draft") is False
    _refuse_bad(asked.place, after, being_published=publishing)
    if publishing:
        after = _published(asked.place, after, str(sent.get("make_latest", "true")))
        asked.effect(f"release {after.tag_name}")
    elif not after.draft and "make_latest" in sent:
        after = replace(after, latest=_mark(asked.place, after, str(sent["make_latest"])))
    return reply(release_shape(asked, asked.place.shelf(Release).put(after)))


def _refuse_bad(place: StoredRepository, release: Release, *, being_published: bool) -> None:
    errors = []
    if len(release.body or "") > LONGEST_BODY:
        errors.append(wrong("Release", "body", "custom", f"body is too long (maximum is {LONGEST_BODY} characters)"))
    others = [one for one in place.shelf(Release) if one.tag_name == release.tag_name and one.id != release.id]
    if any(not one.draft for one in others) and (being_published or not release.draft):
        errors.append(wrong("Release", "tag_name", "already_exists"))
    if any(one.tag_name == release.tag_name for one in place.shelf(Burned)) and not release.immutable:
        errors.append(wrong("Release", "tag_name", "custom", "tag_name was used by an immutable release"))
    if errors:
        raise Refusal(422, "Validation Failed", errors=errors)


def _published(place: StoredRepository, release: Release, make_latest: str) -> Release:
    """The release, public: GitHub makes the tag if there is none, and locks what is immutable."""
    if not tag_exists(place, release.tag_name):
        make_tag(place, release.tag_name, release.target_commitish)
    immutable = place.rules().immutable_releases
    if immutable:
        place.shelf(Burned).put(Burned(id=place.new_id(), tag_name=release.tag_name))
    return replace(
        release, draft=False, published_at=now(), immutable=immutable, latest=_mark(place, release, make_latest)
    )


def _mark(place: StoredRepository, release: Release, make_latest: str) -> int:
    return place.new_id() if make_latest == "true" and not release.prerelease else 0


def _get(asked: Asked) -> Response:
    return reply(release_shape(asked, named(asked)))


def _by_tag(asked: Asked) -> Response:
    public = [one for one in asked.place.shelf(Release) if one.tag_name == asked.path["tag"] and not one.draft]
    if not public:
        raise missing()
    return reply(release_shape(asked, public[0]))


def _latest(asked: Asked) -> Response:
    finals = [one for one in asked.place.shelf(Release) if not (one.draft or one.prerelease)]
    if not finals:
        raise missing()
    return reply(release_shape(asked, max(finals, key=lambda one: (one.latest, one.id))))


def _delete(asked: Asked) -> Response:
    release = named(asked)
    for asset in assets_of(asked.place, release):
        forget(asked.place, asset)
    asked.place.shelf(Release).remove(release.id)
    asked.effect(f"deleted {'draft' if release.draft else 'release'} {release.tag_name}")
    return nothing()


def _reactions(asked: Asked) -> Response:
    release = named(asked)
    return page(
        asked, [_reaction_shape(asked, one) for one in asked.place.shelf(Reaction) if one.release == release.id]
    )


def _react(asked: Asked) -> Response:
    release, sent = named(asked), asked.sent()
    asked.required(sent, "content")
    shelf = asked.place.shelf(Reaction)
    mine = (release.id, asked.login, sent["content"])
    for one in shelf:
        if (one.release, one.login, one.content) == mine:
            return reply(_reaction_shape(asked, one))
    new = Reaction(id=asked.place.new_id(), created_at=now(), login=mine[1], release=mine[0], content=mine[2])
    return reply(_reaction_shape(asked, shelf.put(new)), 201)


def _unreact(asked: Asked) -> Response:
    asked.place.shelf(Reaction).remove(asked.number("reaction_id"))
    return nothing()


def _reaction_shape(asked: Asked, reaction: Reaction) -> Json:
    own = {"id": reaction.id, "node_id": f"REA_{reaction.id}", "content": reaction.content}
    return own | {"user": user(asked.root, reaction.login), "created_at": reaction.created_at}


ROUTES = (
    Route("GET", "/releases", _list),
    Route("POST", "/releases", _create, writes=True),
    Route("GET", "/releases/latest", _latest),
    Route("GET", "/releases/tags/<path:tag>", _by_tag),
    Route("GET", "/releases/<int:release_id>", _get),
    Route("PATCH", "/releases/<int:release_id>", _edit, writes=True),
    Route("DELETE", "/releases/<int:release_id>", _delete, writes=True),
    Route("GET", "/releases/<int:release_id>/reactions", _reactions),
    Route("POST", "/releases/<int:release_id>/reactions", _react, writes=True),
    Route("DELETE", "/releases/<int:release_id>/reactions/<int:reaction_id>", _unreact, writes=True),
)
