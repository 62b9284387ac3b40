"""
What the repository says about itself: read once, validated whole, frozen.

`[tool.contd-release]` in `pyproject.toml`, or `contd-release.toml`; both are optional. The file that the environment
variable `CONTD_RELEASE_CONFIG` names is laid over them, so that the same release can be pointed at another world.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from contd_release.errors import ReleaseError, Usage, raise_all
from contd_release.project import towncrier
from contd_release.project.defaults import Read, with_defaults
from contd_release.project.news import News
from contd_release.project.package import metadata
from contd_release.project.package.metadata import Metadata
from contd_release.project.rules import PROJECT
from contd_release.project.settings import Settings
from contd_release.project.tag_format import TagFormat

OVERLAY = "CONTD_RELEASE_CONFIG"
CONFIGURATION = "contd-release.toml"
_OURS = "tool.contd-release"
SWITCHES = ("sbom", "pypi", "image", "chart", "github", "announce", "website", "monitor")

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
    """

    root: Path
    state: Path
    name: str
    settings: Settings
    news: News
    package: Metadata = metadata.NONE
    commit: str = ""

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
    pyproject = _toml("pyproject.toml", text_of("pyproject.toml"))
    tools = _table(pyproject, "tool")
    problems: list[ReleaseError] = []
    layers = _layers(tools, text_of)
    merged = _merged(layers)
    package = _described(problems, lambda: _package(merged, text_of))
    settings = _described(problems, lambda: _settings(layers, package, url_of))
    news = _described(problems, lambda: _news(text_of, pyproject))
    name = _described(problems, lambda: _name(merged, package, url_of, root))
    raise_all(problems)
    assert settings is not None
    assert news is not None
    assert name is not None
    assert package is not None
    return Project(
        root=root,
        state=state,
        name=name,
        settings=settings,
        news=news,
        package=package,
    )


def _described(problems: list[ReleaseError], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ReleaseError as error:
        problems.append(error)
        return None


def _package(layers: dict[str, Any], text_of: Read) -> Metadata:
    folder = str(layers.get("package", "")).removeprefix("./").strip("/.")
    return metadata.of(text_of, f"{folder}/" if folder else "")


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


def _layers(tools: dict[str, Any], text_of: Read) -> dict[str, dict[str, Any]]:
    """The settings of each file, in the order in which they are laid over each other."""
    ours = _toml(CONFIGURATION, text_of(CONFIGURATION))
    layers = {"pyproject.toml": _table(tools, "contd-release"), CONFIGURATION: ours}
    if overlay := os.environ.get(OVERLAY):
        layers[overlay] = _toml(overlay, _file(overlay))
    return layers


def _merged(layers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The settings of all files as one table."""
    merged: dict[str, Any] = {}
    for layer in layers.values():
        merged = _laid_over(merged, layer)
    return merged


def _settings(layers: dict[str, dict[str, Any]], package: Metadata | None, url_of: Read) -> Settings:
    table = _merged(layers)
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
        merged = _laid_over(merged, layer)
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


def _news(text_of: Read, pyproject: dict[str, Any]) -> News:
    """What towncrier's own table says, in towncrier.toml or in pyproject.toml."""
    path = towncrier.path_of(text_of)
    found = pyproject if path == "pyproject.toml" else _toml(path, text_of(path))
    name = pyproject.get("project", {})
    return towncrier.news(
        _table(_table(found, "tool"), "towncrier"), str(name.get("name", "")) if isinstance(name, dict) else ""
    )


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise Usage(f"[{key}] is {found!r}", expected="a table", type_next="$EDITOR pyproject.toml")
    return found


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _toml(path: str, text: str | None) -> dict[str, Any]:
    refuse_bytes(path, text)
    try:
        return tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Usage(f"{path} is not TOML: {error}", expected="valid TOML", type_next=f"$EDITOR {path}") from error


def refuse_bytes(path: str, text: str | None) -> None:
    """
    Refuse a configuration file that is not UTF-8; git's blobs are decoded with U+FFFD in place of other bytes.

    Raises:
        Usage: the file is not UTF-8.
    """
    if text and "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise Usage(f"{path} is not UTF-8 in line {line}", expected="TOML in UTF-8", type_next=f"$EDITOR {path}")


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Usage(
            f"{OVERLAY} names {path}: {reason}",
            expected="a TOML file of settings that are laid over those of the repository",
            type_next=f"unset {OVERLAY}   (or correct the path)",
        ) from error
