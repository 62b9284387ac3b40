"""
The sandbox's GitHub: the part of its REST API that a release needs, kept on disk.

Every reply is valid against GitHub's published OpenAPI description. The git side of a repository is a bare remote, so
a tag that was pushed there is there. `/api/v3/_forge/OWNER/NAME/KIND` is no part of GitHub: with it, tests and
rehearsals set what people and machines outside of a release do, such as a check that fails or a job that runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from functools import cache
from itertools import chain
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from contd_release.sandbox.accounts import Account, Accounts
from contd_release.sandbox.github import actions, assets, attestations, checks, issues, people, records, refs, releases
from contd_release.sandbox.github import git as forge_git
from contd_release.sandbox.github.pulls import merges, pulls, reviews, rules
from contd_release.sandbox.github.records import GitHubRules, Limits, Record
from contd_release.sandbox.github.store import Shelf, StoredRepository, now, plain
from contd_release.sandbox.github.wire import Asked, Refusal, Route, missing, received, reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PREFIXES: Final = ("/api/v3/", "/uploads/", "/github/")
_API, _UPLOADS, _WEB = PREFIXES
_KINDS: Final[Mapping[str, type[Record]]] = {
    kind.__name__.lower(): kind
    for kind in vars(records).values()
    if isinstance(kind, type) and issubclass(kind, Record)
}


class Forge:
    """
    A WSGI application that sees the whole path of a request.

    Args:
        directory: where it keeps what it knows.
        accounts: who may ask what.
        remotes: the folder of the bare repositories, `OWNER/NAME.git`; `git` beside `directory` when it is not given.
    """

    def __init__(self, directory: Path, accounts: Accounts, remotes: Path | None = None) -> None:
        self.directory = directory
        self.accounts = accounts
        self.remotes = remotes or directory.parent / "git"
        self.limits = Shelf(directory / "limits", Limits)
        self._lock = RLock()

    def place(self, name: str) -> StoredRepository:
        """The repository `OWNER/NAME`."""
        return StoredRepository(self.directory / name, self.remotes / f"{name}.git", name)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        account = self.accounts.who(request.headers.get("Authorization"))
        try:
            self._refuse_beyond_limit(account)
            response = self._answer(request, account)
        except Refusal as refusal:
            response = reply(refusal.body, refusal.status, refusal.headers)
        except HTTPException:
            response = reply(missing().body, 404)
        for name, value in self._headers(account).items():
            response.headers.setdefault(name, value)
        return response(environ, start_response)

    def _answer(self, request: Request, account: Account | None) -> Response:
        route, found = _map().bind_to_environ(request.environ).match()
        path = dict(found)
        owner, repo = path.pop("owner", ""), path.pop("repo", "")
        if {owner, repo} & {".", ".."}:
            raise missing()
        place = self.place(f"{owner}/{repo}".removesuffix(".git"))
        root = request.host_url.rstrip("/")
        body = received(request)
        if account is None:
            raise Refusal(401, "Bad credentials")
        asked = Asked(request, place, root, body, account, path)
        if isinstance(route, Route):
            self._refuse_unknown(place, account, route)
            with self._lock:
                return route.answer(asked)
        return self._extra(str(route), asked)

    def _extra(self, endpoint: str, asked: Asked) -> Response:
        """What is not below a repository, or not GitHub's."""
        if endpoint == "control":
            with self._lock:
                return _control(asked)
        if not asked.account.user:
            raise Refusal(401, "Requires authentication")
        if endpoint == "user":
            return reply(people.whole_user(asked.root, asked.account.user))
        raise missing()

    def _refuse_unknown(self, place: StoredRepository, account: Account, route: Route) -> None:
        """GitHub hides what someone may not see behind 404, and says 403 where they may see and not write."""
        known = place.remote.is_dir() or place.folder.is_dir()
        private = place.rules().private
        if not known or (private and not route.signed and not account.may("forge", "read", place.name)):
            raise missing()
        if route.writes and not account.user:
            raise Refusal(401, "Requires authentication")
        if route.writes and not account.may("forge", "write", place.name):
            raise Refusal(403, "Resource not accessible by personal access token")

    def _refuse_beyond_limit(self, account: Account | None) -> None:
        with self._lock:
            limits = self.limits.get(1)
            if limits is None:
                return
            if limits.remaining > 0:
                self.limits.put(replace(limits, remaining=limits.remaining - 1))
                return
        whose = account.user if account else "you"
        headers = {"Retry-After": str(limits.retry_after)} if limits.retry_after else {}
        raise Refusal(limits.status, f"API rate limit exceeded for {whose}.", headers=headers)

    def _headers(self, account: Account | None) -> dict[str, str]:
        limits = self.limits.get(1)
        headers = {
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(limits.remaining if limits else 4999),
            "X-RateLimit-Reset": str(int(time.time()) + 60),
            "X-GitHub-Request-Id": "SAND:BOX",
        }
        if account and account.user and not (limits and limits.fine_grained):
            # Classic tokens tell their scopes in every reply; one that may write nothing has only `read:user`.
            headers["X-OAuth-Scopes"] = "repo, workflow" if account.may("forge", "write", "any/thing") else "read:user"
        return headers


def _control(asked: Asked) -> Response:
    """List, make or change the records of one kind; an `id` in what is sent changes that record."""
    kind = _KINDS.get(asked.path["kind"])
    if kind is None or not asked.account.may("forge", "write", asked.place.name):
        raise missing()
    shelf = asked.place.shelf(kind)
    if asked.request.method == "POST":
        sent = asked.sent()
        before = shelf.get(sent["id"]) if "id" in sent else None
        if before is None:
            sent = {"id": 1 if kind is GitHubRules else asked.place.new_id(), "created_at": now()} | sent
        record = kind(**plain((asdict(before) if before else {}) | sent))
        put = shelf.put(record)
        rules.guard(asked.place)
        return reply(asdict(put), 201)
    return reply([asdict(one) for one in shelf])


def _repository(asked: Asked) -> Response:
    branch = forge_git.head(asked.place)
    may_write = asked.account.may("forge", "write", asked.place.name)
    return reply(people.whole_repository(asked.root, asked.place, branch, may_write=may_write))


@cache
def _map() -> Map:
    return Map(list(_rules()), merge_slashes=False)


def _rules() -> Iterable[Rule]:
    below = "<owner>/<repo>"
    subjects = (releases, assets, attestations, refs, checks, actions, issues, pulls, merges, reviews, rules)
    ours = chain.from_iterable(subject.ROUTES for subject in subjects)
    places = (
        (f"{_API}repos/{below}", (*ours, Route("GET", "", _repository))),
        (f"{_UPLOADS}repos/{below}", assets.UPLOADS),
        (f"{_WEB}{below}", assets.WEB),
    )
    for prefix, routes in places:
        for route in routes:
            yield Rule(prefix + route.path, methods=[route.method], endpoint=route)
    yield Rule(f"{_API}user", methods=["GET"], endpoint="user")
    yield Rule(f"{_API}_forge/{below}/<kind>", methods=["GET", "POST"], endpoint="control")
