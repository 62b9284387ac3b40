"""
The branch of a hotfix: made of the tag and of whole cherry-picks, and pushed, before a person sees it.

Killed at any moment, nothing half made is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contd_release.engine.checklist import Checklist, Section
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NeedsPerson
from contd_release.procedures.hotfix.hotfix import PREFIX, Hotfix, worktree
from contd_release.process.action import Action, Running
from contd_release.project.release import folder
from contd_release.tools import git


def started(hotfix: Hotfix) -> Checklist:
    """The branch is there, with what was picked, and a person can work on it."""
    return Checklist((Section("hotfix", (known(hotfix), free(hotfix), pushed(hotfix), checked_out(hotfix))),))


def known(hotfix: Hotfix) -> Step:
    """This clone has the tag of the release, as the remote has it."""
    root, remote, tag = hotfix.project.root, hotfix.project.settings.remote, hotfix.tag

    def observe() -> Found:
        theirs, ours = git.remote(root, remote).tag(tag), git.tag(root, tag)
        if theirs is None:
            return Found(State.CONFLICT, f"{remote} has no {tag} any more", f"git ls-remote --tags {remote}")
        if ours is None:
            return Found(State.ABSENT, f"{tag} is not here")
        if ours.object != theirs.object:
            return Found(State.CONFLICT, f"{tag} here is not the one on {remote}", f"git show {tag}")
        return Found(State.DONE, f"{tag} is on {ours.commit[:12]}")

    return Step(f"{tag} is in this clone", observe, act=(git.fetch_tag(root, remote, tag),))


def free(hotfix: Hotfix) -> Step:
    """The next patch is not out: a fix goes to the newest patch of a release."""
    project, tag = hotfix.project, hotfix.project.tags.of(hotfix.version)

    def observe() -> Found:
        if git.remote(project.root, project.settings.remote).tag(tag) is None:
            return Found(State.DONE, f"{tag} is free")
        return Found(State.CONFLICT, f"{tag} is out already", f"invoke hotfix.start --of {hotfix.version}")

    return Step(f"{tag} is not released yet", observe)


def pushed(hotfix: Hotfix) -> Step:
    """The branch is on the remote: it starts from the release, and has every commit that was picked."""
    project, root, branch = hotfix.project, hotfix.project.root, hotfix.branch

    def observe() -> Found:
        tip = git.remote(root, project.settings.remote).branch(branch)
        if tip is None:
            return Found(State.ABSENT, f"{branch} is free")
        _bring(hotfix, tip)
        if not git.is_ancestor(root, f"refs/tags/{hotfix.tag}", tip):
            return Found(State.CONFLICT, f"{branch} is at {tip[:12]}, which does not come from {hotfix.tag}")
        if missing := _missing(hotfix, tip):
            return Found(State.PARTIAL, f"{branch} is at {tip[:12]}, without {', '.join(missing)}")
        return Found(State.DONE, f"{branch} is at {tip[:12]}")

    return Step(f"{branch} is on {project.settings.remote}", observe, act=(Branched(hotfix),), patience=5)


def checked_out(hotfix: Hotfix) -> Step:
    """A worktree is on the branch; the maintainer's own only on request."""
    tree, branch = hotfix.tree, hotfix.branch

    def observe() -> Found:
        there = git.branch(tree) if (tree / ".git").exists() else None
        if there == branch and worktree(hotfix.project.root, branch) == tree:
            return Found(State.DONE, f"{tree} is on {branch}")
        if hotfix.here and not git.is_clean(tree):
            return Found(
                State.CONFLICT, f"{tree} has changes that are not committed", "git stash   (or leave out --here)"
            )
        if not hotfix.here and tree.exists() and there != branch:
            return Found(State.CONFLICT, f"{tree} is there, and is not on {branch}", f"git worktree list; ls {tree}")
        return Found(State.ABSENT, f"{tree} is {'on ' + there if there else 'not there'}")

    return Step(f"{branch} can be worked on", observe, act=(CheckedOut(hotfix),))


@dataclass(frozen=True)
class Branched:
    """The act: the tag's commit, each pick on top of it, pushed together."""

    hotfix: Hotfix

    def __str__(self) -> str:
        picks = f" with {', '.join(one[:12] for one in self.hotfix.picks)}" if self.hotfix.picks else ""
        return f"branch {self.hotfix.branch} from {self.hotfix.tag}{picks}, and push it"

    def run(self, running: Running) -> None:
        """
        Pick in a checkout of ours, and push.

        Raises:
            NeedsPerson: a commit does not apply.
        """
        hotfix, project = self.hotfix, self.hotfix.project
        tip = git.remote(project.root, project.settings.remote).branch(hotfix.branch)
        where = project.cache / f"{PREFIX.rstrip('/')}-{folder(hotfix.version)}"
        for action in git.add_worktree(project.root, where, tip or f"refs/tags/{hotfix.tag}^{{commit}}"):
            action.run(running)
        if hotfix.restores and not tip:
            hotfix.restores.make(where, running)
        for commit in _unpicked(hotfix, "HEAD", where):
            self._pick(where, commit)
        git.push(where, project.settings.remote, f"HEAD:refs/heads/{hotfix.branch}").run(running)
        git.remove_worktree(project.root, where).run(running)

    def _pick(self, where: Path, commit: str) -> None:
        """Cherry-pick one commit, dated as it was, so that picking it again gives the same commit."""
        mainline = ("-m", "1") if len(git.described(where, commit).parents) > 1 else ()
        date = {"GIT_COMMITTER_DATE": f"{git.described(where, commit).time} +0000"}
        answer = git.git(where, "cherry-pick", "-x", *mainline, commit, env=date).ask()
        if answer.code:
            paths = git.git(where, "diff", "--name-only", "--diff-filter=U").ask().out.split()
            raise NeedsPerson(
                f"{commit[:12]} ({git.described(where, commit).subject}) does not apply to {self.hotfix.tag}: "
                f"{', '.join(paths) or ' '.join(answer.err.split())}",
                expected="a commit that applies, or a person who applies it",
                type_next=f"invoke hotfix.start --of {self.hotfix.of}   (without it), then in {self.hotfix.tree}: "
                f"git cherry-pick -x {commit[:12]}",
            )


@dataclass(frozen=True)
class CheckedOut:
    """The act: a worktree on the branch, which a person works in."""

    hotfix: Hotfix

    def __str__(self) -> str:
        return "; ".join(str(one) for one in self._commands())

    def run(self, running: Running) -> None:
        """Check out."""
        for command in self._commands():
            command.run(running)

    def _commands(self) -> Iterator[Action]:
        hotfix, root, branch = self.hotfix, self.hotfix.project.root, self.hotfix.branch
        remote = hotfix.project.settings.remote
        yield git.fetch(root, remote, f"refs/heads/{branch}:refs/remotes/{remote}/{branch}")
        is_here = git.commit(root, f"refs/heads/{branch}") is not None
        start = (branch,) if is_here else ("--track", "-b", branch, f"refs/remotes/{remote}/{branch}")
        if hotfix.here:
            yield git.git(root, "switch", *(("-c", branch, *start[:1], start[-1]) if not is_here else start))
            return
        # Checked out beside its place, and moved there whole: a killed checkout leaves nothing that looks complete.
        path, half = str(hotfix.tree), hotfix.tree.with_name(f".{hotfix.tree.name}.half")
        if hotfix.tree.exists():
            yield git.git(root, "worktree", "repair", path)
            return
        # A killed `git worktree add` leaves it locked, which pruning would keep.
        yield git.remove_worktree(root, half)
        yield git.git(root, "worktree", "prune")
        yield git.git(
            root, "worktree", "add", *((str(half), branch) if is_here else (*start[:3], str(half), start[-1]))
        )
        yield git.git(root, "worktree", "move", str(half), path)


def _bring(hotfix: Hotfix, tip: str) -> None:
    if git.git(hotfix.project.root, "cat-file", "-e", tip).ask().code:
        git.bring(hotfix.project.root, hotfix.project.settings.remote, f"refs/heads/{hotfix.branch}")


def _missing(hotfix: Hotfix, tip: str) -> list[str]:
    return [one[:12] for one in _unpicked(hotfix, tip, hotfix.project.root)]


def _unpicked(hotfix: Hotfix, tip: str, where: Path) -> list[str]:
    """The picks that the branch does not have: neither as a cherry-pick that names them nor as themselves."""
    since = f"refs/tags/{hotfix.tag}..{tip}"
    messages = git.git(where, "rev-list", "--format=%B", since).ask().out
    return [
        one
        for one in hotfix.picks
        if f"(cherry picked from commit {one})" not in messages and not git.is_ancestor(where, one, tip)
    ]
