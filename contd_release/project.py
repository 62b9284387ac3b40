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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from contd_release.errors import Usage
from contd_release.version import Part

OVERLAY = "CONTD_RELEASE_CONFIG"
CONFIGURATION = "contd-release.toml"

Read: TypeAlias = Callable[[str], str | None]


@dataclass(frozen=True)
class Pypi:
    """
    The package index.

    Args:
        repository: a name from ~/.pypirc, or the URL that twine uploads to.
        index: the URL of the simple index, where it does not follow from `repository`.
        wheels: the tags of the wheels that a build makes; a pure Python project makes one.
        isolated: whether the build backend comes into an environment of its own.
        private: whether reading the index needs the login as well.
    """

    repository: str = "pypi"
    index: str = ""
    wheels: tuple[str, ...] = ("py3-none-any",)
    isolated: bool = True
    private: bool = False


@dataclass(frozen=True)
class Image:
    """
    The container image.

    Args:
        name: registry and repository, without a tag.
        prepare: commands that run in the release's tree before the image is built.
        base: a stand-in for the base image, passed as the build argument `BASE`.
    """

    name: str = ""
    dockerfile: str = "Dockerfile"
    platforms: tuple[str, ...] = ("linux/amd64", "linux/arm64")
    prepare: tuple[str, ...] = ()
    base: str = ""


@dataclass(frozen=True)
class Chart:
    """
    The Helm chart: the folder of its Chart.yaml, and the registry (`oci://…`) it goes to.
    """

    path: str
    registry: str = ""


@dataclass(frozen=True)
class Github:
    """
    The GitHub repository (`OWNER/NAME`) and the addresses of its API.
    """

    repository: str = ""
    api: str = "https://api.github.com"
    uploads: str = "https://uploads.github.com"


@dataclass(frozen=True)
class Website:
    """
    The git repository and branch, or the folder of this one, that holds a page per release.
    """

    repository: str = ""
    branch: str = "gh-pages"
    folder: str = "."
    url: str = ""


@dataclass(frozen=True)
class Monitor:
    """
    What is watched after a release, and for how long.

    Args:
        error_rate: a PromQL expression that gives one number.
        tolerance: how many times the rate before the release is still healthy.
        window: how long a release is watched, such as `24h`.
        labels: issues with one of these count as feedback on the release.
    """

    prometheus: str = ""
    error_rate: str = ""
    tolerance: float = 1.5
    window: str = "24h"
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """
    How often a part is released (`monthly`, `yearly`, …), and when nothing is.
    """

    major: str = "yearly"
    minor: str = "monthly"
    patch: str = "as needed"
    timezone: str = "UTC"
    freeze: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """
    `[tool.contd-release]`, with every default filled in. A channel is on when its table is there.
    """

    main: str = "main"
    remote: str = "origin"
    publisher: Literal["here", "github-actions"] = "here"
    release_branch: tuple[Part, ...] = ("major", "minor")
    proof: tuple[str, ...] = ("nox -s tests benchmarks docs examples",)
    sign_tags: bool = False
    pypi: Pypi | None = None
    image: Image | None = None
    chart: Chart | None = None
    github: Github | None = None
    announce: Mapping[str, str] = field(default_factory=dict)
    announce_pre_releases: tuple[str, ...] = ()
    website: Website | None = None
    monitor: Monitor | None = None
    schedule: Schedule = Schedule()
    channels: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class News:
    """
    Where the fragments are and what they become, from `[tool.towncrier]`.
    """

    directory: str = "newsfragments"
    changelog: str = "CHANGELOG.md"
    marker: str = "<!-- towncrier release notes start -->\n"
    title_format: str = "## [{version}] - {project_date}"
    types: tuple[str, ...] = ("breaking", "security", "feature", "bugfix", "deprecation", "removal", "doc", "misc")
    ignore: tuple[str, ...] = ()
    notes: str = "changelog.d"


@dataclass(frozen=True)
class Project:
    """
    One repository that can be released.

    Args:
        root: the maintainer's working tree; only ever read.
        state: the folder in the clone's git directory that holds the journal, the logs and the sealed artifacts.
        name: as `[project] name` says it.
        backend: the build backend, such as `hatchling.build`.
    """

    root: Path
    state: Path
    name: str
    settings: Settings
    news: News
    backend: str = ""
    description: str = ""

    @property
    def file_name(self) -> str:
        """
        The name as wheel and sdist file names spell it.

        https://packaging.python.org/en/latest/specifications/binary-distribution-format/#escaping-and-unicode
        """
        return re.sub(r"[-_.]+", "_", self.name).lower()

    @property
    def index_name(self) -> str:
        """
        The name as an index spells it (PEP 503).
        """
        return re.sub(r"[-_.]+", "-", self.name).lower()

    @property
    def cache(self) -> Path:
        """
        A folder outside every working tree for what can be made again, one per clone.
        """
        from platformdirs import user_cache_path

        clone = hashlib.sha256(str(self.state).encode()).hexdigest()[:12]
        return user_cache_path("contd-release") / f"{self.index_name}-{clone}"


def read(root: Path, state: Path, text_of: Read, origin: str = "") -> Project:
    """
    The project whose files `text_of` gives by path (`None` for a file that is not there).

    Args:
        origin: the URL of the git remote, from which a GitHub repository is guessed.

    Raises:
        Usage: every unknown key and wrong type, all at once.
    """
    pyproject = _toml("pyproject.toml", text_of("pyproject.toml"))
    tables = [pyproject.get("tool", {}).get("contd-release", {}), _toml(CONFIGURATION, text_of(CONFIGURATION))]
    if overlay := os.environ.get(OVERLAY):
        tables.append(_toml(overlay, _file(overlay)))
    merged: dict[str, Any] = {}
    for table in tables:
        merged = _laid_over(merged, table)
    name = str(pyproject.get("project", {}).get("name", "") or root.name)
    return Project(
        root=root,
        state=state,
        name=name,
        settings=_with_defaults(_settings(merged), pyproject, github_repository(origin)),
        news=_news(pyproject.get("tool", {}).get("towncrier", {})),
        backend=str(pyproject.get("build-system", {}).get("build-backend", "setuptools.build_meta")),
        description=str(pyproject.get("project", {}).get("description", "")),
    )


def github_repository(url: str) -> str:
    """
    `OWNER/NAME` of a GitHub remote, or nothing for another host.
    """
    match = re.search(r"github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$", url)
    return match.group(1) if match else ""


def _with_defaults(settings: Settings, pyproject: dict[str, Any], repository: str) -> Settings:
    """
    The settings, with what follows from `pyproject.toml` and the git remote.
    """
    from dataclasses import replace

    if settings.pypi is None and "build-system" in pyproject:
        settings = replace(settings, pypi=Pypi())
    if settings.github and not settings.github.repository:
        settings = replace(settings, github=replace(settings.github, repository=repository))
    elif settings.github is None and repository:
        settings = replace(settings, github=Github(repository))
    if settings.image and not settings.image.name:
        settings = replace(settings, image=replace(settings.image, name=f"ghcr.io/{repository.lower()}"))
    if settings.chart and not settings.chart.registry:
        owner = repository.partition("/")[0].lower()
        settings = replace(settings, chart=replace(settings.chart, registry=f"oci://ghcr.io/{owner}/charts"))
    return settings


def _settings(table: dict[str, Any]) -> Settings:
    from contd_release.configuration import structured

    return structured(table, Settings, "tool.contd-release")


def _news(table: dict[str, Any]) -> News:
    kinds = tuple(str(one["directory"]) for one in table.get("type", ()) if "directory" in one)
    default = News()
    return News(
        directory=str(table.get("directory", default.directory)),
        changelog=str(table.get("filename", default.changelog)),
        marker=str(table.get("start_string", default.marker)),
        title_format=str(table.get("title_format", default.title_format)),
        types=kinds or default.types,
        ignore=tuple(map(str, table.get("ignore", ()))),
        notes=str(Path(str(table.get("template", f"{default.notes}/_template.md"))).parent),
    )


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _toml(path: str, text: str | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        raise Usage(f"{path} is not TOML: {error}", expected="valid TOML", type_next=f"$EDITOR {path}") from error


def _file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Usage(f"{OVERLAY} names {path}: {error.strerror}", type_next=f"unset {OVERLAY}") from error
