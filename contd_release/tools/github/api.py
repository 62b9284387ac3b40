"""
GitHub: a repository, and who we are there.

https://docs.github.com/rest
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from itertools import count
from typing import Final, TypeVar
from urllib.parse import urlsplit

from contd_release.errors import NotReady, Unanswered
from contd_release.process.command import Command
from contd_release.process.redaction import Secret
from contd_release.project.project import Project
from contd_release.tools.github.replies import answered
from contd_release.tools.http import MEBIBYTE, Budget, Http, Limits, Node

TOKENS: Final = ("GITHUB_TOKEN", "GH_TOKEN")
PUBLIC_API: Final = "api.github.com"

# https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
_OF_AN_APP: Final = "ghs_"
_PAGE: Final = 100
# A page has a hundred releases, each with notes of up to 125,000 characters.
_LIST: Final = Limits(size=16 * MEBIBYTE, total=64 * MEBIBYTE, pages=20)

Element = TypeVar("Element")


@dataclass(frozen=True)
class GitHubRepository:
    """
    One repository, and the token with which it is asked.

    Args:
        name: `OWNER/NAME`.
        api: the address of the REST API.
        uploads: the address that assets are sent to.
    """

    name: str
    api: str
    uploads: str
    token: Secret | None = None

    @cached_property
    def http(self) -> Http:
        """The client of the API."""
        return self._client(self.api)

    @cached_property
    def uploading(self) -> Http:
        """The client that sends assets."""
        return self._client(self.uploads)

    @property
    def web(self) -> str:
        """Where people see it."""
        if urlsplit(self.api).hostname == PUBLIC_API:
            return f"https://github.com/{self.name}"
        return f"{self.api.rstrip('/').removesuffix('/api/v3')}/{self.name}"

    def path(self, below: str = "") -> str:
        """The path of something in this repository."""
        return f"repos/{self.name}{below}"

    def _client(self, address: str) -> Http:
        headers: dict[str, str | Secret] = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        if self.token:
            headers["Authorization"] = Secret(f"Bearer {self.token.reveal()}")
        return Http(f"{address.rstrip('/')}/", headers)


@dataclass(frozen=True)
class Access:
    """
    What our token may do.

    Args:
        scopes: of a classic token; `None` for a token that does not state them, such as a fine-grained one.
        may_push: whether the person behind it may write.
        is_app: whether it is an app's token, such as that of a workflow; then `may_push` means nothing.
    """

    scopes: tuple[str, ...] | None
    may_push: bool
    is_private: bool
    is_app: bool = False

    @property
    def may_release(self) -> bool | None:
        """Whether it may make releases; `None` when that shows only when it tries."""
        if self.is_app:
            return None
        if not self.may_push:
            return False
        if self.scopes is None:
            return None
        return "repo" in self.scopes or (not self.is_private and "public_repo" in self.scopes)


def connected(project: Project) -> GitHubRepository:
    """
    The repository of this project.

    Raises:
        NotReady: the project has none.
    """
    settings = project.settings.github
    if settings is None or not settings.repository:
        raise NotReady(
            "this project has no GitHub repository",
            expected="a remote on github.com, or [tool.contd-release.github] repository",
            type_next="$EDITOR pyproject.toml",
        )
    return GitHubRepository(settings.repository, settings.api, settings.uploads, token(settings.api))


def token(api: str) -> Secret | None:
    """The token that the environment holds, or the one that `gh` has for github.com."""
    for variable in TOKENS:
        if value := os.environ.get(variable, "").strip():
            return Secret(value)
    if urlsplit(api).hostname != PUBLIC_API:
        return None
    try:
        answer = Command(("gh", "auth", "token"), timeout=10).ask()
    except Unanswered:
        return None
    return Secret(answer.out.strip()) if answer.code == 0 and answer.out.strip() else None


def access(repository: GitHubRepository) -> Access | None:
    """What our token may do here; None if it cannot see the repository."""
    reply = repository.http.ask(repository.path())
    if reply.status == 404:
        return None
    header = answered(reply, f"{repository.name}").headers.get("X-OAuth-Scopes")
    scopes = None if header is None else tuple(one.strip() for one in header.split(",") if one.strip())
    is_app = repository.token is not None and repository.token.reveal().startswith(_OF_AN_APP)

    found = reply.node()
    permissions = found.get("permissions")
    push = permissions.get("push") if permissions else None
    return Access(scopes, push is not None and push.flag(), found.at("private").flag(), is_app)


def commit_of(repository: GitHubRepository, ref: str) -> str | None:
    """The commit that a branch, a tag or a hash names on GitHub."""
    reply = repository.http.ask(repository.path("/commits"), params={"sha": ref, "per_page": "1"})
    if reply.status in (404, 409, 422):
        return None
    newest = next(answered(reply, f"the commit of {ref}").node().items(), None)
    return newest.at("sha").text() if newest else None


def clock(repository: GitHubRepository) -> datetime:
    """The time that it is for GitHub; this machine's own, where the reply is undated."""
    reply = answered(repository.http.ask(repository.path()), repository.name)
    try:
        return parsedate_to_datetime(reply.headers.get("Date", ""))
    except (ValueError, TypeError):
        return datetime.now(UTC)


def pages(
    repository: GitHubRepository, below: str, make: Callable[[Node], Element], inside: str = "", **params: str
) -> Iterator[Element]:
    """
    Every element of a list, page by page.

    Args:
        inside: the key of the list, where it comes in an object.

    Raises:
        Unanswered: there is no end.
    """
    url, budget = repository.path(below), Budget(_LIST)
    for number in count(1):
        wanted = params | {"per_page": str(_PAGE), "page": str(number)}
        reply = answered(repository.http.ask(url, params=wanted, budget=budget), below.lstrip("/"))
        body = reply.node()
        found = [make(one) for one in (body.at(inside) if inside else body).items()]
        yield from found
        if len(found) < _PAGE:
            return
