"""The project as a commit of its repository describes it; what is not committed does not count."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

from contd_release.errors import NotReady, Usage, raise_all
from contd_release.project import project, tables
from contd_release.project.project import Project
from contd_release.tools import bumpversion, git
from contd_release.tools.oci import login


def current_project(commit: str = "HEAD") -> Project:
    """
    The project of the current folder, as a commit describes it.

    Raises:
        NotReady: the repository has no commit.
        Usage: the settings in the commit are wrong.
    """
    clone = git.clone(Path.cwd())
    known = clone.head if commit == "HEAD" else git.commit(clone.root, commit)
    if not known:
        raise NotReady("this repository has no commit", expected="a project to release", type_next="git commit")
    try:
        found = _read(clone.root, clone.state, known)
    except Usage as error:
        raise_all([error, *_uncommitted(clone.root, known)])
        raise
    _refuse_ambiguous_login(found)
    return found


def packages(clone: git.Clone) -> tuple[str, ...]:
    """The names of the packages that the commit describes, where the repository has several."""
    return project.packages(partial(git.text, clone.root, clone.head)) if clone.head else ()


def project_at(here: Project, commit: str) -> Project:
    """
    The project of this clone as a commit describes it.

    Raises:
        NotReady: the commit is older than the table of this package.
    """
    if here.commit == commit:
        return here
    now, then = (partial(git.text, here.root, one) for one in (here.commit, commit))
    if here.table and project.describes(now, here.table) and not project.describes(then, here.table):
        raise NotReady(
            f"{commit[:12]} has no table [tool.contd-release.packages.{here.table}]: it is older than that",
            expected="a version that was released with these tasks, and under this name",
            type_next=f"git show {commit[:12]}:pyproject.toml",
        )
    return _read(here.root, here.clone_state, commit)


def _read(root: Path, state: Path, commit: str) -> Project:
    git.read_ahead(root, commit, "pyproject.toml", tables.CONFIGURATION, *bumpversion.CONFIGURATION)
    found = project.read(root, state, partial(git.text, root, commit), partial(git.url, root))
    return replace(found, commit=commit)


def _refuse_ambiguous_login(project: Project) -> None:
    """Refuse one password for two registries: one of them would learn what is meant for the other."""
    settings = project.settings
    names = (settings.image and settings.image.name, settings.chart and settings.chart.registry.removeprefix("oci://"))
    hosts = sorted({name.partition("/")[0] for name in names if name})
    if len(hosts) > 1 and os.environ.get(login.PASSWORD) and not os.environ.get(login.REGISTRY):
        raise Usage(
            f"{login.PASSWORD} is set, and images and charts go to {' and '.join(hosts)}",
            expected=f"{login.REGISTRY}, the registry that the password is for; docker keeps the login of the other",
            type_next=f"export {login.REGISTRY}={hosts[0]}",
        )


def _uncommitted(root: Path, commit: str) -> list[NotReady]:
    """What may be why a setting that was just corrected is still wrong."""
    here = (root / path for path in ("pyproject.toml", tables.CONFIGURATION))
    changed = [
        path.name
        for path in here
        if path.is_file() and path.read_bytes().decode(errors="replace") != git.text(root, commit, path.name)
    ]
    return [
        NotReady(
            f"{name} has changes that are not committed, and those do not count",
            expected="the settings in a commit",
            type_next=f"git commit {name}",
        )
        for name in changed
    ]
