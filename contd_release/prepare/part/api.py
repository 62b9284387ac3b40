"""
The public Python API, compared with that of the last release. The code is parsed by griffe, and never imported.

Code that no build tool makes a distribution of, such as a service's, is not meant to be imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias

from contd_release.prepare.part.change import Change, Since
from contd_release.project.package.modules import Module, modules
from contd_release.project.project import Project
from contd_release.tools import git
from contd_release.tools.griffe import griffe
from contd_release.tools.griffe.griffe import Comparison, Side

_Side: TypeAlias = tuple[str, tuple[Module, ...]]


def compared(project: Project, base: str, since: Since) -> Iterator[Change | str]:
    """What changed in the public API, and which module could not be read."""
    old, new = found(project, since.commit), found(project, base)
    public = project.settings.public_api
    if not public or not (old or new) or not project.package.is_built:
        return
    if not griffe.is_here():
        yield f"the public API was not compared with {since.tag}: griffe is not installed   ({griffe.EXTRA})"
        return
    result = _compared(project.root, (since.commit, old), (base, new), public)
    for one in result.differences:
        yield Change(
            one.size, f"{since.tag}:{one.path}:{one.line}" if one.is_old else f"{one.path}:{one.line}", one.what
        )
    yield from (f"the public API was not compared with {since.tag}: {problem}" for problem in result.problems)


def found(project: Project, commit: str) -> tuple[Module, ...]:
    """The modules that the distribution has in a commit."""
    return modules(project, git.names(project.root, commit), partial(git.text, project.root, commit))


def texts(root: Path, commit: str, among: tuple[Module, ...]) -> dict[str, str]:
    """The Python files of these modules in a commit, by path; links are left out."""
    links = git.links(root, commit)
    paths = [one for one in git.names(root, commit) if any(module.has(one) for module in among) and one not in links]
    git.read_ahead(root, commit, *paths)
    return {path: git.text(root, commit, path) or "" for path in paths}


@lru_cache(maxsize=8)
def _compared(root: Path, old: _Side, new: _Side, public: tuple[str, ...]) -> Comparison:
    """Commits never change, so two of them are compared once in one process."""
    before, after = (Side(among, texts(root, commit, among)) for commit, among in (old, new))
    return griffe.compared(before, after, public)
