"""
How the index lists what it holds: the simple API in HTML and JSON, and the JSON API.

- https://packaging.python.org/en/latest/specifications/simple-repository-api/ (PEP 503, 592, 658, 691, 700, 714)
- "JSON API" in the documentation of PyPI
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from packaging.version import Version

from contd_release.sandbox.index.distributions import Distribution

JSON: Final = "application/vnd.pypi.simple.v1+json"
HTML: Final = "application/vnd.pypi.simple.v1+html"
_META: Final = {"api-version": "1.1"}


@dataclass(frozen=True)
class Listed:
    """A file as the index lists it: record, whole address, digest of its metadata file, reason of its yank."""

    of: Distribution
    url: str
    metadata: str
    yanked: str | None

    def anchor(self) -> str:
        """Its line in the HTML page of its project."""
        attributes = {"href": f"{self.url}#sha256={self.of.digests.sha256}"}
        if self.of.requires_python:
            attributes["data-requires-python"] = self.of.requires_python
        if self.metadata:
            attributes |= dict.fromkeys(("data-dist-info-metadata", "data-core-metadata"), f"sha256={self.metadata}")
        if self.yanked is not None:
            attributes["data-yanked"] = self.yanked
        found = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
        return f"<a {found}>{escape(self.of.filename)}</a><br>"

    def simple(self) -> dict[str, object]:
        """Its entry in the simple API."""
        metadata = {"sha256": self.metadata} if self.metadata else False
        return {
            "filename": self.of.filename,
            "url": self.url,
            "hashes": {"sha256": self.of.digests.sha256},
            "requires-python": self.of.requires_python or None,
            "size": self.of.digests.size,
            "upload-time": _moment(self.of),
            "yanked": (self.yanked or True) if self.yanked is not None else False,
            "core-metadata": metadata,
            "data-dist-info-metadata": metadata,
        }

    def entry(self) -> dict[str, object]:
        """Its entry in the JSON API."""
        digests = self.of.digests
        return {
            "filename": self.of.filename,
            "url": self.url,
            "packagetype": self.of.filetype,
            "python_version": self.of.python,
            "requires_python": self.of.requires_python or None,
            "digests": {"sha256": digests.sha256, "blake2b_256": digests.blake2, "md5": digests.md5},
            "md5_digest": digests.md5,
            "size": digests.size,
            "upload_time_iso_8601": _moment(self.of),
            "yanked": self.yanked is not None,
            "yanked_reason": self.yanked or None,
        }


def html(title: str, lines: Iterable[str]) -> str:
    """A page of the simple API in HTML."""
    head = f'<meta name="pypi:repository-version" content="{_META["api-version"]}"><title>{escape(title)}</title>'
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>\n<h1>{escape(title)}</h1>\n" + "\n".join(
        (*lines, "</body></html>\n")
    )


def projects(names: Iterable[str]) -> dict[str, object]:
    """The list of projects in the simple API."""
    return {"meta": _META, "projects": [{"name": name} for name in names]}


def project(name: str, files: Iterable[Listed]) -> dict[str, object]:
    """One project in the simple API."""
    listed = list(files)
    versions = sorted({one.of.version for one in listed}, key=Version)
    return {"meta": _META, "name": name, "versions": versions, "files": [one.simple() for one in listed]}


def about(files: Iterable[Listed], version: str | None) -> dict[str, object] | None:
    """The JSON API's page of a project, or of one version; None if there is none."""
    listed = list(files)
    known = sorted({Version(one.of.version) for one in listed})
    stable = [one for one in known if not one.is_prerelease] or known
    if not known or (version is not None and Version(version) not in known):
        return None
    found = Version(version) if version is not None else stable[-1]
    chosen = [one for one in listed if Version(one.of.version) == found]
    first = chosen[0]
    info = {
        "name": first.of.name,
        "version": str(found),
        "summary": first.of.summary,
        "requires_python": first.of.requires_python or None,
        "yanked": first.yanked is not None,
        "yanked_reason": first.yanked or None,
    }
    page: dict[str, object] = {"info": info, "urls": [one.entry() for one in chosen], "vulnerabilities": []}
    if version is None:
        page["releases"] = {str(v): [one.entry() for one in listed if Version(one.of.version) == v] for v in known}
    return page


def _moment(one: Distribution) -> str:
    return datetime.fromtimestamp(one.uploaded, UTC).isoformat().replace("+00:00", "Z")
