"""
The code of an earlier version, brought back on top of a later one.

Everything becomes as it was, but what a release itself writes: the version files state the later version, the changelog
and the notes stay, and a fragment tells what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from packaging.version import Version

from contd_release.after.merge_back.merge import RESTORES
from contd_release.channels.chart import version as chart_version
from contd_release.channels.withdrawal import sentence
from contd_release.errors import NotReady
from contd_release.process.action import Running
from contd_release.project.project import Project
from contd_release.tools import bumpversion, git


@dataclass(frozen=True)
class Restoration:
    """
    The code of `to`, on top of `of`.

    Args:
        reason: why `of` was withdrawn.
    """

    project: Project
    of: Version
    to: Version
    reason: str

    @property
    def fragment(self) -> str:
        """The path of the fragment about it."""
        news = self.project.news
        return f"{news.directory}/+{self.of}-withdrawn.{news.type_for('bugfix')}{news.suffix}"

    def make(self, where: Path, running: Running) -> str:
        """
        Commit it in a worktree that is at the tag of `of`.

        Raises:
            NotReady: a tag is not here.
        """
        later, earlier = (f"refs/tags/{self.project.tags.of(one)}" for one in (self.of, self.to))
        if git.commit(where, earlier) is None:
            raise NotReady(
                f"{self.project.tags.of(self.to)} is not here", expected="its tag", type_next="git fetch --tags"
            )
        kept = self._kept(where, later, earlier)
        if self.project.folder:
            # What changed in the other packages of the repository stays.
            for path in self.project.paths:
                _restore(where, path, earlier, running)
        else:
            git.git(where, "read-tree", "--reset", "-u", earlier).run(running)
        for path in (self.project.news.directory, self.project.news.notes, self.project.news.changelog):
            _restore(where, path, later, running)
        for path, text in kept.items():
            (where / path).write_text(text, encoding="utf-8", newline="")
        fragment = where / self.fragment
        fragment.parent.mkdir(parents=True, exist_ok=True)
        fragment.write_text(
            f"The code of {self.to} again: {self.of} is withdrawn. {sentence(self.reason)}\n", encoding="utf-8"
        )
        message = f"Restore the code of {self.to}\n\n{self.of} is withdrawn: {self.reason}\n\n{RESTORES}{self.to}"
        git.git(where, "add", "--all").run(running)
        commit = git.git(where, "commit", "--quiet", "--no-verify", "--file=-", env=self._dates(where, later))
        replace(commit, stdin=message).run(running)
        found = git.commit(where)
        assert found is not None
        return found

    def _kept(self, where: Path, later: str, earlier: str) -> Mapping[str, str]:
        """The version files of the earlier version, stating the later one."""
        folder = self.project.folder
        if not bumpversion.is_configured(partial(git.text, where, earlier), folder):
            return {}
        configuration = bumpversion.configuration(partial(git.text, where, earlier), folder)
        texts = {path: git.text(where, earlier, path) for path in configuration.paths}
        current = bumpversion.configuration(partial(git.text, where, later), folder).current
        kept = {path: configuration.stating(path, text, current) for path, text in texts.items() if text is not None}
        return kept | self._chart(where, later, earlier, kept)

    def _chart(self, where: Path, later: str, earlier: str, kept: Mapping[str, str]) -> dict[str, str]:
        """The Chart.yaml of the earlier version, stating the later version of a chart that counts itself."""
        chart = self.project.settings.chart
        if chart is None or not chart_version.is_own(self.project):
            return {}
        path = chart_version.path(chart)
        text, after = (git.text(where, commit, path) for commit in (earlier, later))
        if text is None or after is None:
            return {}
        return {path: chart_version.stating(kept.get(path, text), chart_version.said(after)[1])}

    def _dates(self, where: Path, later: str) -> dict[str, str]:
        stamp = f"{git.described(where, later).time} +0000"
        return {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}


def _restore(where: Path, path: str, commit: str, running: Running) -> None:
    """Have a file or a folder as a commit has it; remove it if the commit has none."""
    git.git(where, "rm", "-r", "--quiet", "--force", "--ignore-unmatch", "--", path).run(running)
    if git.git(where, "cat-file", "-e", f"{commit}:{path.rstrip('/')}").ask().code == 0:
        git.git(where, "checkout", commit, "--", path).run(running)
