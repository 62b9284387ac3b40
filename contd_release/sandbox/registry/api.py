"""
The sandbox's container registry: push, pull, indexes, referrers, delete, ranges and both ways to log in.

https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.wrappers import Request, Response

from contd_release.sandbox.accounts import ANONYMOUS, Account, Accounts
from contd_release.sandbox.registry.blobs import Blobs
from contd_release.sandbox.registry.catalogue import Catalogue
from contd_release.sandbox.registry.manifests import Manifests
from contd_release.sandbox.registry.refusal import RegistryRefusal
from contd_release.sandbox.registry.tokens import SECONDS, SPELLED, Tokens
from contd_release.sandbox.registry.transfers import Transfers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Endpoint: TypeAlias = Callable[..., Response]
_VERB: Final = {"GET": "pull", "HEAD": "pull", "DELETE": "delete"}


@dataclass(frozen=True)
class RegistryRules:
    """
    What this registry lets people do.

    Args:
        login: `bearer` sends clients for a token first, as public registries do; `basic` is a plain htpasswd.
        public: whether everybody may pull.
        read_only: whether every change is refused with 405.
        deletes: whether manifests and blobs may be deleted.
        lists_referrers: whether it has the list of referrers that came with version 1.1 of the specification.
    """

    login: Literal["bearer", "basic"] = "bearer"
    public: bool = True
    read_only: bool = False
    deletes: bool = True
    lists_referrers: bool = True


class Registry:
    """
    The WSGI application, whole with its `/v2/`; all of its state is below one folder. `rules` may be changed while it
    runs.
    """

    def __init__(self, directory: Path, accounts: Accounts, rules: RegistryRules | None = None) -> None:
        self.rules = rules or RegistryRules()
        self._accounts = accounts
        self._tokens = Tokens(directory)
        blobs, manifests = Blobs(directory), Manifests(directory)
        self._urls = Map(
            [
                Rule("/v2/", endpoint=_base),
                Rule("/v2/token", methods=["GET"], endpoint=self._token),
                *_catalogue(Catalogue(manifests, blobs)),
                *_transfers(Transfers(blobs)),
            ],
            converters={"name": _Name, "word": _Word},
            merge_slashes=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        response = self._answer(request)
        response.headers["Docker-Distribution-API-Version"] = "registry/2.0"
        if request.method not in ("GET", "HEAD") and response.status_code >= 400:
            # What is left of a refused body would be read as the next request of the connection.
            response.headers["Connection"] = "close"
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            found: tuple[Endpoint, Mapping[str, str]] = self._urls.bind(request.host).match(
                request.root_path.rstrip("/") + request.path, request.method
            )
            endpoint, values = found
            if endpoint != self._token:
                self._admit(request, values.get("name", ""))
            return self._of_its_version(endpoint(request, **values), request)
        except RegistryRefusal as refused:
            return refused.response()
        except MethodNotAllowed:
            return RegistryRefusal(405, "UNSUPPORTED", "the operation is unsupported").response()
        except HTTPException as error:
            return RegistryRefusal(error.code or 400, "NAME_INVALID", "nothing is served under this name").response()

    def _of_its_version(self, response: Response, request: Request) -> Response:
        """Leave out what a registry of version 1.0 of the specification does not have."""
        if not self.rules.lists_referrers:
            response.headers.pop("OCI-Subject", None)
            if "/referrers/" in request.path:
                raise RegistryRefusal(404, "NOT_FOUND", "nothing is served under this name")
        return response

    def _admit(self, request: Request, name: str) -> None:
        """Admit accounts with this right, and answer all others with how to log in."""
        verb = _VERB.get(request.method, "push")
        header = request.headers.get("Authorization", "")
        if self.rules.login == "bearer":
            kind, _, token = header.partition(" ")
            if kind.lower() != "bearer" or not self._tokens.allows(token, verb, name):
                raise _challenged(_bearer(request, verb, name))
        else:
            account = self._accounts.who(header or None)
            if account is None or (account == ANONYMOUS and not self._anybody(verb, name)):
                raise _challenged('Basic realm="registry"')
            if account != ANONYMOUS and name and not account.may("registry", SPELLED[verb], name):
                raise RegistryRefusal(403, "DENIED", "requested access to the resource is denied")
        if verb != "pull" and self.rules.read_only:
            raise RegistryRefusal(405, "UNSUPPORTED", "the registry is read-only")
        if verb == "delete" and not self.rules.deletes:
            raise RegistryRefusal(405, "UNSUPPORTED", "nothing is deleted here")

    def _anybody(self, verb: str, name: str) -> bool:
        # Clients ask /v2/ how to log in, so it says so even where everybody may pull.
        return verb == "pull" and self.rules.public and bool(name)

    def _token(self, request: Request) -> Response:
        account: Account | None = self._accounts.who(request.headers.get("Authorization"))
        if account is None:
            raise RegistryRefusal(401, "UNAUTHORIZED", "incorrect username or password")
        token = self._tokens.issue(account, request.args.getlist("scope"), public=self.rules.public)
        body = json.dumps({"token": token, "access_token": token, "expires_in": SECONDS})
        return Response(body, mimetype="application/json")


class _Name(BaseConverter):
    """A repository's name; no component begins with a dot, so nothing leads out of the folder."""

    part_isolating = False
    regex = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"


class _Word(BaseConverter):
    """A tag, a digest or the id of an upload."""

    regex = r"[A-Za-z0-9_][A-Za-z0-9._:-]{0,255}"


def _catalogue(pages: Catalogue) -> list[Rule]:
    manifest = "/v2/<name:name>/manifests/<word:word>"
    return [
        Rule(manifest, methods=["GET"], endpoint=pages.manifest),
        Rule(manifest, methods=["PUT"], endpoint=pages.put_manifest),
        Rule(manifest, methods=["DELETE"], endpoint=pages.delete_manifest),
        Rule("/v2/<name:name>/tags/list", methods=["GET"], endpoint=pages.tags),
        Rule("/v2/<name:name>/referrers/<word:digest>", methods=["GET"], endpoint=pages.referrers),
    ]


def _transfers(pages: Transfers) -> list[Rule]:
    blob, upload = "/v2/<name:name>/blobs/<word:digest>", "/v2/<name:name>/blobs/uploads/<word:upload>"
    return [
        Rule(blob, methods=["GET"], endpoint=pages.blob),
        Rule(blob, methods=["DELETE"], endpoint=pages.delete_blob),
        Rule("/v2/<name:name>/blobs/uploads/", methods=["POST"], endpoint=pages.begin),
        Rule(upload, methods=["GET"], endpoint=pages.upload),
        Rule(upload, methods=["PATCH"], endpoint=pages.append),
        Rule(upload, methods=["PUT"], endpoint=pages.put_blob),
        Rule(upload, methods=["DELETE"], endpoint=pages.cancel),
    ]


def _base(_: Request) -> Response:
    return Response("{}", mimetype="application/json")


def _bearer(request: Request, verb: str, name: str) -> str:
    scope = f',scope="repository:{name}:{"pull" if verb == "pull" else f"pull,{verb}"}"' if name else ""
    return f'Bearer realm="{request.host_url}v2/token",service="{request.host}"{scope}'


def _challenged(challenge: str) -> RegistryRefusal:
    return RegistryRefusal(401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": challenge})
