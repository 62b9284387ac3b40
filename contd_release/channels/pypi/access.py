"""Checks before a package is built: a login for the index, complete metadata, and a Python that can install it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import partial
from typing import Any

from contd_release.channels.pypi.names import sealed, settings
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady
from contd_release.project.defaults import Read
from contd_release.project.release import Release
from contd_release.tools import git, pypi, twine
from contd_release.tools.python import interpreters


def accepted(release: Release) -> Step:
    """The index accepts our login, as far as can be known before an upload."""

    def observe() -> Found:
        if _is_all_there(release):
            return Found(State.DONE, "everything is uploaded")
        if platform := platform_of_one_machine(settings(release).repository, release.wheels):
            return Found(
                State.ABSENT,
                f"the package index refuses wheels for {platform}, which says nothing of other machines",
                '$EDITOR pyproject.toml   (wheels = ["cp311-cp311-manylinux_2_28_x86_64"], or what the build makes)',
            )
        login = twine.credential(settings(release).repository)
        if login is None:
            return Found(
                State.ABSENT,
                "there is no credential for the package index",
                "export TWINE_USERNAME=__token__ TWINE_PASSWORD=pypi-…   (or ~/.pypirc, or keyring)",
            )
        if refusal := pypi.refusal(release.project, login):
            return Found(
                State.ABSENT,
                f"the package index refuses {login.username}: {refusal}",
                "export TWINE_USERNAME=… TWINE_PASSWORD=…   (a token that may upload this project)",
            )
        return Found(
            State.DONE, f"{login.username} is accepted; that it may upload this project cannot be checked beforehand"
        )

    return Step("the package index lets us in", observe)


def described(release: Release) -> Step:
    """The package has a readme, as far as pyproject.toml says; without one, its page on the index is empty."""

    def observe() -> Found:
        text_of, folder = _text_of(release), release.project.package.folder
        tables = _pyproject(release)
        project, poetry = _table(tables, "project"), _table(tables, "tool", "poetry")
        if "readme" in project.get("dynamic", ()) or not (project or poetry):
            return Found(State.DONE, "the build backend adds it")
        readme = project.get("readme") or poetry.get("readme")
        if not readme:
            found = next(
                (name for name in ("README.md", "README.rst", "README") if text_of(f"{folder}{name}") is not None), ""
            )
            table = "project" if project else "tool.poetry"
            return Found(
                State.ABSENT,
                f"{folder}pyproject.toml names no readme{f', and {found} is there' if found else ''}: "
                "the package index would show an empty page",
                f'$EDITOR {folder}pyproject.toml   (readme = "{found or "README.md"}" in [{table}])',
            )
        path = readme.get("file") if isinstance(readme, dict) else readme
        if isinstance(path, str) and not (text_of(f"{folder}{path}") or "").strip():
            return Found(
                State.ABSENT,
                f"{folder}pyproject.toml names the readme {path}, which is not there or empty",
                f"$EDITOR {folder}{path}",
            )
        return Found(State.DONE, path if isinstance(path, str) else "in pyproject.toml")

    return Step("the package has a readme", observe)


def installable_here(release: Release) -> Step:
    """A Python of this machine fits `requires-python`: with it the package is installed when it is verified."""

    def observe() -> Found:
        requires = required_python(release)
        try:
            found = interpreters.fitting(requires)
        except NotReady as error:
            return Found(State.ABSENT, error.what_is, error.type_next)
        return Found(
            State.DONE, f"{found} fits {requires!r}" if requires else f"{found}; the built wheel is asked again"
        )

    return Step("a Python here can install the package", observe)


def required_python(release: Release) -> str:
    """What the package's own files say of `requires-python`; empty if only the built wheel says it."""
    return release.project.package.requires_python


def platform_of_one_machine(repository: str, wheels: Sequence[str]) -> str:
    """
    A platform of these wheels that PyPI refuses at the upload, after the tag is public; empty if there is none.

    https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
    """
    if not pypi.is_pypi(repository):
        return ""
    platforms = (name.removesuffix(".whl").rpartition("-")[2] for name in wheels)
    return next((one for one in platforms if one.startswith("linux_")), "")


def _is_all_there(release: Release) -> bool:
    if release.sealed() is None:
        return False
    theirs = pypi.files(release.project)
    return all(one.name in theirs and theirs[one.name].sha256 == one.sha256 for one in sealed(release))


def _text_of(release: Release) -> Read:
    return partial(git.text, release.project.root, release.base)


def _pyproject(release: Release) -> dict[str, Any]:
    return tomllib.loads(_text_of(release)(f"{release.project.package.folder}pyproject.toml") or "")


def _table(tables: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        tables = tables.get(key, {})
    return tables
