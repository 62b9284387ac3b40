"""
The package index, with PyPI's own answers.

`/simple/` lists (PEP 503 and 691), `/packages/` downloads, `/legacy/` takes uploads, `/pypi/NAME/json` tells about a
project, `/integrity/` shows the signatures of a file (PEP 740), and `/manage/project/NAME/release/VERSION/` is the page
on which a person yanks.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from contd_release.process import files
from contd_release.sandbox.accounts import ANONYMOUS, Account, Accounts
from contd_release.sandbox.index import manage
from contd_release.sandbox.index.admission import IndexRules, check_room, is_new
from contd_release.sandbox.index.distributions import Distributions
from contd_release.sandbox.index.listing import Listing
from contd_release.sandbox.index.upload import Upload, UploadRefusal
from contd_release.sandbox.ledger import effect

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIXES: Final = ("/simple/", "/legacy/", "/packages/", "/pypi/", "/integrity/", "/manage/")
_ROUTES: Final = Map(
    [
        Rule("/simple/", endpoint="projects", methods=("GET",)),
        Rule("/simple/<name>/", endpoint="project", methods=("GET",)),
        Rule("/packages/<path:path>", endpoint="download", methods=("GET",)),
        Rule("/pypi/<name>/json", endpoint="about", methods=("GET",)),
        Rule("/pypi/<name>/<version>/json", endpoint="about", methods=("GET",)),
        Rule("/integrity/<name>/<version>/<filename>/provenance", endpoint="provenance", methods=("GET",)),
        Rule("/legacy/", endpoint="upload", methods=("POST",)),
        Rule("/manage/project/<name>/release/<version>/", endpoint="manage", methods=("GET", "POST")),
    ]
)


class Index:
    """The index in one folder."""

    def __init__(self, directory: Path, accounts: Accounts) -> None:
        self.distributions = Distributions(directory)
        self._rules = directory / "rules.json"
        self._accounts = accounts
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        with Request(environ) as request:
            return self._answer(request)(environ, start_response)

    @property
    def rules(self) -> IndexRules:
        """The rules that hold now; they outlive the process, as everything here does."""
        return IndexRules(**json.loads(self._rules.read_text("utf-8"))) if self._rules.exists() else IndexRules()

    @rules.setter
    def rules(self, rules: IndexRules) -> None:
        files.write(self._rules, json.dumps(asdict(rules)) + "\n")

    def yank(self, name: str, version: str, reason: str = "") -> None:
        """Yank a release, as a person does on the web page."""
        with self._lock:
            self.distributions.yank(canonicalize_name(name), version, reason)

    def unyank(self, name: str, version: str) -> None:
        """Take the yank back."""
        with self._lock:
            self.distributions.yank(canonicalize_name(name), version, None)

    def delete(self, filename: str) -> None:
        """Delete a file, which burns its name."""
        with self._lock:
            if found := self.distributions.named(filename):
                self.distributions.delete(found)

    def sign(self, filename: str, provenance: str) -> None:
        """Keep the signatures of a file, as PyPI does when a workflow uploads them with it."""
        with self._lock:
            self.distributions.sign(filename, provenance)

    def _answer(self, request: Request) -> WSGIApplication:
        try:
            endpoint, arguments = _ROUTES.bind_to_environ(request.environ).match()
            if endpoint == "upload":
                return self._upload(request)
            if endpoint == "manage":
                return self._manage(request, **arguments)
            return self._read(request, endpoint, arguments)
        except UploadRefusal as refused:
            # The reason is in the status line too: that is where twine looks for it. It may quote what was sent.
            line = " ".join(refused.reason.encode("ascii", "backslashreplace").decode().split())
            return Response(f"{refused.reason}\n", f"{refused.status} {line}")
        except HTTPException as error:
            return error

    def _read(self, request: Request, endpoint: str, arguments: Mapping[str, str]) -> Response:
        rules, account = self.rules, self._who(request)
        if rules.is_protected and (account is None or not account.may("index", "read", "")):
            return _login()
        listing = Listing(self.distributions, rules.lag, request)
        answers: Mapping[str, Callable[..., Response]] = {
            "projects": listing.projects,
            "project": listing.project,
            "download": listing.download,
            "about": listing.about,
            "provenance": listing.provenance,
        }
        return answers[endpoint](**arguments)

    def _upload(self, request: Request) -> Response:
        account = self._who(request)
        if account is None or account is ANONYMOUS:
            raise UploadRefusal("Invalid or non-existent authentication information.", 403)
        fields = request.form.to_dict()
        if fields.get(":action") != "file_upload" or not fields.get("name"):
            raise UploadRefusal("Invalid value for :action or name. Error: This field is required.")
        _check_permission(account, fields["name"])
        if (content := request.files.get("content")) is None:
            raise UploadRefusal("Upload payload does not have a file.")
        found = Upload(fields, content.filename or "", content.stream).distribution()
        with self._lock:
            if is_new(found, self.distributions):
                check_room(found, self.distributions, self.rules)
                self.distributions.add(replace(found, uploaded=time.time()), content.stream)
                effect(request.environ, f"file {found.filename}")
        return Response("OK\n")

    def _manage(self, request: Request, name: str, version: str) -> Response:
        account = self._who(request)
        if account is None or account is ANONYMOUS:
            return _login()
        _check_permission(account, name)
        files = self.distributions.of_release(canonicalize_name(name), version)
        if not files:
            raise NotFound
        if request.method == "POST":
            with self._lock:
                manage.decide(request, self.distributions, name, version)
        return manage.page(self.distributions, files)

    def _who(self, request: Request) -> Account | None:
        return self._accounts.who(request.headers.get("Authorization"))


def _check_permission(account: Account, name: str) -> None:
    if not account.may("index", "write", canonicalize_name(name)):
        raise UploadRefusal(f"The user {account.user!r} isn't allowed to upload to project {name!r}.", 403)


def _login() -> Response:
    return Response("Log in.\n", 401, {"WWW-Authenticate": 'Basic realm="index"'})
