"""
The package index, with PyPI's own answers.

`/simple/` lists (PEP 503 and 691), `/packages/` downloads, `/legacy/` takes uploads, `/pypi/NAME/json` tells about a
project, and `/manage/project/NAME/release/VERSION/` is the page on which a person yanks.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from contd_release.sandbox import pages
from contd_release.sandbox.accounts import ANONYMOUS, Account, Accounts
from contd_release.sandbox.distributions import Distribution, Distributions
from contd_release.sandbox.ledger import effect
from contd_release.sandbox.pages import Listed
from contd_release.sandbox.upload import Refused, Upload

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ROUTES: Final = Map(
    [
        Rule("/simple/", endpoint="projects", methods=("GET",)),
        Rule("/simple/<name>/", endpoint="project", methods=("GET",)),
        Rule("/packages/<path:path>", endpoint="download", methods=("GET",)),
        Rule("/pypi/<name>/json", endpoint="about", methods=("GET",)),
        Rule("/pypi/<name>/<version>/json", endpoint="about", methods=("GET",)),
        Rule("/legacy/", endpoint="upload", methods=("POST",)),
        Rule("/manage/project/<name>/release/<version>/", endpoint="manage", methods=("GET", "POST")),
    ]
)


@dataclass(frozen=True)
class Rules:
    """
    What an index may do differently.

    Args:
        lag: seconds until an uploaded file is listed.
        largest: bytes of one file.
        is_protected: whether reading needs a login too.
    """

    lag: float = 0
    largest: int = 100 << 20
    is_protected: bool = False


class Index:
    """
    The index in one folder.
    """

    def __init__(self, directory: Path, accounts: Accounts) -> None:
        self.rules = Rules()
        self.distributions = Distributions(directory)
        self._accounts = accounts
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """
        Answer a request.
        """
        with Request(environ) as request:
            return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> WSGIApplication:
        try:
            endpoint, arguments = _ROUTES.bind_to_environ(request.environ).match()
            answer: Callable[..., Response] = getattr(self, f"_{endpoint}")
            self._check_login(request, is_open=endpoint == "upload" or not self.rules.is_protected)
            return answer(request, **arguments)
        except Refused as refused:
            # The reason is in the status line too: that is where twine looks for it.
            return Response(f"{refused.reason}\n", f"{refused.status} {refused.reason}")
        except HTTPException as error:
            return error

    def yank(self, name: str, version: str, reason: str = "") -> None:
        """
        Yank a release, as a person does on the web page.
        """
        with self._lock:
            self.distributions.yank(canonicalize_name(name), version, reason)

    def unyank(self, name: str, version: str) -> None:
        """
        Take the yank back.
        """
        with self._lock:
            self.distributions.yank(canonicalize_name(name), version, None)

    def delete(self, filename: str) -> None:
        """
        Delete a file, which burns its name.
        """
        with self._lock:
            if found := self.distributions.named(filename):
                self.distributions.delete(found)

    def _projects(self, request: Request) -> Response:
        names = self.distributions.projects()
        lines = (f'<a href="/simple/{name}/">{name}</a><br>' for name in names)
        return _negotiated(request, pages.projects(names), pages.html("Simple index", lines))

    def _project(self, request: Request, name: str) -> Response:
        if name != canonicalize_name(name):
            return redirect(f"/simple/{canonicalize_name(name)}/", 301)
        files = self._listed(request, name)
        if not files and name not in self.distributions.projects():
            raise NotFound
        page = pages.html(f"Links for {name}", (one.anchor() for one in files))
        return _negotiated(request, pages.project(name, files), page)

    def _download(self, request: Request, path: str) -> Response:
        found = self.distributions.named(Path(path.removesuffix(".metadata")).name)
        if found is None or found.is_deleted:
            raise NotFound
        if path == f"{found.path}.metadata" and found.metadata:
            return Response(found.metadata, content_type="binary/octet-stream")
        if path != found.path:
            raise NotFound
        file = self.distributions.file(found)
        return send_file(file, request.environ, mimetype="application/octet-stream", etag=found.digests.sha256)

    def _about(self, request: Request, name: str, version: str | None = None) -> Response:
        project = canonicalize_name(name)
        try:
            page = pages.about(self._listed(request, project), version)
        except InvalidVersion:
            page = None
        if page is None:
            return _json({"message": "Not Found"}, 404)
        return _json(page)

    def _upload(self, request: Request) -> Response:
        account = self._accounts.who(request.headers.get("Authorization"))
        if account is None or account is ANONYMOUS:
            raise Refused("Invalid or non-existent authentication information.", 403)
        content = request.files.get("content")
        if request.form.get(":action") != "file_upload" or content is None:
            raise Refused("Upload payload does not have a file.")
        upload = Upload(request.form.to_dict(), content.filename or "", content.stream)
        self._check_permission(account, upload.name)
        found = upload.distribution()
        if found.digests.size > self.rules.largest:
            raise Refused(f"File too large. Limit for project {found.name!r} is {self.rules.largest >> 20} MB.")
        with self._lock:
            if self._is_new(found):
                self.distributions.add(replace(found, uploaded=time.time()), upload.content)
                effect(request.environ, f"file {found.filename}")
        return Response("OK\n")

    def _manage(self, request: Request, name: str, version: str) -> Response:
        account = self._accounts.who(request.headers.get("Authorization"))
        if account is None or account is ANONYMOUS:
            return _login()
        self._check_permission(account, name)
        files = [one for one in self.distributions.of(canonicalize_name(name)) if _is_of(one, version)]
        if not files:
            raise NotFound
        if request.method == "POST":
            self._decide(request, name, version)
        yanked = self.distributions.yanked(files[0])
        return Response(_MANAGE.format(name=files[0].name, version=version, state=_state(yanked)), mimetype="text/html")

    def _decide(self, request: Request, name: str, version: str) -> None:
        """
        Do what the person on the page asks for.
        """
        wish = request.form.get("do", "")
        if wish == "yank":
            self.yank(name, version, request.form.get("reason", ""))
        elif wish == "unyank":
            self.unyank(name, version)
        elif wish == "delete":
            self.delete(request.form.get("file", ""))
        else:
            raise Refused("Say what to do: yank, unyank or delete.")
        effect(request.environ, f"{wish} {request.form.get('file') or f'{canonicalize_name(name)} {version}'}")

    def _is_new(self, found: Distribution) -> bool:
        """
        Whether the file is to be stored; the very same one again is fine, and changes nothing.

        Raises:
            Refused: the name is taken, the content is there under another name, or the release has its sdist.
        """
        known = self.distributions.named(found.filename)
        if known and known.is_deleted:
            raise Refused("This filename has already been used, use a different version.")
        if known and known.digests == found.digests:
            return False
        if twin := known or self.distributions.with_content(found.digests):
            raise Refused(f"File already exists ({twin.filename!r}, with blake2_256 hash {twin.digests.blake2!r}).")
        siblings = [one for one in self.distributions.of(found.project) if _is_of(one, found.version)]
        if found.filetype == "sdist" and any(one.filetype == "sdist" for one in siblings):
            raise Refused("Only one sdist may be uploaded per release.")
        return True

    def _listed(self, request: Request, project: str) -> tuple[Listed, ...]:
        """
        The files of a project that the index shows by now.
        """
        latest = time.time() - self.rules.lag
        shown = [one for one in self.distributions.of(project) if one.uploaded <= latest]
        return tuple(
            Listed(
                of=one,
                url=f"{request.host_url}packages/{one.path}",
                metadata=hashlib.sha256(one.metadata.encode()).hexdigest() if one.metadata else "",
                yanked=self.distributions.yanked(one),
            )
            for one in shown
        )

    def _check_login(self, request: Request, *, is_open: bool) -> None:
        account = self._accounts.who(request.headers.get("Authorization"))
        if not is_open and (account is None or not account.may("index", "read", "")):
            raise HTTPException(response=_login())

    def _check_permission(self, account: Account, name: str) -> None:
        if not account.may("index", "write", canonicalize_name(name)):
            raise Refused(f"The user {account.user!r} isn't allowed to upload to project {name!r}.", 403)


_MANAGE: Final = """<!DOCTYPE html>
<title>{name} {version}</title>
<h1>{name} {version}</h1>
<p>{state}</p>
<form method="post"><label>Reason <input name="reason"></label>
<button name="do" value="yank">Yank</button> <button name="do" value="unyank">Un-yank</button></form>
"""


def _state(yanked: str | None) -> str:
    from html import escape

    return "Released" if yanked is None else f"Yanked: {escape(yanked)}"


def _is_of(one: Distribution, version: str) -> bool:
    try:
        return Version(one.version) == Version(version)
    except InvalidVersion:
        return False


def _login() -> Response:
    return Response("Log in.\n", 401, {"WWW-Authenticate": 'Basic realm="index"'})


def _json(page: object, status: int = 200) -> Response:
    return Response(json.dumps(page), status, content_type="application/json")


def _negotiated(request: Request, as_json: object, as_html: str) -> Response:
    """
    JSON to who prefers it, HTML to everybody else (PEP 691).
    """
    best = request.accept_mimetypes.best_match((pages.HTML, pages.JSON, "text/html"), "text/html")
    body = json.dumps(as_json) if best == pages.JSON else as_html
    response = Response(body, content_type=best, headers={"Vary": "Accept", "Cache-Control": "max-age=600, public"})
    response.add_etag()
    return response.make_conditional(request)
