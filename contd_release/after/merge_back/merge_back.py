"""
main gets the release: the version that it continues from, and the changelog.

Forward where it can be moved forward, by a merge where it went on meanwhile, by a pull request where it is protected or
where only a person can decide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from contd_release.after.merge_back import development, merge
from contd_release.after.merge_back.merge import Merge
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand, NeedsPerson, NotReady, Unsettled
from contd_release.process.action import Running
from contd_release.project.release import MERGES, Release
from contd_release.records.commit import release_commit
from contd_release.tools import git

if TYPE_CHECKING:
    from contd_release.tools.github.issues import Pull

_ATTEMPTS: Final = 5


def branch(release: Release) -> str:
    """The branch from which a pull request brings the release to main."""
    return f"{MERGES}{release.tag}"


def commit(release: Release) -> str | None:
    """The release commit, made here or tagged by someone else; nothing before it is made."""
    if ours := release_commit(release):
        return ours
    root = release.project.root
    tagged = git.commit(root, f"refs/tags/{release.tag}")
    # A tag of this name on anything else is not the release, and a conflict that the tag's own step tells.
    return tagged if tagged and release.base in git.described(root, tagged).parents else None


def merged(release: Release) -> Step:
    """The remote's main branch has the release commit, or a pull request brings it."""
    root, settings = release.project.root, release.project.settings
    upstream = f"{settings.remote}/{settings.main}"

    def observe() -> Found:
        tip, ours = git.remote(root, settings.remote).branch(settings.main), commit(release)
        if ours is None or tip is None:
            return Found(State.ABSENT, "there is no release commit yet" if ours is None else f"{upstream} is not there")
        if has(release, tip, ours) and development.is_announced(release, tip):
            return Found(State.DONE, f"{upstream} is at {tip[:12]}")
        if pull := pull_of(release):
            return Found(State.DONE, _brings(pull))
        if has(release, tip, ours):
            return Found(State.PARTIAL, f"{upstream} is at {tip[:12]}, and says {release.version}")
        return Found(State.ABSENT, f"{upstream} is at {tip[:12]}, without the release commit")

    also = f" and says {release.following}" if release.following else ""
    return Step(
        f"{settings.main} has the release commit{also}, or a pull request for it",
        observe,
        act=(MergedBack(release),),
        # A pull request that people merge brings the commit to main before the line, where nothing is public yet.
        undo=() if release.by_pull and release.start == settings.main else None,
    )


@dataclass(frozen=True)
class MergedBack:
    """The act: move main forward, merge, or ask for it; anew where someone else was faster."""

    release: Release

    def __str__(self) -> str:
        settings = self.release.project.settings
        return (
            f"merge {self.release.tag} into {settings.main} and push it, or open a pull request where that is refused"
        )

    def run(self, running: Running) -> None:
        """
        Merge and push.

        Raises:
            NeedsPerson: only a person can merge, and there is nowhere to open a pull request.
            NotReady: there is no release commit.
            Unsettled: someone else was faster, five times.
        """
        for _ in range(_ATTEMPTS):
            if self._is_settled(running):
                return
        main = self.release.project.settings.main
        raise Unsettled(f"{main} moved {_ATTEMPTS} times while we tried", "a quiet moment", "invoke release")

    def _is_settled(self, running: Running) -> bool:
        """Whether one try was enough; otherwise main has moved meanwhile."""
        root, settings = self.release.project.root, self.release.project.settings
        ours, tip = commit(self.release), git.remote(root, settings.remote).branch(settings.main)
        if ours is None or tip is None:
            raise NotReady(
                f"{self.release} has no commit to merge", expected="a release commit", type_next="invoke release"
            )
        is_there = has(self.release, tip, ours)
        if is_there and development.is_announced(self.release, tip):
            return True
        found = Merge(tip) if is_there else merge.merged(self.release, tip, ours, running)
        found = replace(found, commit=development.announced(self.release, found.commit, running))
        if found.problems:
            self._ask(found, running)
            return True
        try:
            git.push(root, settings.remote, f"{found.commit}:refs/heads/{settings.main}").run(running)
        except FailedCommand:
            if git.remote(root, settings.remote).branch(settings.main) != tip:
                return False
            self._ask(found, running)
        return True

    def _ask(self, found: Merge, running: Running) -> None:
        """Push the merge to a branch of its own, and open a pull request."""
        release, settings = self.release, self.release.project.settings
        name, why = branch(release), "\n".join(f"- {one}" for one in found.problems)
        if git.remote(release.project.root, settings.remote).branch(name) is None:
            git.push(release.project.root, settings.remote, f"{found.commit}:refs/heads/{name}").run(running)
        if settings.github is None or not settings.github.repository:
            reason = "; ".join(found.problems) or "it is protected"
            raise NeedsPerson(
                f"{settings.main} cannot take {release.tag} by itself: {reason}",
                expected=f"a person who merges {name}",
                type_next=f"git switch {settings.main}; git merge {settings.remote}/{name}; "
                f"git push {settings.remote} {settings.main}; invoke release",
            )
        from contd_release.tools.github import api, issues

        if pull_of(release):
            return
        body = f"{release.headline} is out. This brings its version, its changelog and its changes to {settings.main}."
        if why:
            body += f"\n\nA person has to decide, and keep the version and the changelog as they are here:\n\n{why}"
        opened = issues.open_pull(
            api.connected(release.project), f"Merge {release.tag} into {settings.main}", name, settings.main, body
        )
        running.tell(f"{settings.main} cannot take {release.tag} by itself; {opened.url} asks for it")


def has(release: Release, tip: str, ours: str) -> bool:
    """Whether main has the release commit."""
    root, settings = release.project.root, release.project.settings
    if tip in (ours, release.base):
        return tip == ours
    if git.git(root, "cat-file", "-e", tip).ask().code:
        git.bring(root, settings.remote, f"refs/heads/{settings.main}")
    return git.is_ancestor(root, ours, tip)


def pull_of(release: Release) -> Pull | None:
    """
    The pull request that brings the release.

    A hotfix waits for it, and so does not open another one where a person has closed it; any other release does.
    """
    settings = release.project.settings
    if settings.github is None or not settings.github.repository:
        return None
    from contd_release.tools.github import api, issues

    found = issues.pulls(api.connected(release.project), branch(release), settings.main, closed=True)
    wanted = next((one for one in found if one.is_open or one.is_merged), None)
    return next(iter(found), None) if wanted is None and release.hotfix else wanted


def _brings(pull: Pull) -> str:
    if pull.is_merged or pull.is_open:
        return f"{pull.url} {'has brought' if pull.is_merged else 'brings'} it, when it is merged"
    return f"{pull.url} was closed without being merged"
