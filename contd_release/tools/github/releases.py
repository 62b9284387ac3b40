"""
GitHub's releases, drafts and assets.

https://docs.github.com/rest/releases
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

from contd_release.tools.github.api import GitHubRepository, pages
from contd_release.tools.github.replies import answered
from contd_release.tools.http import MEBIBYTE, Http, Node, expected

LARGEST_ASSET: Final = 2048 * MEBIBYTE


@dataclass(frozen=True)
class Asset:
    """
    A file of a release.

    Args:
        sha256: in hexadecimal; empty if GitHub does not state it.
        is_whole: false for what an interrupted upload leaves.
        url: where a browser gets it once the release is public.
        downloads: how often it was fetched.
    """

    id: int
    name: str
    size: int
    sha256: str
    is_whole: bool
    url: str
    downloads: int = 0


@dataclass(frozen=True)
class ReleaseInfo:
    """
    A release or a draft, as GitHub has it.

    Args:
        published: ISO 8601; empty for a draft.
    """

    id: int
    tag: str
    name: str
    body: str
    is_draft: bool
    is_prerelease: bool
    is_immutable: bool
    url: str
    published: str = ""


def releases(repository: GitHubRepository) -> tuple[ReleaseInfo, ...]:
    """Every release, newest first; drafts too, for those who may write."""
    return tuple(pages(repository, "/releases", _release))


def release_of_tag(repository: GitHubRepository, tag: str) -> ReleaseInfo | None:
    """The public release of a tag; a draft has no tag yet."""
    return _one(repository, f"/releases/tags/{quote(tag, safe='')}")


def latest(repository: GitHubRepository) -> ReleaseInfo | None:
    """The release that GitHub shows as the latest."""
    return _one(repository, "/releases/latest")


def assets(repository: GitHubRepository, release: int) -> tuple[Asset, ...]:
    """The files of a release, the half-uploaded ones too."""
    return tuple(pages(repository, f"/releases/{release}/assets", _asset))


def reactions(repository: GitHubRepository, release: int) -> Counter[str]:
    """How often people reacted to a release, by reaction: `+1`, `heart`, `rocket`, …"""
    return Counter(pages(repository, f"/releases/{release}/reactions", lambda found: found.at("content").text()))


def downloaded(repository: GitHubRepository, asset: Asset, to: Path) -> str:
    """Fetch an asset with our token, as long as its release is a draft; the sha256 of its bytes."""
    url = repository.path(f"/releases/assets/{asset.id}")
    return repository.http.download(url, to, headers={"Accept": "application/octet-stream"}, cap=LARGEST_ASSET)


def downloaded_as_consumer(asset: Asset, to: Path) -> str:
    """Fetch an asset of a public release as anybody does, without a token; the sha256 of its bytes."""
    return Http(asset.url).download(asset.url, to, cap=LARGEST_ASSET)


def create_draft(repository: GitHubRepository, tag: str, commit: str, body: str, *, prerelease: bool) -> ReleaseInfo:
    """Create a draft, which only those who may push can see."""
    draft = {"tag_name": tag, "target_commitish": commit, "name": tag, "body": body, "prerelease": prerelease}
    reply = repository.http.send("POST", repository.path("/releases"), json=draft | {"draft": True})
    return _release(expected(reply, (201,), f"a draft for {tag}").node())


def upload(repository: GitHubRepository, release: int, name: str, content: bytes) -> Asset:
    """Add a file to a release."""
    url = repository.path(f"/releases/{release}/assets?name={quote(name, safe='')}")
    headers = {"Content-Type": "application/octet-stream"}
    reply = repository.uploading.send("POST", url, headers=headers, data=content)
    return _asset(expected(reply, (201,), f"the upload of {name}").node())


def delete_asset(repository: GitHubRepository, asset: Asset) -> None:
    """Delete a file of a release; one that is gone already is fine."""
    reply = repository.http.send("DELETE", repository.path(f"/releases/assets/{asset.id}"))
    expected(reply, (204, 404), f"the removal of {asset.name}")


def publish(
    repository: GitHubRepository, release: int, *, prerelease: bool, make_latest: Literal["true", "false"]
) -> ReleaseInfo:
    """Make a draft public, or set the marks of a release that is."""
    changes = {"draft": False, "prerelease": prerelease, "make_latest": make_latest}
    return _edited(repository, release, changes, "the publication")


def edit_body(repository: GitHubRepository, release: int, body: str) -> ReleaseInfo:
    """Replace the text of a release."""
    return _edited(repository, release, {"body": body}, "the new text")


def delete(repository: GitHubRepository, release: int) -> None:
    """Delete a release or a draft by its id, with its files; its tag stays. One that is gone already is fine."""
    reply = repository.http.send("DELETE", repository.path(f"/releases/{release}"))
    expected(reply, (204, 404), f"the removal of release {release}")


def _one(repository: GitHubRepository, below: str) -> ReleaseInfo | None:
    reply = repository.http.ask(repository.path(below))
    return None if reply.status == 404 else _release(answered(reply, below.lstrip("/")).node())


def _edited(repository: GitHubRepository, release: int, changes: dict[str, Any], what: str) -> ReleaseInfo:
    reply = repository.http.send("PATCH", repository.path(f"/releases/{release}"), json=changes)
    return _release(expected(reply, (200,), what).node())


def _release(found: Node) -> ReleaseInfo:
    immutable = found.get("immutable")
    return ReleaseInfo(
        id=found.at("id").whole(),
        tag=found.at("tag_name").text(),
        name=found.text_of("name"),
        body=found.text_of("body"),
        is_draft=found.at("draft").flag(),
        is_prerelease=found.at("prerelease").flag(),
        is_immutable=immutable is not None and immutable.flag(),
        url=found.at("html_url").text(),
        published=found.text_of("published_at"),
    )


def _asset(found: Node) -> Asset:
    downloads = found.get("download_count")
    return Asset(
        id=found.at("id").whole(),
        name=found.at("name").text(),
        size=found.at("size").whole(),
        sha256=found.text_of("digest").removeprefix("sha256:"),
        is_whole=found.at("state").text() == "uploaded",
        url=found.at("browser_download_url").text(),
        downloads=downloads.whole() if downloads else 0,
    )
