"""What the index answers to who reads: lists, projects, files."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from contd_release.sandbox.index import pages
from contd_release.sandbox.index.distributions import Distribution, Distributions
from contd_release.sandbox.index.pages import Listed


@dataclass(frozen=True)
class Listing:
    """
    The index as one request sees it.

    Args:
        lag: seconds until an uploaded file is listed.
    """

    distributions: Distributions
    lag: float
    request: Request

    def projects(self) -> Response:
        """The list of all projects."""
        names = self.distributions.projects()
        lines = (f'<a href="/simple/{name}/">{name}</a><br>' for name in names)
        return self._negotiated(pages.projects(names), pages.html("Simple index", lines))

    def project(self, name: str) -> Response:
        """The files of one project."""
        if name != canonicalize_name(name):
            return redirect(f"/simple/{canonicalize_name(name)}/", 301)
        files = self._listed(name)
        if not files and name not in self.distributions.projects():
            raise NotFound
        page = pages.html(f"Links for {name}", (one.anchor() for one in files))
        return self._negotiated(pages.project(name, files), page)

    def download(self, path: str) -> Response:
        """A file, or the metadata of a wheel (PEP 658)."""
        found = self.distributions.named(Path(path.removesuffix(".metadata")).name)
        if found is None or found.is_deleted:
            raise NotFound
        if path == f"{found.path}.metadata" and found.metadata:
            return Response(found.metadata, content_type="application/octet-stream")
        if path != found.path:
            raise NotFound
        content = self.distributions.file(found)
        kind, tag = "application/octet-stream", found.digests.sha256
        return send_file(content, self.request.environ, mimetype=kind, etag=tag)

    def about(self, name: str, version: str | None = None) -> Response:
        """The JSON API's page of a project or a version."""
        try:
            page = pages.about(self._listed(canonicalize_name(name)), version)
        except InvalidVersion:
            page = None
        found, status = ({"message": "Not Found"}, 404) if page is None else (page, 200)
        return Response(json.dumps(found), status, content_type="application/json")

    def provenance(self, name: str, version: str, filename: str) -> Response:
        """The signatures of a file, as the integrity API of PyPI gives them (PEP 740)."""
        found = self.distributions.named(filename)
        releases = self.distributions.of_release(canonicalize_name(name), version)
        if found is None or found not in releases or (provenance := self.distributions.provenance(found)) is None:
            message = json.dumps({"message": f"No provenance available for {filename}"})
            return Response(message, 404, content_type="application/json")
        return Response(provenance, content_type="application/vnd.pypi.integrity.v1+json")

    def _listed(self, project: str) -> tuple[Listed, ...]:
        """The files of a project that the index shows by now."""
        shown = time.time() - self.lag
        return tuple(self._described(one) for one in self.distributions.of(project) if one.uploaded <= shown)

    def _described(self, one: Distribution) -> Listed:
        metadata = hashlib.sha256(one.metadata.encode()).hexdigest() if one.metadata else ""
        return Listed(one, f"{self._files}{one.path}", metadata, self.distributions.yanked(one))

    @cached_property
    def _files(self) -> str:
        return f"{self.request.host_url}packages/"

    def _negotiated(self, as_json: object, as_html: str) -> Response:
        """JSON to who prefers it, HTML to everybody else (PEP 691)."""
        best = self.request.accept_mimetypes.best_match((pages.HTML, pages.JSON, "text/html"), "text/html")
        body = json.dumps(as_json) if best == pages.JSON else as_html
        response = Response(body, content_type=best, headers={"Vary": "Accept"})
        response.cache_control.public, response.cache_control.max_age = True, 600
        response.add_etag()
        return response.make_conditional(self.request)
