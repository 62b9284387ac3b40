"""
What the repository says about itself: read once, validated whole, frozen.

`[tool.contd-release]` in `pyproject.toml`, or `contd-release.toml`; both are optional. The file that the environment
variable `CONTD_RELEASE_CONFIG` names is laid over them, so that the same release can be pointed at another world.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from contd_release.errors import ReleaseError, Usage, raise_all
from contd_release.process.hints import PACKAGE
from contd_release.project import latest, several, tables, towncrier
from contd_release.project.defaults import Read, with_defaults
from contd_release.project.latest import Leading
from contd_release.project.news import News
from contd_release.project.package import metadata
from contd_release.project.package.metadata import Metadata
from contd_release.project.rules import PROJECT
from contd_release.project.settings import Settings
from contd_release.project.tag_format import TagFormat

_OURS = "tool.contd-release"
SWITCHES = ("sbom", "signatures", "pypi", "image", "chart", "github", "announce", "website", "monitor")

T = TypeVar("T")


@dataclass(frozen=True)
class Project:
    """
    One repository that can be released.

    Args:
        root: the maintainer's working tree; only ever read.
        state: the folder in the clone's git directory that holds the journal, the logs and the sealed artifacts.
        name: as `[project] name` says it.
        package: what the files of the Python package say, whatever builds it.
        commit: the hash of the commit that says so, where it was read from one.
        table: the name of its table in the settings, where the repository has several packages.
        folder: where the configuration of its tools is, with a slash at its end; empty for the root.
        leading: the package whose releases are the latest on GitHub; None if the repository has one package.
        others: the tags of the other packages of the repository.
    """

    root: Path
    state: Path
    name: str
    settings: Settings
    news: News
    package: Metadata = metadata.NONE
    commit: str = ""
    table: str = ""
    folder: str = ""
    leading: Leading | None = None
    others: tuple[TagFormat, ...] = ()

    @property
    def is_leading(self) -> bool:
        """Whether the latest release on GitHub is one of its releases."""
        return self.leading is None or self.leading.name == self.table

    @property
    def clone_state(self) -> Path:
        """The folder in the clone's git directory that all packages of the repository share."""
        return self.state.parent.parent if self.table else self.state

    @property
    def paths(self) -> tuple[str, ...]:
        """What is of one of several packages alone: its folder, and its Dockerfile and chart outside of that."""
        image, chart = self.settings.image, self.settings.chart
        # A chart that counts its own version may be of several packages.
        elsewhere = (image and image.dockerfile, chart and chart.version != "own" and chart.path)
        return (self.folder, *(one for one in elsewhere if one and not f"{one}/".startswith(self.folder)))

    @property
    def withdrawal(self) -> str:
        """What the tags begin with that mark its versions as withdrawn."""
        return latest.withdrawal_of(self.table)

    @property
    def file_name(self) -> str:
        """
        The name as wheel and sdist file names spell it.

        https://packaging.python.org/en/latest/specifications/binary-distribution-format/#escaping-and-unicode
        """
        return re.sub(r"[-_.]+", "_", self.name).lower()

    @property
    def index_name(self) -> str:
        """The name as an index spells it (PEP 503)."""
        return re.sub(r"[-_.]+", "-", self.name).lower()

    @property
    def tags(self) -> TagFormat:
        """What the tags of its releases are called."""
        return TagFormat(self.settings.tag_format)

    def is_of_another(self, tag: str) -> bool:
        """Whether a tag is that of a release of another package of the repository."""
        return self.tags.version(tag) is None and any(one.version(tag) for one in self.others)

    @property
    def is_dated(self) -> bool:
        """Whether its versions are dates, so that they say nothing of how big a release is."""
        return self.settings.version_scheme == "calver"

    @property
    def cache(self) -> Path:
        """A folder outside every working tree for what can be made again, one per clone."""
        from platformdirs import user_cache_path

        clone = hashlib.sha256(str(self.state).encode()).hexdigest()[:12]
        return user_cache_path("contd-release") / f"{self.index_name}-{clone}"


def read(root: Path, state: Path, text_of: Read, url_of: Read = lambda _: None) -> Project:
    """
    The project whose files `text_of` gives by path (`None` for a file that is not there).

    Args:
        url_of: gives the URL of a git remote by its name, from which a GitHub repository is guessed.

    Raises:
        Usage: every unknown key, wrong type and value that cannot be.
        Several: more than one table is wrong; all errors are raised at once.
    """
    pyproject = tables.toml("pyproject.toml", text_of("pyproject.toml"))
    tools = tables.table(pyproject, "tool")
    problems: list[ReleaseError] = []
    layers = tables.read(tools, text_of)
    packages = several.described(layers)
    several.require_valid(packages, layers, text_of)
    table = several.named(packages, os.environ.get(PACKAGE, ""), state)
    files = layers
    layers = {path: several.of_package(layer, table) for path, layer in files.items()}
    layers = {"": {"tag-format": several.tags_of(table, {})}} | layers if table else layers
    merged = tables.merged(layers)
    folder = f"{_folder(merged)}/" if table else ""
    package = _described(problems, lambda: _package(merged, text_of))
    settings = _described(problems, lambda: _settings(layers, package, url_of))
    news = _described(problems, lambda: _news(text_of, folder))
    leading = _described(problems, lambda: latest.leading(packages)) if table else None
    name = _described(problems, lambda: _name(merged, package, (lambda _: table) if table else url_of, root))
    raise_all(problems)
    assert settings is not None
    assert news is not None
    assert name is not None
    assert package is not None
    if table:
        settings = replace(settings, website=several.website_of(settings.website, files, table))
    return Project(
        root=root,
        state=several.state_of(state, table),
        name=name,
        settings=settings,
        news=news,
        package=package,
        table=table,
        folder=folder,
        leading=leading,
        others=tuple(TagFormat(several.tags_of(one, packages[one])) for one in packages if one != table),
    )


def packages(text_of: Read) -> tuple[str, ...]:
    """
    The names of the packages, where the repository has several.

    Raises:
        Usage: their tables cannot be.
    """
    tools = tables.table(tables.toml("pyproject.toml", text_of("pyproject.toml")), "tool")
    layers = tables.read(tools, text_of)
    found = several.described(layers)
    several.require_valid(found, layers, text_of)
    return tuple(found)


def describes(text_of: Read, name: str) -> bool:
    """Whether the files of the repository have a table for a package, whatever is laid over them."""
    tools = tables.table(tables.toml("pyproject.toml", text_of("pyproject.toml")), "tool")
    return name in several.described(tables.of_repository(tools, text_of))


def _described(problems: list[ReleaseError], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ReleaseError as error:
        problems.append(error)
        return None


def _package(layers: dict[str, Any], text_of: Read) -> Metadata:
    folder = _folder(layers)
    return metadata.of(text_of, f"{folder}/" if folder else "")


def _folder(layers: dict[str, Any]) -> str:
    return str(layers.get("package", "")).removeprefix("./").strip("/.")


def _name(layers: dict[str, Any], package: Metadata | None, url_of: Read, root: Path) -> str:
    """The name that the package's files, or the settings, state; if there is no package, the repository's."""
    stated = package.name if package else None
    value = layers.get("name") or (stated.value if stated else None)
    if value is None:
        url = url_of(str(layers.get("remote", "origin"))) or root.name
        value = url.rstrip("/").removesuffix(".git").replace(":", "/").rpartition("/")[2]
    if not isinstance(value, str) or not PROJECT.holds(value):
        where = stated.path if stated else "pyproject.toml"
        raise Usage(f"[project] name is {value!r:.100}", expected=PROJECT.expected, type_next=f"$EDITOR {where}")
    return value


def _settings(layers: dict[str, dict[str, Any]], package: Metadata | None, url_of: Read) -> Settings:
    table = tables.merged(layers)
    off = frozenset(key for key in SWITCHES if table.get(key) is False)
    wheel = package.wheel if package and package.is_built else ""
    try:
        written = _structured(table)
    except Usage as error:
        raise_all(_by_file(layers, error))
        raise
    return with_defaults(written, url_of, off, wheel)


def _structured(table: dict[str, Any]) -> Settings:
    from contd_release.project.parse import structured

    written = {key: value for key, value in table.items() if not (key in SWITCHES and value is False)}
    return structured(written, Settings, _OURS)


def _by_file(layers: dict[str, dict[str, Any]], error: Usage) -> list[Usage]:
    """One error for each file that is wrong: each line is of the file with which it appears first."""
    first: dict[str, str] = {}
    merged: dict[str, Any] = {}
    for path, layer in layers.items():
        merged = tables.laid_over(merged, layer)
        try:
            _structured(merged)
        except Usage as found:
            first = dict.fromkeys(found.what_is.splitlines(), path) | first
    lines = {path: [line for line in error.what_is.splitlines() if first.get(line) == path] for path in layers}
    return [
        Usage(
            "\n".join(found).replace(f"[{_OURS}]", f"[{_OURS}]" if path == "pyproject.toml" else f"{path}:"),
            expected=error.expected,
            type_next=f"$EDITOR {path}",
        )
        for path, found in lines.items()
        if found
    ]


def _news(text_of: Read, folder: str) -> News:
    """What towncrier's own table says, in the towncrier.toml or the pyproject.toml of this folder."""

    def here(path: str) -> str | None:
        return text_of(f"{folder}{path}")

    path = towncrier.path_of(here)
    name = tables.toml(f"{folder}pyproject.toml", here("pyproject.toml")).get("project", {})
    table = tables.table(tables.table(tables.toml(f"{folder}{path}", here(path)), "tool"), "towncrier")
    if folder and not table:
        raise Usage(
            f"{folder}{path} has no [tool.towncrier]",
            expected="each package's own changelog and fragments, below its folder",
            type_next=f"$EDITOR {folder}{path}",
        )
    found = towncrier.news(table, str(name.get("name", "")) if isinstance(name, dict) else "")
    directory, changelog, notes = (f"{folder}{one}" for one in (found.directory, found.changelog, found.notes))
    return replace(found, directory=directory, changelog=changelog, notes=notes)
