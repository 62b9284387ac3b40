"""One version of one project. It computes every name and never globs, so the plan is complete before step one."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from packaging.version import Version

from contd_release.errors import Usage
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact, Sealed
from contd_release.project.package.wheel_tag import PYTHON_3
from contd_release.project.project import Project
from contd_release.project.version import Part, development, next_version, pre, semver

# The branches of the pull requests that bring release commits.
REQUESTS: Final = "release-request/"
# The branches of the pull requests that bring what was released to main.
MERGES: Final = "merge-back/"


def folder(version: Version | str) -> str:
    """The name of the folders of a version: of its logs and artifacts, and of its checkouts."""
    return f"v{version}"


@dataclass(frozen=True)
class Release:
    """
    A release under way, or one that is planned.

    Args:
        previous: the version the files say at `base`.
        base: the commit it starts from.
        epoch: seconds since 1970 that date the commit, the tag and everything built.
        because: why a smaller part than the changes ask for is right.
        without_ci: why it is right to release although the checks of `base` are not green.
        hotfix: whether it starts from a branch `hotfix/v1.2.1` instead of main.
        commit: that of its tag, where it is known by its tag; empty while the commit is still to be made.
        by_pull: whether a pull request brings the release commit to the branch that it starts from.
        checkouts: the folder that holds its checkouts where it began; None for the project's own cache.
    """

    project: Project
    version: Version
    previous: Version
    base: str
    epoch: int
    because: str = ""
    without_ci: str = ""
    hotfix: bool = False
    commit: str = ""
    by_pull: bool = False
    checkouts: Path | None = None

    def __str__(self) -> str:
        return f"{self.project.name} {self.version}"

    @property
    def part(self) -> Part:
        """The part of the version that this release, or the series of pre-releases it belongs to, raises."""
        _, minor, patch = self.version.release
        return "patch" if patch else "minor" if minor else "major"

    @property
    def tag(self) -> str:
        """`v1.2.0`, or what the tags of the project are called."""
        return self.project.tags.of(self.version)

    @property
    def folder(self) -> str:
        """The name of its folders on this machine, whatever its tag is."""
        return folder(self.version)

    @property
    def following(self) -> Version | None:
        """The version that main announces once it is out, `1.2.1.dev0`; None if main keeps saying this one."""
        parts: dict[str, Part] = {"patch-dev": "patch", "minor-dev": "minor"}
        part = parts.get(self.project.settings.after_release)
        return development(self.version, part) if part and not self.version.is_prerelease else None

    @property
    def semver(self) -> str:
        """The spelling for image tags and charts."""
        return semver(self.version)

    @property
    def has_branch(self) -> bool:
        """Whether it gets a release branch, or goes to the branch that it starts from."""
        return self.part in self.project.settings.release_branch and not self.hotfix

    @property
    def start(self) -> str:
        """The branch that it starts from: main, or a hotfix's own."""
        return f"hotfix/{self.tag}" if self.hotfix else self.project.settings.main

    @property
    def branch(self) -> str:
        """The branch that the release commit is pushed to."""
        return f"release/{self.tag}" if self.has_branch else self.start

    @property
    def request(self) -> str:
        """The branch of the pull request that brings the release commit, where one does."""
        return f"{REQUESTS}{self.tag}"

    @property
    def task(self) -> str:
        """What a person types to begin it, or to go on with it, with the version and the reasons that they gave."""
        because = f" --because {shlex.quote(self.because)}" if self.because else ""
        without_ci = f" --without-ci {shlex.quote(self.without_ci)}" if self.without_ci else ""
        if self.hotfix:
            return f"invoke hotfix.finish --version {self.version}{because}{without_ci}"
        return f"invoke release{self._words}{because}{without_ci}"

    @property
    def _words(self) -> str:
        """The options that make this version of the previous one."""
        kind = self.version.pre[0] if self.version.pre else ""
        series, part = f" --pre {kind}" if kind else "", None if self.previous.pre else self.part
        try:
            is_next = self.version == next_version(
                self.previous, part, pre(kind) if kind else None, final=not (part or kind)
            )
        except Usage:
            is_next = False
        if not is_next:
            return f" --version {self.version}"
        return f" --part {part}{series}" if part else series or " --final"

    @property
    def subject(self) -> str:
        """The first line of its commit; with the package's name, where the repository has several."""
        return f"Release {self}" if self.project.table else f"Release {self.version}"

    @property
    def headline(self) -> str:
        """What its tag says: `Release v1.2.0`, `Hotfix v1.2.1`."""
        return f"{'Hotfix' if self.hotfix else 'Release'} {self.tag}"

    @property
    def date(self) -> str:
        """The day of the release, ISO 8601, UTC."""
        return datetime.fromtimestamp(self.epoch, UTC).date().isoformat()

    @property
    def home(self) -> Path:
        """The folder that holds this release's logs and sealed artifacts."""
        return self.project.state / self.folder

    @property
    def dist(self) -> Path:
        """The folder of the built artifacts."""
        return self.home / "dist"

    @property
    def logs(self) -> Path:
        """The folder of the logs, one per step."""
        return self.home / "logs"

    @property
    def room(self) -> Path:
        """The folder in which its worktree and its other checkouts are."""
        return self.checkouts or self.project.cache

    @property
    def tree(self) -> Path:
        """The git worktree in which the release is prepared, outside the maintainer's own."""
        return self.room / self.folder

    @property
    def notes(self) -> str:
        """The path of this version's notes below the tree."""
        return f"{self.project.news.notes}/{self.version}.md"

    @property
    def sdist(self) -> str:
        """The file name of the sdist (PEP 625)."""
        return f"{self.project.file_name}-{self.version}.tar.gz"

    @property
    def wheels(self) -> tuple[str, ...]:
        """The file names of the wheels (PEP 427)."""
        pypi = self.project.settings.pypi
        tags = (pypi.wheels or (PYTHON_3,)) if pypi else ()
        return tuple(f"{self.project.file_name}-{self.version}-{one}.whl" for one in tags)

    def source(self, purpose: str) -> Path:
        """The clean checkout of the release commit in which one channel builds, so that builds can run side by side."""
        return self.room / f"{self.folder}-{purpose}"

    def sealed(self) -> Sealed | None:
        """What was built and sealed for this version on this machine; nothing before the build."""
        return artifacts.read(self.dist)

    def artifact(self, name: str) -> Artifact | None:
        """The sealed artifact with this file name."""
        sealed = self.sealed()
        return sealed.named(name) if sealed else None

    @property
    def computed_from(self) -> str:
        """The tag from which a tool computes the version of the package; empty if a file states the version."""
        return self.tag if self.project.package.tag else ""

    @cached_property
    def building(self) -> dict[str, str]:
        """The environment of builds: the time that dates what is built, and the version where a tool computes it."""
        return {"SOURCE_DATE_EPOCH": str(self.epoch)} | self.override

    @cached_property
    def override(self) -> dict[str, str]:
        """The environment in which a tool computes this version from the tag, where one computes it."""
        tool = self.project.package.tag
        return tool.override(self.project.name, str(self.version)) if tool else {}

    @cached_property
    def dates(self) -> dict[str, str]:
        """
        The environment that makes git and builds date everything by the release, so that equal input gives equal bytes.
        """
        stamp = f"{self.epoch} +0000"
        return {
            "GIT_AUTHOR_DATE": stamp,
            "GIT_COMMITTER_DATE": stamp,
            "SOURCE_DATE_EPOCH": str(self.epoch),
        }
