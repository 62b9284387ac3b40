"""
A package index, read as an installer reads it, and what is logged in with there. No cache is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from packaging.version import Version

from contd_release.errors import NotReady, Unanswered
from contd_release.process.redaction import Secret
from contd_release.project.project import Project
from contd_release.project.settings import Pypi
from contd_release.tools import simple_index, twine
from contd_release.tools.http import Http
from contd_release.tools.simple_index import File
from contd_release.tools.twine import Credential

NAMED: Final = ("pypi", "testpypi")


def is_pypi(repository: str) -> bool:
    """Whether a repository is PyPI or TestPyPI, by its name or by its address."""
    if repository in NAMED:
        return True
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    host, theirs = urlsplit(repository).hostname or "", urlsplit(str(PYPI_SIMPLE_ENDPOINT)).hostname
    return host == theirs or host.endswith(f".{theirs}")


def files(project: Project) -> Mapping[str, File]:
    """
    The files that the index has of this project, by name; empty if it does not know the project.

    Raises:
        Unanswered: the index did not say.
    """
    url = f"{simple_url(_pypi(project))}{project.index_name}/"
    credential = listing_credential(project)
    http = Http(url, headers=_basic(credential), limits=simple_index.LIMITS)
    reply = http.ask(url, headers={"Accept": simple_index.ACCEPT, "Cache-Control": "no-cache"})
    if reply.status == 404:
        return {}
    if reply.status != 200:
        raise Unanswered(
            f"the index answered {reply.status} for {project.index_name}: {reply.said()}",
            expected="its files, or 404 when it has none",
            type_next=f"open {url}",
        )
    return {file.name: file for file in simple_index.files(reply)}


def published(project: Project, version: Version) -> frozenset[str]:
    """
    The names of the files that the index's JSON API lists for a version; empty if it has no such API.

    What installers read comes from another cache than this, and may lag behind it.
    """
    simple = simple_url(_pypi(project))
    url = f"{simple.removesuffix('/').removesuffix('/simple')}/pypi/{project.index_name}/{version}/json"
    reply = Http(url, headers=_basic(listing_credential(project))).ask(url, headers={"Cache-Control": "no-cache"})
    if reply.status != 200:
        return frozenset()
    try:
        return frozenset(one.at("filename").text() for one in reply.node().at("urls").items())
    except Unanswered:
        return frozenset()


def provenance(project: Project, version: Version, name: str) -> bytes | None:
    """
    What the index knows of the signatures of a file, as JSON; None if it knows of none.

    https://peps.python.org/pep-0740/, and the integrity API in the documentation of PyPI

    Raises:
        Unanswered: the index did not say.
    """
    simple = simple_url(_pypi(project))
    root = simple.removesuffix("/").removesuffix("/simple")
    url = f"{root}/integrity/{project.index_name}/{version}/{name}/provenance"
    headers = {"Accept": "application/vnd.pypi.integrity.v1+json", "Cache-Control": "no-cache"}
    reply = Http(url, headers=_basic(listing_credential(project))).ask(url, headers=headers)
    if reply.status == 404:
        return None
    if reply.status != 200:
        raise Unanswered(
            f"the index answered {reply.status} for the signatures of {name}: {reply.said()}",
            expected="its attestations, or 404 when it has none",
            type_next=f"open {url}",
        )
    return reply.body


def simple_url(pypi: Pypi) -> str:
    """
    The URL of the simple index that installers ask, with a slash at the end.

    Raises:
        Usage: it does not follow from the repository.
    """
    from contd_release.tools.http import refuse_unsafe

    if pypi.index:
        refuse_unsafe(pypi.index)
        return pypi.index.rstrip("/") + "/"
    if pypi.repository in NAMED:
        from pypi_simple import PYPI_SIMPLE_ENDPOINT

        endpoint = str(PYPI_SIMPLE_ENDPOINT)
        return endpoint if pypi.repository == "pypi" else endpoint.replace("//", "//test.")
    parts = urlsplit(twine.upload_url(pypi.repository))
    path = parts.path.rstrip("/")
    path = path.removesuffix("/legacy") if path.endswith("/legacy") else path
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/simple/", "", ""))


def listing_credential(project: Project) -> Credential | None:
    """The credential for reading, where the index is a private one that we were given a login for."""
    pypi = _pypi(project)
    if pypi.repository in NAMED or not pypi.private:
        return None
    return twine.credential(pypi.repository)


def refusal(project: Project, login: Credential) -> str | None:
    """
    Why the index refuses our upload; None if it accepts the login.

    An upload without a file is asked for: an index that knows us finds the form incomplete (400), one that does not
    answers 401 or 403. Whether a token covers this project only a real upload shows.

    Raises:
        Unanswered: the index did not say.
    """
    url = twine.upload_url(_pypi(project).repository)
    reply = Http(url, headers=_basic(login)).send(
        "POST",
        url,
        data=b":action=file_upload&protocol_version=1",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    if reply.status in (401, 403):
        return f"{reply.status} {reply.said()}"
    if reply.status >= 500 or reply.status == 404:
        raise Unanswered(f"the index answered an upload without a file with {reply.status}", expected="400")
    return None


def _pypi(project: Project) -> Pypi:
    if project.settings.pypi is None:
        raise NotReady(
            f"{project.name} does not go to a package index",
            expected="[tool.contd-release.pypi]",
            type_next="$EDITOR pyproject.toml",
        )
    return project.settings.pypi


def _basic(login: Credential | None) -> dict[str, Secret]:
    if login is None:
        return {}
    from base64 import b64encode

    pair = b64encode(f"{login.username}:{login.password.reveal()}".encode()).decode()
    return {"Authorization": Secret(f"Basic {pair}")}
