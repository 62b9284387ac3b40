"""The places that the last release changed: what moved from one tag's version to the next one's moves again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contd_release.adopt.find.tags import Tags
from contd_release.adopt.place import ANY, Place, on_line
from contd_release.adopt.tree import Tree
from contd_release.project.tag_format import TagFormat
from contd_release.project.version import semver

if TYPE_CHECKING:
    from contd_release.adopt.find.versions import Current

# What tells of releases, or is written by a tool, names versions without stating one.
NOT_FOLLOWED: Final = tuple(
    f":(exclude,icase,glob)**/{pattern}"
    for pattern in (
        *(f"{stem}{end}" for stem in ("change*", "history*", "news*", "release*") for end in (".md", ".rst", ".txt")),
        "changelog", "changes", "history", "news", "changes/**", "news*/**", "releases/**", "changelog.d/**",
        "*.lock", "package-lock.json", "pnpm-lock.yaml", ".release-please-manifest.json", ".bumpversion.*", "*.svg",
        "*.ipynb", "*.min.js", "*.snap",
    )
)  # fmt: skip
_BIG: Final = 4_000_000


@dataclass(frozen=True)
class _Line:
    """One line of a diff, split at the version in it."""

    path: str
    before: str
    after: str


def places(tree: Tree, tags: Tags, current: Current) -> Iterator[Place]:
    """The lines of the tree whose like moved from the version of the last tag but one to that of the last."""
    if len(tags.last) < 2:
        return
    old, new = tags.last
    versions = tuple(_version_of(tags, tag) for tag in (old, new))
    reason = f"changed between {old} and {new}"
    for one in dict.fromkeys(_moved(tree, old, new, versions)):
        text = tree.text(one.path)
        if text is None:
            continue
        pattern = re.compile(rf"^{re.escape(one.before)}(?P<version>{ANY}){re.escape(one.after)}$")
        for number, line in enumerate(text.splitlines(), start=1):
            match = pattern.match(line)
            if match and (place := on_line(tree, one.path, number, match["version"], reason)):
                yield place


def _moved(tree: Tree, old: str, new: str, versions: tuple[str, ...]) -> Iterator[_Line]:
    """The added lines with the new version that were there with the old one."""
    pattern = re.escape(versions[1])
    grepped = tree.git(
        "diff", "-U0", "--no-color", "--no-ext-diff", "--no-renames", f"-G{pattern}", old, new, "--", ".", *NOT_FOLLOWED
    )
    if len(grepped) > _BIG:
        return
    path, removed = "", set[tuple[str, str]]()
    for line in grepped.splitlines():
        if line.startswith("+++ "):
            path = line.removeprefix("+++ ").removeprefix("b/").strip('"')
        elif line.startswith("@@"):
            removed = set()
        elif line.startswith("-") and (parts := _split(line[1:], versions[0])):
            removed.add(parts)
        elif line.startswith("+") and (parts := _split(line[1:], versions[1])) and parts in removed:
            yield _Line(path, *parts)


def _split(line: str, version: str) -> tuple[str, str] | None:
    """The line before and after this version, in either spelling."""
    from packaging.version import InvalidVersion, Version

    spelled = [version]
    with suppress(InvalidVersion):
        spelled.append(semver(Version(version)))
    for one in dict.fromkeys(spelled):
        match = re.search(rf"(?:(?<![\w.])|(?<=[vV])){re.escape(one)}(?![\w+-]|\.\w)", line)
        if match:
            return line[: match.start()], line[match.end() :]
    return None


def _version_of(tags: Tags, tag: str) -> str:
    return tag.removeprefix(TagFormat(tags.format).before)
