"""
News fragments: what is unreleased, one file per change, and what they ask of the next version.

`123.feature.md`, `+short-name.bugfix.md`, `123.feature.1.md`: an issue or an orphan's name, a type, perhaps a counter.
https://towncrier.readthedocs.io/en/stable/tutorial.html#creating-news-fragments
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Final

from packaging.version import Version

from contd_release.errors import Usage
from contd_release.project.project import Project
from contd_release.project.settings import News, meaning_of
from contd_release.project.version import Part
from contd_release.tools import git

_SIZE: Final[dict[Part, int]] = {"patch": 0, "minor": 1, "major": 2}
_ISSUE: Final = re.compile(r"([A-Za-z]+-)?[0-9]{1,12}")
_SPELLED_OUT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "ł": "l"}
)
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


def add(project: Project, text: str, kind: str, issue: str) -> Path:
    """
    Write a fragment into the working tree; one that is there is never overwritten.

    Raises:
        Usage: no text, no such type, or an issue that cannot be part of a file name.
    """
    news, words = project.news, text.strip()
    kind = news.type_for(kind)
    if not words:
        raise Usage("there is no text", expected="what changed, for users", type_next='invoke news "…" --type feature')
    if issue and not _ISSUE.fullmatch(issue):
        raise Usage(f"{issue!r} is no issue", expected="its number", type_next='invoke news "…" --issue 12')
    stem = issue or "+" + ("-".join(re.findall(r"[a-z0-9]+", _ascii(words))[:6])[:50] or "change")
    found = fragment(f"{stem}.{kind}{news.suffix}", news)
    if not isinstance(found, Fragment):
        raise Usage(found, expected=f"a type of {', '.join(news.types)}", type_next='invoke news "…" --type bugfix')
    folder = project.root / news.directory
    folder.mkdir(parents=True, exist_ok=True)
    if known := next((path for path in sorted(folder.iterdir()) if _says(path, words)), None):
        raise Usage(
            f"{news.directory}/{known.name} says this already",
            expected="a change that no fragment describes",
            type_next=f"git status {shlex.quote(f'{news.directory}/{known.name}')}",
        )
    for counter in ("", *(f".{number}" for number in range(1, 1000))):
        path = folder / f"{stem}.{kind}{counter}{news.suffix}"
        try:
            with open(path, "x", encoding="utf-8") as stream:
                stream.write(words + "\n")
        except FileExistsError:
            continue
        return path
    raise Usage(
        f"{folder} has a thousand fragments of {stem}.{kind}",
        expected="an issue number of its own",
        type_next='invoke news "…" --issue 12',
    )


def _ascii(words: str) -> str:
    """The words in lower case, with plain letters for those that have an accent or are written as two."""
    return unicodedata.normalize("NFKD", words.lower().translate(_SPELLED_OUT)).encode("ascii", "ignore").decode()


def _says(path: Path, words: str) -> bool:
    """Whether a fragment has this text."""
    if path.is_symlink() or not path.is_file() or path.name.startswith(("_", ".", "README")):
        return False
    return path.read_text(encoding="utf-8", errors="replace").split() == words.split()


def _twice(fragments: Sequence[Fragment]) -> tuple[str, ...]:
    """The same change in two formats, on which towncrier ends with a traceback."""
    stems = [
        one.name.rpartition(".")[0] if one.name.endswith((".md", ".rst", ".txt")) else one.name for one in fragments
    ]
    doubled = sorted({stem for stem in stems if stems.count(stem) > 1})
    return tuple(f"{stem}: there in two formats; expected one file" for stem in doubled)
