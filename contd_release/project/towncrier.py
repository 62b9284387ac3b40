"""
What towncrier's configuration says of the changelog, with towncrier's own defaults.

https://towncrier.readthedocs.io/en/stable/configuration.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final

from contd_release.errors import Usage
from contd_release.project.defaults import Read
from contd_release.project.news import News
from contd_release.project.parse import structured

FILE: Final = "towncrier.toml"
# What towncrier has where nothing configures types.
_TYPES: Final = ("feature", "bugfix", "doc", "removal", "misc")
_MARKER: Final = "towncrier release notes start"
_NOTES: Final = ("changelog.d", "release-notes", "docs/release-notes")


def path_of(text_of: Read) -> str:
    """The file in which towncrier looks: towncrier.toml hides the table in pyproject.toml."""
    return FILE if text_of(FILE) is not None else "pyproject.toml"


def news(table: dict[str, Any], project: str) -> News:
    """
    What a table says.

    Args:
        project: the name in `[project]` of pyproject.toml; empty if it is not there.

    Raises:
        Usage: a value has the wrong type, or cannot be; or each release has a file of its own.
    """
    if not table:
        return News()
    if table.get("single_file") is False:
        raise Usage(
            "towncrier writes a file for each release: single_file = false",
            expected="one changelog, to which each release adds a section",
            type_next="$EDITOR pyproject.toml   (or towncrier.toml: take out single_file, and name one file)",
        )
    ours: dict[str, Any] = {"changelog": table.get("filename", "NEWS.rst"), "directory": _directory(table, project)}
    is_markdown = str(ours["changelog"]).endswith(".md")
    ours["marker"] = table.get("start_string") or (f"<!-- {_MARKER} -->\n" if is_markdown else f".. {_MARKER}\n")
    ours["title-format"] = _title_format(table, project, is_markdown=is_markdown)
    ours["types"] = list(_types(table))
    ours["ignore"] = table.get("ignore", [])
    template = PurePosixPath(str(table.get("template", "")))
    if isinstance(ours["ignore"], list) and template.parent == PurePosixPath(str(ours["directory"])):
        ours["ignore"] = [*ours["ignore"], template.name]
    ours["notes"] = _notes(table, str(ours["directory"]))
    return structured(ours, News, "tool.towncrier")


def titles(table: dict[str, Any]) -> dict[str, str]:
    """The heading of each type, by the word that file names have."""
    if fragment := table.get("fragment"):
        return {kind: str(one.get("name", kind.capitalize())) for kind, one in sorted(fragment.items())}
    if listed := table.get("type"):
        return {str(one.get("directory", str(one.get("name", "")).lower())): str(one.get("name", "")) for one in listed}
    names = ("Features", "Bugfixes", "Improved Documentation", "Deprecations and Removals", "Misc")
    return dict(zip(_TYPES, names, strict=True))


def _directory(table: dict[str, Any], project: str) -> object:
    """The folder of the fragments: below the package, where none is named."""
    if "directory" in table:
        return table["directory"]
    parts = (str(table.get("package_dir", ".")), str(table.get("package") or project), "newsfragments")
    return str(PurePosixPath(*parts))


def _title_format(table: dict[str, Any], project: str, *, is_markdown: bool) -> object:
    """The form of a section's heading; empty if a template of the repository decides on it."""
    if title := table.get("title_format"):
        return title
    if _is_file(table) or title is False:
        return ""
    has_name = table.get("name") or table.get("package") or project
    return ("# " if is_markdown else "") + ("{name} " if has_name else "") + "{version} ({project_date})"


def _types(table: dict[str, Any]) -> Iterator[object]:
    """The words of the types, as file names have them."""
    if isinstance(fragment := table.get("fragment"), dict) and fragment:
        yield from sorted(fragment)
    elif isinstance(listed := table.get("type"), list) and listed:
        for one in listed:
            if isinstance(one, dict) and ("directory" in one or "name" in one):
                yield one.get("directory", str(one.get("name", "")).lower())
    else:
        yield from _TYPES


def _is_file(table: dict[str, Any]) -> bool:
    """Whether the template is a file of the repository, and none that comes with a package."""
    template = table.get("template")
    return isinstance(template, str) and ":" not in template


def _notes(table: dict[str, Any], directory: str) -> object:
    """The folder for the notes of each version: the template's, where that is not the fragments' own."""
    fragments = PurePosixPath(directory)
    folders = [str(PurePosixPath(str(table["template"])).parent)] if _is_file(table) else []
    for folder in (*folders, *_NOTES):
        at = PurePosixPath(folder)
        if at != fragments and fragments not in at.parents and str(at) != ".":
            return folder
    return "release-notes"
