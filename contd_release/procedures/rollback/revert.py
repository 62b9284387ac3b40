"""main goes back to the code of an earlier version: one commit that takes the changes of the withdrawn release out."""

from __future__ import annotations

from dataclasses import dataclass

from contd_release.after.merge_back.merge import RESTORES
from contd_release.channels.withdrawal import Rollback
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand, NeedsPerson, NotReady, Unsettled
from contd_release.procedures.rollback.restoration import Restoration
from contd_release.process.action import Running
from contd_release.tools import git
from contd_release.tools.github import api, issues
from contd_release.tools.github.issues import Pull


def branch(rollback: Rollback) -> str:
    """The branch from which a pull request reverts main."""
    return f"revert/{rollback.release.tag}"


def reverted(rollback: Rollback) -> Step:
    """main has the code of the version before, or a pull request brings it back."""
    root, settings = rollback.release.project.root, rollback.release.project.settings
    upstream = f"{settings.remote}/{settings.main}"

    def observe() -> Found:
        tip = git.remote(root, settings.remote).branch(settings.main)
        if tip is None:
            return Found(State.CONFLICT, f"{upstream} is not there")
        git.bring(root, settings.remote, f"refs/heads/{settings.main}")
        tag = f"refs/tags/{rollback.release.tag}"
        if git.commit(root, tag) is None or not git.is_ancestor(root, tag, tip):
            return Found(State.DONE, f"{upstream} never had {rollback.version}")
        words = (
            "rev-list",
            "--abbrev-commit",
            f"--grep=^{RESTORES}{rollback.previous}$",
            "--max-count=1",
            f"{tag}..{tip}",
        )
        if found := git.git(root, *words).ask().out.strip():
            return Found(State.DONE, f"{found} on {upstream}")
        if pull := _pull(rollback):
            return Found(
                State.DONE, f"{pull.url} {'has brought' if pull.is_merged else 'brings'} it, when it is merged"
            )
        return Found(State.ABSENT, f"{upstream} has the code of {rollback.version}")

    return Step(
        f"{settings.main} has the code of {rollback.previous} again, or a pull request for it",
        observe,
        act=(Reverted(rollback),),
    )


@dataclass(frozen=True)
class Reverted:
    """The act: one commit on main, or a pull request where main is protected."""

    rollback: Rollback

    def __str__(self) -> str:
        settings = self.rollback.release.project.settings
        return (
            f"restore the code of {self.rollback.previous} in one commit on {settings.main}, "
            f"or in a pull request where that is refused"
        )

    def run(self, running: Running) -> None:
        """
        Commit and push.

        Raises:
            NeedsPerson: what came after the release touches the same lines, or main is protected and there is nowhere
                to open a pull request.
        """
        release, settings = self.rollback.release, self.rollback.release.project.settings
        for _ in range(5):
            tip = git.remote(release.project.root, settings.remote).branch(settings.main)
            if tip is None:
                raise NotReady(
                    f"{settings.remote} has no {settings.main}",
                    expected="the branch to revert on",
                    type_next=f"git push {settings.remote} {settings.main}",
                )
            git.bring(release.project.root, settings.remote, f"refs/heads/{settings.main}")
            commit = self._made(tip, running)
            try:
                git.push(release.project.root, settings.remote, f"{commit}:refs/heads/{settings.main}").run(running)
            except FailedCommand:
                if git.remote(release.project.root, settings.remote).branch(settings.main) != tip:
                    continue
                self._ask(commit, running)
            return
        raise Unsettled(f"{settings.main} moved five times while we tried", "a quiet moment", "invoke rollback")

    def _made(self, tip: str, running: Running) -> str:
        """The reverting commit on top of main."""
        release, previous = self.rollback.release, self.rollback.previous
        assert previous is not None
        root, where = release.project.root, release.source("revert")
        for action in git.add_worktree(root, where, f"refs/tags/{release.tag}^{{commit}}"):
            action.run(running)
        restoring = Restoration(release.project, release.version, previous, self.rollback.reason).make(where, running)
        git.git(where, "checkout", "--quiet", "--detach", tip).run(running)
        dates = {"GIT_COMMITTER_DATE": f"{git.described(where, restoring).time} +0000"}
        answer = git.git(where, "cherry-pick", "--allow-empty", restoring, env=dates).ask()
        if answer.code:
            paths = git.git(where, "diff", "--name-only", "--diff-filter=U").ask().out.split()
            main = release.project.settings.main
            raise NeedsPerson(
                f"{main} has changed since {release.version} in {', '.join(paths) or 'the same places'}",
                expected="a person who decides what stays",
                type_next=f"git switch {main}; git cherry-pick {restoring[:12]}   "
                f"(mend and push it, then invoke rollback)",
            )
        commit = git.commit(where)
        assert commit is not None
        git.remove_worktree(root, where).run(running)
        return commit

    def _ask(self, commit: str, running: Running) -> None:
        release, settings = self.rollback.release, self.rollback.release.project.settings
        name = branch(self.rollback)
        if git.remote(release.project.root, settings.remote).branch(name) is None:
            git.push(release.project.root, settings.remote, f"{commit}:refs/heads/{name}").run(running)
        if settings.github is None or not settings.github.repository:
            merge = f"git switch {settings.main}; git merge {settings.remote}/{name}"
            raise NeedsPerson(
                f"{settings.main} is protected",
                expected=f"a person who merges {name}",
                type_next=f"git fetch {settings.remote}; {merge}; git push {settings.remote} {settings.main}   "
                f"(then invoke rollback)",
            )
        title = f"Restore the code of {self.rollback.previous}"
        body = f"{release.version} is withdrawn: {self.rollback.reason}"
        opened = issues.open_pull(api.connected(release.project), title, name, settings.main, body)
        running.tell(f"{settings.main} cannot be pushed to; {opened.url} asks for the revert")


def _pull(rollback: Rollback) -> Pull | None:
    settings = rollback.release.project.settings
    if settings.github is None or not settings.github.repository:
        return None
    found = issues.pulls(api.connected(rollback.release.project), branch(rollback), settings.main, closed=True)
    return next((one for one in found if one.is_open or one.is_merged), None)
