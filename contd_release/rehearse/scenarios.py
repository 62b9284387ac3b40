"""
Scenarios: several commands one after another in one rehearsal, and what a person does between them.

What comes next is found out from the clone and the world, so a scenario continues like what it rehearses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contd_release.errors import NotReady
from contd_release.records.entries import Ended, Entry, Verified, Withdrawing, Withdrawn
from contd_release.rehearse import maintainer
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox.world import World
from contd_release.tools import git

TWO_PACKAGES: Final = "two-packages"
REASON: Final = "It was rehearsed."


class Scenario(ABC):
    """What is rehearsed."""

    name: str = ""

    @abstractmethod
    def following(self, rehearsal: Rehearsal, world: World) -> tuple[str, ...] | None:
        """The command that comes next, once a person has done what comes before it; nothing at the end."""


@dataclass(frozen=True)
class Once(Scenario):
    """One release, begun with these options."""

    words: tuple[str, ...]

    def following(self, rehearsal: Rehearsal, world: World) -> tuple[str, ...] | None:
        """The release until it has ended."""
        if _ended(rehearsal):
            return None
        return rehearsal.release_command(*(() if rehearsal.entries.under_way() else self.words))


@dataclass(frozen=True)
class HotfixScenario(Scenario):
    """A release; main goes on, with a fix; the fix is picked onto a hotfix, and that is released and merged back."""

    words: tuple[str, ...]
    name: str = "hotfix"

    def following(self, rehearsal: Rehearsal, world: World) -> tuple[str, ...] | None:
        """Release, begin the hotfix, finish it."""
        ended = _ended(rehearsal)
        if rehearsal.entries.under_way() or not ended:
            return rehearsal.release_command(*(() if rehearsal.entries.under_way() else self.words))
        if len(ended) > 1:
            return None
        if not maintainer.has_changed(rehearsal, "mended"):
            maintainer.pull(rehearsal)
        fix = maintainer.change(rehearsal, world, "mended", "bugfix")
        maintainer.change(rehearsal, world, "more", "feature")
        begun = maintainer.hotfix_commit(rehearsal)
        if not begun:
            return rehearsal.command("hotfix.start", "--of", ended[0], "--pick", fix)
        rehearsal.be_green(world, begun)
        return rehearsal.command("hotfix.finish", "--yes")


@dataclass(frozen=True)
class RollbackScenario(Scenario):
    """Two releases; the second is withdrawn, its chart is marked, and main gets the code of the first again."""

    words: tuple[str, ...]
    name: str = "rollback"

    def following(self, rehearsal: Rehearsal, world: World) -> tuple[str, ...] | None:
        """Release, release again, roll back."""
        entries, ended = rehearsal.entries, _ended(rehearsal)
        if entries.under_way() or not ended:
            return rehearsal.release_command(*(() if entries.under_way() else self.words))
        if len(ended) == 1:
            maintainer.pull(rehearsal)
            rehearsal.be_green(world, maintainer.change(rehearsal, world, "broken", "bugfix"))
            return rehearsal.release_command("--part", "patch")
        if entries.last(Withdrawn):
            return None
        if entries.last(Withdrawing):
            return rehearsal.command("rollback")
        wishes = ("--revert", "--deprecate-chart") if rehearsal.project.settings.chart else ("--revert",)
        return rehearsal.command("rollback", "--version", ended[-1], "--reason", REASON, *wishes, "--yes")


@dataclass(frozen=True)
class ProtectedMainScenario(Scenario):
    """
    A release where main takes pull requests only, with a review and a green check.

    The merge is refused once; then a person merges it by squash while the release waits.
    """

    words: tuple[str, ...]
    name: str = "protected-main"

    def following(self, rehearsal: Rehearsal, world: World) -> tuple[str, ...] | None:
        """The release until it has ended."""
        maintainer.protect_main(rehearsal, world)
        return Once(self.words).following(rehearsal, world)


@dataclass(frozen=True)
class ProtectedHotfixScenario(HotfixScenario):
    """A hotfix that comes back to a main which takes pull requests only: it ends when a person has merged it."""

    name: str = "protected-hotfix"

    def following(self, rehearsal: Rehearsal, world: World) -> tuple[str, ...] | None:
        """What a hotfix does; once the first release is out and main has gone on, main is protected."""
        maintainer.require_github(rehearsal)
        command = super().following(rehearsal, world)
        if len(_ended(rehearsal)) == 1:
            maintainer.protect_main(rehearsal, world)
        return command


@dataclass(frozen=True)
class TwoPackagesScenario(Scenario):
    """Two packages of one repository are released, the first one twice; then both are verified."""

    words: tuple[str, ...]
    name: str = TWO_PACKAGES

    def following(self, rehearsal: Rehearsal, world: World) -> tuple[str, ...] | None:
        """Release one, the other, the first one again with a fix; verify both."""
        if len(rehearsal.packages) < 2:
            raise NotReady(
                f"{rehearsal.project.name} is the only package of its repository",
                expected="a table [tool.contd-release.packages.NAME] for each of several",
                type_next="invoke rehearse",
            )
        first, second = rehearsal.packages[:2]
        for one in (first, second):
            if one.entries.under_way():
                return _release(one)
        if not _ended(first):
            return _release(first, *self.words)
        maintainer.pull(rehearsal)
        if not _ended(second):
            rehearsal.be_green(world, git.commit(rehearsal.clone) or "")
            return _release(second, "--part", "auto")
        if len(_ended(first)) == 1:
            maintainer.change(first, world, "mended", "bugfix")
            return _release(first, "--part", "patch")
        for one in (first, second):
            if not _is_read_back(one):
                return rehearsal.command("verify", "--package", one.project.table, "--version", _ended(one)[-1])
        return None


def named(name: str, words: tuple[str, ...]) -> Scenario:
    """The scenario of this name, whose first release begins with these options."""
    known: Mapping[str, Scenario] = {
        "hotfix": HotfixScenario(words),
        "rollback": RollbackScenario(words),
        "protected-main": ProtectedMainScenario(words),
        "protected-hotfix": ProtectedHotfixScenario(words),
        TWO_PACKAGES: TwoPackagesScenario(words),
    }
    return known[name]


NAMES: Final = ("hotfix", "rollback", "protected-main", "protected-hotfix", TWO_PACKAGES)


def _release(rehearsal: Rehearsal, *words: str) -> tuple[str, ...]:
    return rehearsal.release_command("--package", rehearsal.project.table, *words)


def _is_read_back(rehearsal: Rehearsal) -> bool:
    """Whether the last release of a package was verified once more after its end."""
    after: list[Entry] = []
    for one in rehearsal.entries.entries(Entry):
        after = [] if isinstance(one, Ended) else [*after, one]
    return any(isinstance(one, Verified) for one in after)


def _ended(rehearsal: Rehearsal) -> list[str]:
    return [one.version for one in rehearsal.entries.entries(Ended) if one.how == "finished"]
