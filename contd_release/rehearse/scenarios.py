"""
Scenarios: several commands one after another in one rehearsal, and what a person does between them.

What comes next is found out from the clone and the world, so a scenario continues like what it rehearses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.errors import NotReady, Unanswered
from contd_release.records.entries import Ended, Entry, Verified, Withdrawing, Withdrawn
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox import remotes
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.pulls import rules
from contd_release.sandbox.github.records import Ruleset
from contd_release.sandbox.github.store import now
from contd_release.sandbox.world import World
from contd_release.tools import git

TWO_PACKAGES: Final = "two-packages"
REASON: Final = "It was rehearsed."
# The ruleset of a protected main, with the check that a rehearsal makes green.
_RULES: Final = 1
_REVIEWED: Final = {
    "required_approving_review_count": 1,
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_review_thread_resolution": False,
}
_CHECKED: Final = {"strict_required_status_checks_policy": True, "required_status_checks": [{"context": "ci"}]}
_PROTECTED: Final[tuple[dict[str, object], ...]] = (
    {"type": "pull_request", "parameters": _REVIEWED},
    {"type": "required_status_checks", "parameters": _CHECKED},
)


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
        if not rehearsal.clone.joinpath(_path(rehearsal, "mended")).exists():
            _pull(rehearsal)
        fix = _change(rehearsal, world, "mended", "bugfix")
        _change(rehearsal, world, "more", "feature")
        begun = _branch(rehearsal)
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
            _pull(rehearsal)
            rehearsal.be_green(world, _change(rehearsal, world, "broken", "bugfix"))
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
        _protect(rehearsal, world)
        return Once(self.words).following(rehearsal, world)


@dataclass(frozen=True)
class ProtectedHotfixScenario(HotfixScenario):
    """A hotfix that comes back to a main which takes pull requests only: it ends when a person has merged it."""

    name: str = "protected-hotfix"

    def following(self, rehearsal: Rehearsal, world: World) -> tuple[str, ...] | None:
        """What a hotfix does; once the first release is out and main has gone on, main is protected."""
        _github(rehearsal)
        command = super().following(rehearsal, world)
        if len(_ended(rehearsal)) == 1:
            _protect(rehearsal, world)
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
        _pull(rehearsal)
        if not _ended(second):
            rehearsal.be_green(world, git.commit(rehearsal.clone) or "")
            return _release(second, "--part", "auto")
        if len(_ended(first)) == 1:
            _change(first, world, "mended", "bugfix")
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


def _github(rehearsal: Rehearsal) -> None:
    """
    Refuse to rehearse a protected main without GitHub.

    Raises:
        NotReady: the project has no repository there.
    """
    settings = rehearsal.project.settings
    if not (settings.github and settings.github.repository):
        raise NotReady(
            f"{rehearsal.project.name} has no GitHub repository, whose {settings.main} could be protected",
            expected="a remote on github.com, or [tool.contd-release.github] repository",
            type_next="invoke rehearse",
        )


def _protect(rehearsal: Rehearsal, world: World) -> None:
    """Let the world's GitHub protect main: a pull request, a review, and a green check."""
    _github(rehearsal)
    place = world.part(Forge).place(rehearsal.pointers.repository)
    ruleset = Ruleset(id=_RULES, created_at=now(), name=rehearsal.project.settings.main, rules=_PROTECTED)
    place.shelf(Ruleset).put(ruleset)
    rules.guard(place)


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


def _pull(rehearsal: Rehearsal) -> None:
    """Pull main into the clone, as a person does."""
    main = rehearsal.project.settings.main
    _git(rehearsal.clone, "pull", "--quiet", "--ff-only", "--tags", "origin", main)


def _path(rehearsal: Rehearsal, name: str) -> str:
    """The path of the file that a change adds."""
    return f"{rehearsal.project.folder}rehearsed-{name}.txt"


def _change(rehearsal: Rehearsal, world: World, name: str, kind: str) -> str:
    """A commit on main with a change and its fragment, made and pushed once."""
    clone, path, title = rehearsal.clone, _path(rehearsal, name), f"Rehearse what is {name}"
    found = git.git(clone, "rev-list", f"--grep=^{title}$", "--max-count=1", "HEAD").ask().out.strip()
    if not found:
        news = rehearsal.project.news
        fragment = f"{news.directory}/+rehearsed-{name}.{news.type_for(kind)}{news.suffix}"
        for file, text in ((path, f"{name}\n"), (fragment, f"Something is {name}.\n")):
            (clone / file).parent.mkdir(parents=True, exist_ok=True)
            (clone / file).write_text(text, encoding="utf-8")
        _git(clone, "add", "--", path, fragment)
        date = f"{git.described(clone).time} +0000"
        env = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        _git(clone, "commit", "--quiet", "--no-verify", "-m", title, env=env)
        found = git.commit(clone) or ""
    _git(clone, "push", "--quiet", "origin", f"HEAD:refs/heads/{rehearsal.project.settings.main}")
    rehearsal.be_green(world, found)
    return found


def _branch(rehearsal: Rehearsal) -> str:
    """The commit of the hotfix branch, once a worktree is on it."""
    heads = {
        ref: commit for ref, commit in remotes.refs(rehearsal.remote).items() if ref.startswith("refs/heads/hotfix/")
    }
    listed = git.git(rehearsal.clone, "worktree", "list", "--porcelain").ask().out
    for block in listed.split("\n\n"):
        place = Path(block.partition("\n")[0].removeprefix("worktree "))
        for ref, commit in heads.items():
            if f"branch {ref}" in block.splitlines() and place.name.startswith(rehearsal.clone.name):
                return commit
    return ""


def _git(where: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
    answer = git.git(where, *words, env=env).ask()
    if answer.code:
        raise Unanswered(f"git {words[0]} ended with {answer.code}: {' '.join(answer.err.split())}")
