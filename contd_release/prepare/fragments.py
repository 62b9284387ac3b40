"""
News fragments: what is unreleased, one file per change, and what they ask of the next version.

`123.feature.md`, `+short-name.bugfix.md`, `123.feature.1.md`: an issue or an orphan's name, a type, perhaps a counter.
https://towncrier.readthedocs.io/en/stable/tutorial.html#creating-news-fragments
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Final

from packaging.version import Version

from contd_release.project.project import Project
from contd_release.project.settings import News, meaning_of
from contd_release.project.version import Part
from contd_release.tools import git

_SIZE: Final[dict[Part, int]] = {"patch": 0, "minor": 1, "major": 2}
# What towncrier leaves alone, and a template's name by custom.
_NOT_FRAGMENTS: Final = (
    "_template.*", "readme", "readme.md", "readme.rst", ".gitignore", ".gitkeep", ".keep", "*.jinja", "*.j2", "*.jinja2"
)  # fmt: skip


@dataclass(frozen=True)
class Fragment:
    """One change, as a contributor described it."""

    name: str
    issue: str
    type: str


@dataclass(frozen=True)
class Fragments:
    """Everything in the fragments folder: what is well named, and what is wrong with the rest."""

    fragments: tuple[Fragment, ...]
    problems: tuple[str, ...]

    def least_part(self, current: Version) -> Part:
        """
        The part that these changes ask for at least: breaking → major, or minor under 1.0; feature → minor; else patch.
        """
        types = {meaning_of(fragment.type) for fragment in self.fragments}
        if "breaking" in types:
            return "major" if current.major else "minor"
        return "minor" if "feature" in types else "patch"

    @property
    def is_breaking(self) -> bool:
        """Whether users have to change something."""
        return any(meaning_of(fragment.type) == "breaking" for fragment in self.fragments)

    def counted(self) -> str:
        """How many there are of each type: "2 feature, 1 bugfix"."""
        types = [fragment.type for fragment in self.fragments]
        return ", ".join(f"{types.count(kind)} {kind}" for kind in dict.fromkeys(types)) or "no fragments"


def is_smaller(part: Part, least: Part) -> bool:
    """Whether a part is too small for what changed."""
    return _SIZE[part] < _SIZE[least]


def at(project: Project, commit: str) -> Fragments:
    """The fragments in a commit."""
    links = git.links(project.root, commit)
    return read(git.names(project.root, commit, project.news.directory), project.news, links)


def read(paths: Sequence[str], news: News, links: Container[str] = ()) -> Fragments:
    """
    The fragments that these paths are.

    Args:
        links: which of the paths are symbolic links, which are not followed.
    """
    fragments: list[Fragment] = []
    problems: list[str] = []
    for path in paths:
        name = PurePosixPath(path).name
        if any(fnmatch(name.lower(), pattern.lower()) for pattern in (*_NOT_FRAGMENTS, *news.ignore)):
            continue
        found = fragment(name, news) if path not in links else f"{path} is a link; expected a file of its own"
        if isinstance(found, Fragment):
            fragments.append(found)
        else:
            problems.append(found)
    return Fragments(tuple(sorted(fragments, key=lambda one: one.name)), (*problems, *_twice(fragments)))


def fragment(name: str, news: News) -> Fragment | str:
    """
    The fragment with this file name, or what is wrong with the name. towncrier drops a misnamed one without a word.
    """
    where = f"{news.directory}/{name}"
    if not name.isascii():
        return f"{where}: the name is not ASCII, and towncrier would remove it without git noticing"
    parts = name.split(".")
    if parts[-1] in ("md", "rst", "txt"):
        parts.pop()
    if len(parts) > 2 and parts[-1].isdigit():
        parts.pop()
    if len(parts) < 2 or not parts[0]:
        return f"{where}: expected ISSUE.TYPE.md or +NAME.TYPE.md, with a type of {', '.join(news.types)}"
    if parts[-1] not in news.types:
        return f"{where}: there is no type {parts[-1]!r}; expected {', '.join(news.types)}"
    return Fragment(name, ".".join(parts[:-1]), parts[-1])


def _twice(fragments: Sequence[Fragment]) -> tuple[str, ...]:
    """The same change in two formats, on which towncrier ends with a traceback."""
    stems = [
        one.name.rpartition(".")[0] if one.name.endswith((".md", ".rst", ".txt")) else one.name for one in fragments
    ]
    doubled = sorted({stem for stem in stems if stems.count(stem) > 1})
    return tuple(f"{stem}: there in two formats; expected one file" for stem in doubled)
