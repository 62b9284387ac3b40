"""
The evidence for how big a release must be at least: fragments, the public API, commands and the chart's values.

Each place is compared with the last final release. What cannot be compared is said, and asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from textwrap import shorten
from typing import Final

from packaging.version import Version

from contd_release.engine import ask_once
from contd_release.errors import Unanswered
from contd_release.prepare import fragments, repository
from contd_release.prepare.fragments import Fragments
from contd_release.prepare.part import api, commands, values
from contd_release.prepare.part.change import Change, Since
from contd_release.project.news import meaning_of
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.version import PARTS, Part
from contd_release.tools import git
from contd_release.tools.griffe.griffe import Size

_SHOWN: Final = 12
_ORDER: Final[tuple[Size, ...]] = ("breaking", "feature", "fix")


@dataclass(frozen=True)
class Evidence:
    """
    What changed, and what was not compared.

    Args:
        previous: the version that the fragments are counted from.
        since: the release that the rest is compared with; None if no final release is tagged below this one.
    """

    fragments: Fragments
    described: tuple[Change, ...]
    compared: tuple[Change, ...]
    missing: tuple[str, ...]
    previous: Version
    since: Since | None

    def least(self) -> Part:
        """The part that all of it asks for at least."""
        asked = [self.fragments.least_part(self.previous)]
        asked += [fragments.needed(one.size, self.since.version) for one in self.compared if self.since]
        return min(asked, key=PARTS.index)

    def unmet(self, release: Release) -> Part | None:
        """The part that is asked for, where the release is smaller; None if it is big enough."""
        asked = self.fragments.least_part(self.previous)
        found = [asked] if fragments.is_smaller(release.part, asked) else []
        if self.since:
            raised = raised_part(self.since.version, release.version)
            asks = (fragments.needed(one.size, self.since.version) for one in self.compared)
            found += [ask for ask in asks if fragments.is_smaller(raised, ask)]
        return min(found, key=PARTS.index, default=None)

    def lines(self, count: int = _SHOWN) -> tuple[str, ...]:
        """The changes, the biggest first, and what was not compared."""
        changes = sorted((*self.compared, *self.described), key=lambda one: _ORDER.index(one.size))
        more = len(changes) - count
        left = [f"and {more} more"] if more > 0 else []
        return (*map(str, changes[:count]), *left, *self.missing)


def raised_part(older: Version, newer: Version) -> Part:
    """The biggest part in which two versions differ."""
    if newer.major != older.major:
        return "major"
    return "minor" if newer.minor != older.minor else "patch"


def of(release: Release) -> Evidence:
    """The evidence for a release."""
    since = last_final(release.project, release.version)
    return collected(release.project, release.base, release.previous, since)


def at(project: Project, base: str, current: Version) -> Evidence:
    """The evidence for the release that would begin at a commit, whose version files say `current`."""
    return collected(project, base, current, last_final(project, None))


def collected(project: Project, base: str, current: Version, since: Since | None) -> Evidence:
    """Everything that changed between the last release and a commit; collected once in one look at the world."""
    question = ("evidence", project.root, base, since.commit if since else "")
    return ask_once.once(question, partial(_collected, project, base, current, since))


def last_final(project: Project, below: Version | None) -> Since | None:
    """The highest final release on the remote that is not withdrawn, and below a version where one is given."""
    there = git.remote(project.root, project.settings.remote)
    known = repository.releases(project, there)
    finals = [one for one in known if not one.is_prerelease and (below is None or one < below)]
    if not finals:
        return None
    version = max(finals)
    tag = there.tag(known[version])
    assert tag is not None
    return Since(version, known[version], tag.commit)


def _collected(project: Project, base: str, current: Version, since: Since | None) -> Evidence:
    found = fragments.at(project, base)
    described = tuple(_described(project, base, found))
    if since is None:
        return Evidence(found, described, (), (), current, None)
    if git.commit(project.root, since.commit) is None:
        remote = project.settings.remote
        absent = f"not compared with {since.tag}, which is not in this clone   (git fetch --tags {remote})"
        return Evidence(found, described, (), (absent,), current, since)
    compared, missing = _compared(project, base, since)
    return Evidence(found, described, compared, missing, current, since)


def _described(project: Project, base: str, found: Fragments) -> Iterator[Change]:
    """The fragments that ask for more than a patch, each with its first line."""
    paths = {one.name: f"{project.news.directory}/{one.name}" for one in found.fragments}
    git.read_ahead(project.root, base, *paths.values())
    for one in found.fragments:
        meaning = meaning_of(one.type)
        if meaning in ("breaking", "feature"):
            size: Size = "breaking" if meaning == "breaking" else "feature"
            text = git.text(project.root, base, paths[one.name]) or ""
            yield Change(size, f"{paths[one.name]}:1", shorten(text, 72, placeholder=" …"))


def _compared(project: Project, base: str, since: Since) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """What the API, the commands and the chart say, and what of them could not be compared."""
    changes: list[Change] = []
    missing: list[str] = []
    for compare in (api.compared, commands.compared, values.compared):
        try:
            for one in compare(project, base, since):
                if isinstance(one, Change):
                    changes.append(one)
                else:
                    missing.append(one)
        except Unanswered as error:
            missing.append(f"not compared: {error.what_is}")
    return tuple(dict.fromkeys(changes)), tuple(missing)
