"""
Several packages in one repository: `[tool.contd-release.packages.NAME]`, and the one that a call is about.

A package has the settings of the repository, with those of its own table laid over them. Its tags, its journal and its
folders have its name, so that the releases of two packages do not touch each other.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any, Final

from contd_release.errors import ReleaseError, Usage, raise_all
from contd_release.process.hints import PACKAGE, for_package, for_the_only_package
from contd_release.project.defaults import Read
from contd_release.project.rules import PATH, PROJECT
from contd_release.project.settings import Website
from contd_release.project.tables import merged
from contd_release.project.tag_format import DEFAULT, FIELD, TagFormat

TABLE: Final = "tool.contd-release.packages"
EDIT: Final = "$EDITOR pyproject.toml"
# One of them is in the folder of every package.
_DESCRIBING: Final = ("pyproject.toml", ".bumpversion.toml", "setup.py", "setup.cfg")

Table = dict[str, Any]


@contextmanager
def chosen(name: str) -> Iterator[None]:
    """Let what is called inside be about this package; about the one that the environment names where it is empty."""
    before = os.environ.get(PACKAGE)
    if name:
        os.environ[PACKAGE] = name
    try:
        yield
    finally:
        os.environ.pop(PACKAGE, None)
        if before is not None:
            os.environ[PACKAGE] = before


def described(layers: Mapping[str, Table]) -> dict[str, Table]:
    """The table of each package, with what all files say of it."""
    found: dict[str, Table] = {}
    for layer in layers.values():
        packages = layer.get("packages", {})
        if not isinstance(packages, dict) or not all(isinstance(one, dict) for one in packages.values()):
            raise Usage(f"[{TABLE}] is {packages!r:.100}", expected=f"tables: [{TABLE}.NAME]", type_next=EDIT)
        for name, table in packages.items():
            found[name] = found.get(name, {}) | table
    return found


def of_package(layer: Table, name: str) -> Table:
    """The settings of one file for one package; without a name, those that all packages share."""
    shared = {key: value for key, value in layer.items() if key != "packages"}
    if not name:
        return shared
    own = dict(layer.get("packages", {}).get(name, {}))
    if "folder" in own:
        own["package"] = own.pop("folder")
    own.pop("latest", None)
    # A format that all shared would give two releases one tag.
    shared.pop("tag-format", None)
    for key, value in own.items():
        below = shared.get(key)
        shared[key] = below | value if isinstance(below, dict) and isinstance(value, dict) else value
    return shared


def website_of(website: Website | None, layers: Mapping[str, Table], name: str) -> Website | None:
    """
    The website of a package: in one that all share it gets a folder, unless its own table names one.

    Pages are called after versions, which two packages can have in common.
    """
    own = described(layers).get(name, {}).get("website", {})
    is_shared = any(isinstance(layer.get("website"), dict) for layer in layers.values())
    if website is None or not is_shared or "folder" in own:
        return website
    return replace(website, folder=f"{website.folder}/{name}".removeprefix("./"))


def require_valid(packages: Mapping[str, Table], layers: Mapping[str, Table], text_of: Read) -> None:
    """
    Refuse tables that no release could be made of.

    Raises:
        Usage: a name or a folder cannot be, a folder is not there, or two packages share a folder, tags, an image or a
            chart: with their own tables, or because both have the one of the repository.
    """
    problems: list[ReleaseError] = []
    for name, table in packages.items():
        if problem := _problem(name, table, text_of):
            problems.append(problem)
    whole = {name: merged({path: of_package(layer, name) for path, layer in layers.items()}) for name in packages}
    own = {"folder": (_folder, packages), "tag-format": (_tags, packages)}
    for what, (of, tables) in (own | {"image.name": (_image, whole), "chart": (_chart, whole)}).items():
        seen: dict[str, str] = {}
        for name, table in tables.items():
            if (value := of(name, table)) and value in seen:
                problems.append(
                    Usage(
                        f"[{TABLE}.{name}] has the {what} of [{TABLE}.{seen[value]}]: {value}",
                        expected=f"a {what} of its own for each package",
                        type_next=EDIT,
                    )
                )
            seen.setdefault(value, name)
    raise_all(problems)


def named(packages: Mapping[str, Table], wanted: str, state: Path) -> str:
    """
    The package that a call is about; empty if the repository has one package.

    In a workflow that a tag starts, it is the one whose tag that is.

    Raises:
        Usage: it is not named although there are several, or none has this name.
    """
    if not wanted and os.environ.get("GITHUB_REF_TYPE") == "tag":
        tag = os.environ.get("GITHUB_REF_NAME", "")
        wanted = next((name for name in packages if TagFormat(tags_of(name, packages[name])).version(tag)), "")
    if wanted in packages or not (wanted or packages):
        return wanted
    if not packages:
        raise Usage(
            f"the package {wanted} is asked for, and this repository has one package, which needs no name",
            expected="no --package",
            type_next=for_the_only_package(),
        )
    listed = ", ".join(sorted(packages))
    if not wanted:
        raise Usage(
            f"this repository has {len(packages)} packages: {listed}",
            expected="the package that is meant",
            type_next=f"{for_package(_last_released(packages, state))}   (invoke status shows all of them)",
        )
    if journal_of(state, wanted).is_file():
        raise Usage(
            f"this clone released a package {wanted}, and [{TABLE}.{wanted}] is not there: was it renamed?",
            expected=f"{listed}; the old tags are found with tag-format = {tags_of(wanted, {})!r} in the new table",
            type_next=EDIT,
        )
    near = get_close_matches(wanted, packages, 1)
    raise Usage(
        f"there is no package {wanted}" + (f"; did you mean {near[0]}?" if near else ""),
        expected=f"one of {listed}",
        type_next=for_package(near[0] if near else min(packages)),
    )


def _last_released(packages: Iterable[str], state: Path) -> str:
    """The package of which this clone has the newest journal; the first one if it has none."""
    journals = {name: path for name in sorted(packages) if (path := journal_of(state, name)).is_file()}
    return max(journals, key=lambda name: journals[name].stat().st_mtime, default=min(packages))


def state_of(state: Path, name: str) -> Path:
    """The folder of a package in the clone's own; that itself where the repository has one package."""
    return state / "packages" / name if name else state


def journal_of(state: Path, name: str) -> Path:
    """The journal of a package."""
    return state_of(state, name) / "journal.jsonl"


def tags_of(name: str, table: Table) -> str:
    """The tag format of a package: `NAME-v{version}` where its table has none."""
    return str(table.get("tag-format", f"{name}-{DEFAULT}"))


def _problem(name: str, table: Table, text_of: Read) -> Usage | None:
    """The first thing that is wrong with one table."""
    if not PROJECT.holds(name):
        return Usage(f"[{TABLE}.{name}] is no name for a package", expected=PROJECT.expected, type_next=EDIT)
    folder = table.get("folder")
    if not isinstance(folder, str) or not PATH.holds(folder) or folder == ".":
        has = f"has folder = {folder!r}" if "folder" in table else "has no folder"
        return Usage(f"[{TABLE}.{name}] {has}", expected='folder = "packages/NAME"', type_next=EDIT)
    where = folder.removeprefix("./").strip("/")
    if all(text_of(f"{where}/{one}") is None for one in _DESCRIBING):
        return Usage(
            f"[{TABLE}.{name}] folder is {folder!r}, and no package is there in this commit",
            expected=f"a folder with {' or '.join(_DESCRIBING[:2])}",
            type_next=f"git ls-files {where}   (or {EDIT})",
        )
    return None


def _folder(name: str, table: Table) -> str:
    return str(table.get("folder", "")).removeprefix("./").strip("/")


def _tags(name: str, table: Table) -> str:
    """The format; one with a `v` before the version and one without are read as the same tags."""
    text = tags_of(name, table)
    return DEFAULT if text == FIELD else text


def _image(name: str, table: Table) -> str:
    image = table.get("image")
    return str(image.get("name") or "the name of the GitHub repository") if isinstance(image, dict) else ""


def _chart(name: str, table: Table) -> str:
    """Where the chart goes; a chart that counts its own version may be raised by the releases of several packages."""
    chart = table.get("chart")
    if not isinstance(chart, dict) or chart.get("version") == "own":
        return ""
    called = chart.get("name") or PurePosixPath(str(chart.get("path", ""))).name
    return "/".join(str(one) for one in (chart.get("registry"), called) if one)
