"""The release to withdraw, and the rows that a person reads before anything is done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from packaging.version import Version

from contd_release.project.release import Release
from contd_release.project.version import next_version
from contd_release.tools import git


@dataclass(frozen=True)
class Rollback:
    """
    One release that is taken back, as far as it can be.

    Args:
        reason: one line, for users.
        wishes: what was asked for beyond what is always done, such as "delete-tag".
        wait: for how many seconds a person is waited for.
    """

    release: Release
    reason: str
    wishes: frozenset[str] = frozenset()
    wait: float = 1800

    @property
    def version(self) -> Version:
        """The version that is withdrawn."""
        return self.release.version

    @cached_property
    def good(self) -> tuple[Version, ...]:
        """The final versions that are tagged on the remote and not withdrawn, lowest first; without this one."""
        there = git.remote(self.release.project.root, self.release.project.settings.remote)
        return good(
            self.release.project.tags.versions(there.tags),
            there.withdrawn(self.release.project.withdrawal) | {self.version},
        )

    @property
    def previous(self) -> Version | None:
        """The highest good version below this one: the code to go back to."""
        return max((one for one in self.good if one < self.version), default=None)

    @property
    def advised(self) -> Version | None:
        """
        The version that users are sent to: a later patch of the same line, else the one before, else the next above.
        """
        patches = [one for one in self.good if one > self.version and one.release[:2] == self.version.release[:2]]
        return max(patches, default=self.previous or min(self.good, default=None))

    @property
    def following(self) -> Version:
        """The patch that fixes it."""
        return next_version(Version(self.version.base_version), "patch")


@dataclass(frozen=True)
class Remaining:
    """
    What a rollback knows about one place, and intends to do there.

    Args:
        there: what is there.
        undone: what can be undone, and is going to be.
        cannot: what cannot be undone.
        instead: what to do about that; never empty if something cannot be undone.
    """

    place: str
    there: str
    undone: str = ""
    cannot: str = ""
    instead: str = ""

    def lines(self) -> Iterable[str]:
        """The row as it is printed."""
        yield self.place
        yield f"    is there: {self.there}"
        if self.undone:
            yield f"    will be done: {self.undone}"
        if self.cannot:
            yield f"    cannot be undone: {self.cannot}"
            yield f"    so: {self.instead}"


def good(tagged: Iterable[Version], bad: frozenset[Version]) -> tuple[Version, ...]:
    """The final versions of these that are not bad, lowest first."""
    return tuple(sorted(one for one in tagged if not one.is_prerelease and one not in bad))


def one_line(reason: str) -> str:
    """A reason as one line of plain text."""
    return re.sub(r"\s+", " ", "".join(one for one in reason if one.isprintable() or one.isspace())).strip()


def sentence(text: str) -> str:
    """A reason as one line that ends like a sentence."""
    words = re.sub(r"\s+", " ", text).strip()
    return words if words.endswith((".", "!", "?")) else f"{words}."
