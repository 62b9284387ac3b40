"""The package whose releases are the latest ones on GitHub, which marks one release of a repository as the latest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contd_release.errors import Usage
from contd_release.project.several import EDIT, TABLE, tags_of
from contd_release.project.tag_format import TagFormat

# What can be before the version in a tag that names no package.
_NAMELESS = ("", "v", "release-", "rel-")


@dataclass(frozen=True)
class Leading:
    """The package whose releases are the latest ones, with its tags and what marks its withdrawn versions."""

    name: str
    tags: TagFormat
    withdrawal: str


def is_nameless(tags: TagFormat) -> bool:
    """Whether the tags name no package."""
    return tags.before.lower() in _NAMELESS


def withdrawal_of(name: str) -> str:
    """What the tags begin with that mark the versions of a package as withdrawn."""
    return f"withdrawn/{name}/v" if name else "withdrawn/v"


def leading(packages: Mapping[str, dict[str, Any]]) -> Leading:
    """
    The package with `latest = true`, else the one whose tags name no package, else the first one.

    Raises:
        Usage: none can be it, or several say that they are.
    """
    for name, table in packages.items():
        if not isinstance(said := table.get("latest", False), bool):
            raise Usage(f"[{TABLE}.{name}] has latest = {said!r:.100}", expected="true or false", type_next=EDIT)
    able = [name for name, table in packages.items() if table.get("latest", True)]
    chosen = [name for name in able if packages[name].get("latest")]
    if len(chosen) > 1 or not able:
        who = " and ".join(f"[{TABLE}.{name}]" for name in chosen) or "no package"
        what = "have latest = true" if chosen else "is left: all have latest = false"
        raise Usage(f"{who} {what}", expected="one package whose releases are the latest on GitHub", type_next=EDIT)
    nameless = [name for name in able if is_nameless(TagFormat(tags_of(name, packages[name])))]
    found = (chosen or nameless or able)[0]
    return Leading(found, TagFormat(tags_of(found, packages[found])), withdrawal_of(found))
