"""A release whose commit goes to main by a pull request, in a clone whose remote is the sandbox's GitHub."""

from __future__ import annotations

from pathlib import Path

from github_server import NAME, Github
from packaging.version import Version

from contd_release.process.action import Running
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Github as GithubSettings
from contd_release.project.settings import Settings
from contd_release.records import journal
from contd_release.records.entries import Begun, Committed
from contd_release.tools import git

EPOCH = 1_700_000_000


def project_of(github: Github, folder: Path, settings: GithubSettings) -> Project:
    """The project in the clone."""
    return Project(github.clone, folder / "state", "contd", Settings(github=settings, proof=("make test",)), News())


def settings_of(github: Github, pull_request: str = "auto", approvals: int = 0) -> GithubSettings:
    """The settings of the sandbox's GitHub."""
    return GithubSettings(
        NAME,
        github.world.api_url,
        github.world.uploads_url,
        pull_request=pull_request,  # type: ignore[arg-type]
        approvals=approvals,
    )


def begun(github: Github, folder: Path, approvals: int = 0) -> Release:
    """1.2.0 under way by a pull request: its commit is made in a worktree of its own, and nothing is pushed."""
    github.git("config", "user.name", "Ada")
    github.git("config", "user.email", "ada@example.com")
    project = project_of(github, folder, settings_of(github, approvals=approvals))
    release = Release(project, Version("1.2.0"), Version("1.1.0"), github.head, EPOCH, by_pull=True)
    for action in git.add_worktree(project.root, release.tree, release.base):
        action.run(Running(folder / "log"))
    (release.tree / "changelog.d").mkdir()
    (release.tree / release.notes).write_text("## 1.2.0\n\n- Everything is new, @everyone.\n", encoding="utf-8")
    for action in git.record(release.tree, "Release 1.2.0", release.dates):
        action.run(Running(folder / "log"))
    entries = journal.of(project)
    entries.append(Begun(version="1.2.0", previous="1.1.0", base=release.base, epoch=EPOCH, by_pull=True))
    entries.append(Committed(version="1.2.0", commit=git.head(release.tree) or ""))
    return release
