"""
The files of releases in the sandbox's GitHub: uploads, downloads, and what an interrupted upload leaves.

https://docs.github.com/rest/releases/assets
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from contd_release.sandbox.github.people import user
from contd_release.sandbox.github.records import Asset, Release
from contd_release.sandbox.github.store import StoredRepository, now
from contd_release.sandbox.github.wire import Asked, Json, Refusal, Route, created, missing, nothing, page, reply, wrong


def asset_shape(asked: Asked, asset: Asset, release: Release) -> Json:
    """An asset as GitHub describes it."""
    return {
        "url": f"{asked.api}/releases/assets/{asset.id}",
        "browser_download_url": f"{asked.web}/releases/download/{release.tag_name}/{asset.name}",
        "id": asset.id,
        "node_id": f"RA_{asset.id}",
        "name": asset.name,
        "label": asset.label,
        "state": asset.state,
        "content_type": asset.content_type,
        "size": asset.size,
        "digest": asset.digest if asked.place.rules().digests else None,
        "download_count": asset.downloads,
        "created_at": asset.created_at,
        "updated_at": asset.created_at,
        "uploader": user(asked.root, asset.login),
    }


def assets_of(place: StoredRepository, release: Release) -> list[Asset]:
    """The assets of a release, the interrupted ones too."""
    return [one for one in place.shelf(Asset) if one.release == release.id]


def _seen(asked: Asked, release: Release | None) -> Release:
    """The release, if it is one that this person may see: drafts are for those who may write."""
    if release is None or (release.draft and not asked.sees_drafts):
        raise missing()
    return release


def named(asked: Asked) -> Release:
    """The release in the path."""
    return _seen(asked, asked.place.shelf(Release).get(asked.number("release_id")))


def forget(place: StoredRepository, asset: Asset) -> None:
    """Delete an asset and its bytes."""
    place.blob(asset.id).unlink(missing_ok=True)
    place.shelf(Asset).remove(asset.id)


def _list_assets(asked: Asked) -> Response:
    release = named(asked)
    return page(asked, [asset_shape(asked, one, release) for one in assets_of(asked.place, release)])


def _upload(asked: Asked) -> Response:
    """Keep what was sent; an upload that breaks off leaves a `starter`, which holds the name and no bytes."""
    release = named(asked)
    name = re.sub(r"[^A-Za-z0-9._+-]+", ".", asked.request.args.get("name", "")).strip(".")
    if not name:
        raise Refusal(422, "Validation Failed", errors=[wrong("ReleaseAsset", "name", "missing_field")])
    if release.immutable:
        raise Refusal(422, "Validation Failed", errors=[wrong("Release", "base", "custom", "release is immutable")])
    if any(one.name == name for one in assets_of(asked.place, release)):
        raise Refusal(422, "Validation Failed", errors=[wrong("ReleaseAsset", "name", "already_exists")])
    starter = Asset(
        id=asked.place.new_id(),
        created_at=now(),
        login=asked.login,
        release=release.id,
        name=name,
        label=asked.request.args.get("label"),
        content_type=asked.request.content_type or "application/octet-stream",
        size=0,
        digest=None,
        state="starter",
    )
    asked.place.shelf(Asset).put(starter)
    if asked.body is None:
        raise Refusal(502, "Server Error")
    body = asked.body
    asked.place.blob(starter.id).write_bytes(body)
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    asked.effect(f"asset {release.tag_name}/{name}")
    whole = asked.place.shelf(Asset).put(replace(starter, state="uploaded", size=len(body), digest=digest))
    return created(asset_shape(asked, whole, release))


def _asset(asked: Asked) -> tuple[Asset, Release]:
    asset = asked.place.shelf(Asset).get(asked.number("asset_id"))
    if asset is None:
        raise missing()
    return asset, _seen(asked, asked.place.shelf(Release).get(asset.release))


def _get_asset(asked: Asked) -> Response:
    asset, release = _asset(asked)
    if "application/octet-stream" not in asked.request.headers.get("Accept", ""):
        return reply(asset_shape(asked, asset, release))
    key = hashlib.sha256(f"{asset.id} {asset.digest}".encode()).hexdigest()
    return redirect(f"{asked.web}/files/{asset.id}?key={key}")


def _delete_asset(asked: Asked) -> Response:
    asset, release = _asset(asked)
    if release.immutable:
        raise Refusal(422, "Validation Failed", errors=[wrong("Release", "base", "custom", "release is immutable")])
    forget(asked.place, asset)
    asked.effect(f"deleted asset {release.tag_name}/{asset.name}")
    return nothing()


def _download(asked: Asked) -> Response:
    """What a person's browser gets: the files of public releases, without asking who wants them."""
    for release in asked.place.shelf(Release):
        for asset in assets_of(asked.place, release):
            wanted = (release.tag_name, asset.name) == (asked.path["tag"], asked.path["name"])
            if wanted and not release.draft and asset.state == "uploaded":
                return _file(asked.place, asset)
    raise missing()


def _signed(asked: Asked) -> Response:
    """What the API redirects to: the key in the URL is the permission."""
    asset = asked.place.shelf(Asset).get(asked.number("asset_id"))
    key = asset and hashlib.sha256(f"{asset.id} {asset.digest}".encode()).hexdigest()
    if not asset or asked.request.args.get("key") != key:
        raise missing()
    return _file(asked.place, asset)


def _file(place: StoredRepository, asset: Asset) -> Response:
    return Response(place.blob(asset.id).read_bytes(), content_type="application/octet-stream")


ROUTES = (
    Route("GET", "/releases/<int:release_id>/assets", _list_assets),
    Route("GET", "/releases/assets/<int:asset_id>", _get_asset),
    Route("DELETE", "/releases/assets/<int:asset_id>", _delete_asset, writes=True),
)
UPLOADS = (Route("POST", "/releases/<int:release_id>/assets", _upload, writes=True),)

WEB = (
    Route("GET", "/releases/download/<path:tag>/<name>", _download),
    Route("GET", "/files/<int:asset_id>", _signed, signed=True),
)
