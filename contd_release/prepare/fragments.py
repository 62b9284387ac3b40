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
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Final

from packaging.version import Version

from contd_release.project.news import News, meaning_of
from contd_release.project.project import Project
from contd_release.project.version import Part
from contd_release.tools import git

_SIZE: Final[dict[Part, int]] = {"patch": 0, "minor": 1, "major": 2}
ISSUE: Final = re.compile(r"([A-Za-z]+-)?[1-9][0-9]{0,11}")
_FORMATS: Final = ("md", "rst", "txt")
_NEAR: Final = 0.5
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
class Misnamed:
    """
    A file that towncrier would drop without a word.

    Args:
        what: what is wrong with it.
        remedy: the git command that corrects it.
    """

    what: str
    remedy: str

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True)
class Fragments:
    """Everything in the fragments folder: what is well named, and what is wrong with the rest."""

    fragments: tuple[Fragment, ...]
    problems: tuple[Misnamed, ...]

    def least_part(self, current: Version) -> Part:
        """The part that these changes ask for at least."""
        asked = (needed(meaning_of(fragment.type), current) for fragment in self.fragments)
        return max(asked, key=_SIZE.__getitem__, default="patch")

    @property
    def is_breaking(self) -> bool:
        """Whether users have to change something."""
        return any(meaning_of(fragment.type) == "breaking" for fragment in self.fragments)

    def counted(self) -> str:
        """How many there are of each type: "2 feature, 1 bugfix"."""
        types = [fragment.type for fragment in self.fragments]
        return ", ".join(f"{types.count(kind)} {kind}" for kind in dict.fromkeys(types)) or "no fragments"


def needed(meaning: str, current: Version) -> Part:
    """The part that a change of this kind asks for; before 1.0 a minor release may break what was there."""
    if meaning == "breaking":
        return "major" if current.major else "minor"
    return "minor" if meaning == "feature" else "patch"


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
    problems: list[Misnamed] = []
    for path in paths:
        name = PurePosixPath(path).name
        if any(fnmatch(name.lower(), pattern.lower()) for pattern in (*_NOT_FRAGMENTS, *news.ignore)):
            continue
        found = fragment(name, news) if path not in links else _link(path)
        if isinstance(found, Fragment):
            fragments.append(found)
        else:
            problems.append(found)
    return Fragments(tuple(sorted(fragments, key=lambda one: one.name)), (*problems, *_twice(fragments, news)))


def fragment(name: str, news: News) -> Fragment | Misnamed:
    """
    The fragment with this file name, or what is wrong with the name. towncrier drops a misnamed one without a word.
    """
    where, better = f"{news.directory}/{name}", f"{news.directory}/{_well_named(name, news)}"
    remedy = f"git mv {shlex.quote(where)} {shlex.quote(better)}"
    if not name.isascii():
        return Misnamed(f"{where}: the name is not ASCII, and towncrier would remove it without git noticing", remedy)
    if any(letter.isspace() for letter in name):
        return Misnamed(f"{where}: the name has a space; expected ISSUE.TYPE.md or +NAME.TYPE.md", remedy)
    parts = name.split(".")
    if parts[-1] in _FORMATS:
        parts.pop()
    if len(parts) > 2 and parts[-1].isdigit():
        parts.pop()
    if len(parts) < 2 or not parts[0]:
        types = ", ".join(news.types)
        return Misnamed(f"{where}: expected ISSUE.TYPE.md or +NAME.TYPE.md, with a type of {types}", remedy)
    if parts[-1] not in news.types:
        return Misnamed(f"{where}: there is no type {parts[-1]!r}; expected {', '.join(news.types)}", remedy)
    return Fragment(name, ".".join(parts[:-1]), parts[-1])


def plain(words: str) -> str:
    """The words in lower case, with plain letters for those that have an accent or are written as two."""
    return unicodedata.normalize("NFKD", words.lower().translate(_SPELLED_OUT)).encode("ascii", "ignore").decode()


def nearest_type(words: Sequence[str], news: News) -> str:
    """The type that is most like one of these words; a feature where none is like any."""
    near = [kind for word in words for kind in get_close_matches(word, news.types, 1, _NEAR)]
    return near[0] if near else "feature" if "feature" in news.types else news.types[0]


def _well_named(name: str, news: News) -> str:
    """The good name that is nearest to a bad one."""
    stem, *words = [plain(part) for part in _without_format(name).split(".") if part] or ["change"]
    words_of_stem = "-".join(re.findall(r"[a-z0-9]+", stem)) or "change"
    issue = words_of_stem if ISSUE.fullmatch(words_of_stem) else f"+{words_of_stem}"
    suffix = PurePosixPath(name).suffix if _has_format(name) else news.suffix
    return f"{issue}.{nearest_type((*words, stem), news)}{suffix}"


def _link(path: str) -> Misnamed:
    remedy = f"git rm {shlex.quote(path)}   (and write a file of its own)"
    return Misnamed(f"{path} is a link; expected a file of its own", remedy)


def _twice(fragments: Sequence[Fragment], news: News) -> tuple[Misnamed, ...]:
    """The same change in two formats, on which towncrier ends with a traceback."""
    names: dict[str, list[str]] = {}
    for one in fragments:
        names.setdefault(_without_format(one.name), []).append(one.name)
    doubled = {
        stem: next((name for name in found if not name.endswith(news.suffix)), found[0])
        for stem, found in sorted(names.items())
        if len(found) > 1
    }
    return tuple(
        Misnamed(
            f"{stem}: there in two formats; expected one file", f"git rm {shlex.quote(f'{news.directory}/{second}')}"
        )
        for stem, second in doubled.items()
    )


def _has_format(name: str) -> bool:
    return name.rpartition(".")[2] in _FORMATS


def _without_format(name: str) -> str:
    """The name without the suffix that says how the text is written."""
    return name.rpartition(".")[0] if _has_format(name) else name
