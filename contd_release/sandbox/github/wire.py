"""Requests and replies of the sandbox's GitHub: who asks for what, pages, and refusals in GitHub's own shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlencode

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response

from contd_release.sandbox import ledger
from contd_release.sandbox.accounts import Account
from contd_release.sandbox.github.store import StoredRepository

Json: TypeAlias = dict[str, Any]
DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """A reply that says no."""

    def __init__(
        self, status: int, message: str, *, errors: Sequence[Json | str] = (), headers: Mapping[str, str] | None = None
    ):
        super().__init__(status, message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: Json = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
        if status == 422:
            self.body["errors"] = list(errors)


@dataclass(frozen=True)
class Asked:
    """
    One request, once it is known who asks and which repository it is about.

    Args:
        root: the scheme and host under which the forge is reached.
        body: what was sent; None if the client broke off.
        account: who asks.
    """

    request: Request
    place: StoredRepository
    root: str
    body: bytes | None
    account: Account
    path: Mapping[str, str]

    @property
    def login(self) -> str:
        """The name of who asks; empty for someone without a token."""
        return self.account.user

    @property
    def sees_drafts(self) -> bool:
        """Whether they see drafts, as those do who may write."""
        return self.account.may("forge", "write", self.place.name)

    @property
    def api(self) -> str:
        """The URL of the repository in the API."""
        return f"{self.root}/api/v3/repos/{self.place.name}"

    @property
    def web(self) -> str:
        """The URL of the repository for people."""
        return f"{self.root}/github/{self.place.name}"

    def effect(self, what: str) -> None:
        """Write down what was changed, such as `asset contd-1.2.0.tgz`."""
        ledger.effect(self.request.environ, what)

    def number(self, name: str) -> int:
        """A number in the path."""
        return int(self.path[name])

    def sent(self) -> Json:
        """The JSON object that was sent."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            raise Refusal(400, "Problems parsing JSON") from None
        if not isinstance(found, dict):
            raise Refusal(400, "Body should be a JSON object")
        return found

    def required(self, sent: Json, *names: str) -> None:
        """Refuse what lacks one of these."""
        missing = [name for name in names if not sent.get(name)]
        if missing:
            raise Refusal(
                422, "Validation Failed", errors=[wrong("Request", name, "missing_field") for name in missing]
            )


@dataclass(frozen=True)
class Route:
    """
    One operation: its method, its path below `/repos/OWNER/NAME`, and what answers it.

    Args:
        writes: whether it needs the permission to write.
        signed: whether its URL is permission enough.
    """

    method: str
    path: str
    answer: Callable[[Asked], Response]
    writes: bool = False
    signed: bool = False


def received(request: Request) -> bytes | None:
    """The body of a request, or None if the client broke off before its end."""
    try:
        body = request.get_data()
    except (ClientDisconnected, OSError):
        return None
    return body if len(body) == (request.content_length or 0) else None


def reply(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON reply."""
    return Response(json.dumps(body), status, headers, content_type="application/json; charset=utf-8")


def created(body: Json) -> Response:
    """A reply to what made something."""
    return reply(body, 201, {"Location": str(body["url"])})


def nothing() -> Response:
    """A reply without a body."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def missing() -> Refusal:
    """What GitHub says of anything that is not there, or not for these eyes."""
    return Refusal(404, "Not Found")


def wrong(resource: str, field: str, code: str, message: str = "") -> Json:
    """One reason of a 422."""
    return {"resource": resource, "field": field, "code": code} | ({"message": message} if message else {})


def page(asked: Asked, found: Sequence[object], inside: str = "") -> Response:
    """
    One page of a list, with links to the next and the last.

    https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
    """
    size = max(1, min(asked.request.args.get("per_page", 30, type=int), 100))
    at = max(1, asked.request.args.get("page", 1, type=int))
    last = max(1, -(-len(found) // size))
    part = list(found[(at - 1) * size : at * size])

    def link(number: int, rel: str) -> str:
        query = asked.request.args.to_dict() | {"page": str(number)}
        return f'<{asked.request.base_url}?{urlencode(query)}>; rel="{rel}"'

    links = [link(at + 1, "next"), link(last, "last")] if at < last else []
    links += [link(at - 1, "prev"), link(1, "first")] if at > 1 else []
    return reply(
        {"total_count": len(found), inside: part} if inside else part,
        headers={"Link": ", ".join(links)} if links else None,
    )
