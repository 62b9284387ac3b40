"""The branch of a git repository that is the website."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from contd_release.errors import Usage
from contd_release.project.project import Project
from contd_release.project.settings import Website
from contd_release.tools import git
from contd_release.tools.http import refuse_unsafe

_SCHEMES: Final = ("https", "http", "ssh", "file")


def website(project: Project) -> Website:
    """The website's settings, where there are none a branch of this repository."""
    return project.settings.website or Website()


def place(project: Project) -> git.Place:
    """
    The branch and the folder that the settings name, of the project's own repository where they name none.

    Raises:
        Usage: repository or folder cannot be used.
    """
    settings = website(project)
    repository = _checked(settings.repository) if settings.repository else ""
    origin = git.Origin.of(project.root, project.settings.remote, repository)
    return git.Place("the website", origin, settings.branch, _folder(settings.folder))


@contextmanager
def looked_at(project: Project) -> Iterator[git.Branch]:
    """
    The website's branch as it is now.

    Raises:
        Usage: repository, branch or folder cannot be used.
        Unanswered: the repository cannot be reached.
    """
    with git.looked_at(place(project)) as found:
        yield found


def _checked(url: str) -> str:
    """
    A git URL that is an address and nothing else: no option, no transport helper, which could run a program, nothing
    unencrypted, and no password.
    """
    parts = urlsplit(url) if "://" in url else None
    if parts and parts.scheme in ("http", "https"):
        refuse_unsafe(url)
    is_known = parts is None or (parts.scheme in _SCHEMES and not parts.password)
    if url.startswith("-") or "::" in url or not is_known or not url.isprintable():
        raise Usage(
            "[tool.contd-release.website] repository is not the address of a git repository, or has a password in it",
            expected="https://…, ssh://…, git@HOST:OWNER/NAME.git or a path",
            type_next="$EDITOR pyproject.toml",
        )
    return url


def _folder(folder: str) -> str:
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    if ".." in parts or folder.startswith("/") or any(part.lower() == ".git" for part in parts):
        raise Usage(
            f"[tool.contd-release.website] folder is {folder!r}",
            expected="a folder inside the website's repository",
            type_next="$EDITOR pyproject.toml",
        )
    return "".join(f"{part}/" for part in parts)
