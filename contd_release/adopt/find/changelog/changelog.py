"""The changelog: its file, how it is written, what configures towncrier, and the entries that no release has yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final

from packaging.version import InvalidVersion, Version

from contd_release.adopt.find.changelog import style
from contd_release.adopt.find.changelog.entries import Entry, definitions, entries
from contd_release.adopt.find.changelog.style import Style
from contd_release.adopt.find.today import scriv
from contd_release.adopt.find.today.scriv import Scriv
from contd_release.adopt.finding import Finding
from contd_release.adopt.tree import Tree
from contd_release.project import towncrier
from contd_release.project.news import News, is_rst
from contd_release.tools.markup import headings
from contd_release.tools.markup.headings import Heading

_STEMS: Final = (
    "changelog",
    "changes",
    "history",
    "news",
    "release_notes",
    "release-notes",
    "releasenotes",
    "whatsnew",
)
_SUFFIXES: Final = (".md", ".rst", "", ".txt", ".markdown")


@dataclass(frozen=True)
class Open:
    """
    One section that no release has.

    Args:
        end: the line after it, counted from 1.
        is_kept: whether its heading stays, for what is unreleased next; one with a version of its own does not.
    """

    heading: Heading
    end: int
    is_kept: bool


@dataclass(frozen=True)
class Changelog:
    """
    The changelog.

    Args:
        path: its file; the one that will be written if there is none.
        sections: those that no release has, in the order of the text.
        news: what towncrier is configured to do; None if nothing configures it.
        scriv: scriv, whose fragments become those of towncrier.
        titles: the headings that it is configured to write, by the types that file names have.
    """

    path: str
    style: Style
    sections: tuple[Open, ...]
    entries: tuple[Entry, ...]
    news: News | None
    scriv: Scriv | None
    titles: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def is_rst(self) -> bool:
        """Whether it is reStructuredText."""
        return is_rst(self.path)


def find(tree: Tree, current: Version) -> Changelog:
    """The changelog of this tree, or the one that it will get."""
    configured = tree.table(towncrier.path_of(tree.text), "tool", "towncrier")
    news = _news(configured, tree) if configured else None
    fragments = None if news else scriv.find(tree)
    path = news.changelog if news else _path(tree, fragments)
    text = tree.text(path) or ""
    as_rst = is_rst(path)
    written = style.read(text, is_rst=as_rst)
    sections = tuple(_sections(text, written, current))
    known, lines = {} if as_rst else definitions(text), text.splitlines()
    found = [
        entry
        for one in sections
        for entry in entries(lines[one.heading.line : one.end - 1], one.heading.line + 1, known, is_rst=as_rst)
    ]
    found += fragments.entries if fragments else ()
    changelog = Changelog(path, written, sections, tuple(found), news, fragments, towncrier.titles(configured))
    return replace(changelog, findings=tuple(_findings(tree, changelog, text)))


def _path(tree: Tree, fragments: Scriv | None) -> str:
    """The file of the changelog, or of the one that it will get."""
    if fragments and (fragments.changelog in tree.known or not _files(tree)):
        return fragments.changelog
    return next(iter(_files(tree)), "CHANGELOG.md")


def _findings(tree: Tree, found: Changelog, text: str) -> Iterator[Finding]:
    if found.news:
        path = towncrier.path_of(tree.text)
        line = tree.line_of(path, r"^\[tool\.towncrier\]")
        yield Finding(
            f"towncrier writes {found.path} from {found.news.directory}/", f"{path}:{line or 1}", "it stays as it is"
        )
    elif not text:
        yield Finding("there is no changelog; it will be CHANGELOG.md")
    else:
        where = f"{found.path}:{found.style.line}" if found.style.line else found.path
        yield Finding(f"the changelog is {found.path}", where, f"its headings are {found.style.title_format}")
    for one in found.sections:
        count = sum(one.heading.line < entry.line < one.end for entry in found.entries)
        if count:
            many = "1 entry becomes a fragment" if count == 1 else f"{count} entries become fragments"
            yield Finding(f"{many}: no release has them", f"{found.path}:{one.heading.line}", one.heading.title)
    if found.scriv:
        what = f"scriv's {len(found.scriv.entries)} entries become fragments of towncrier, and its own are removed"
        yield Finding(what, found.scriv.tool.where, f"{len(found.scriv.fragments)} files")


def _news(table: dict[str, object], tree: Tree) -> News:
    from contd_release.project.package import metadata

    name = metadata.of(tree.text).name
    return towncrier.news(table, name.value if name and name.path == "pyproject.toml" else "")


def _files(tree: Tree) -> list[str]:
    """The files that are changelogs by their name, the most likely one first; those that include another come last."""
    found = []
    for path in tree.files:
        at = PurePosixPath(path)
        stem, folders = at.stem.lower() if at.suffix in _SUFFIXES else at.name.lower(), at.parts[:-1]
        if stem not in _STEMS or at.suffix not in _SUFFIXES or (folders and folders[0] not in ("docs", "doc")):
            continue
        text = tree.text(path) or ""
        if not folders or re.search(r"\d+\.\d+|unreleased", text, re.IGNORECASE):
            is_stub = re.search(r"^\.\. include::|^```\{include\}|--8<--", text, re.MULTILINE) is not None
            found.append(((is_stub, len(folders), _SUFFIXES.index(at.suffix), _STEMS.index(stem)), path))
    return [path for _, path in sorted(found)]


def _sections(text: str, written: Style, current: Version) -> Iterator[Open]:
    """The sections that name no release, and those of a version that is still to come and has no date yet."""
    has_dates = "{project_date}" in written.title_format
    opened = {one.line for one in headings.open_headings(text)}
    for one in headings.headings(text):
        match = style.VERSION.search(re.sub(r"\(https?://[^)]*\)", "", one.title))
        is_next = (
            has_dates and match is not None and _is_later(match["version"], current) and not style.is_dated(one.title)
        )
        if one.line in opened or is_next:
            yield Open(one, headings.end_of(text, one), is_kept=match is None)


def _is_later(text: str, current: Version) -> bool:
    try:
        version = Version(text)
    except InvalidVersion:
        return False
    # A year or a port in a heading is no version that comes next.
    return version > current and version.major <= current.major + 1 and version.release[0] < 1000
