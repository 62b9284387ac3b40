"""The release that is watched: its version, and when it became public, from any machine."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from packaging.version import Version

from contd_release.errors import NotReady, Unanswered
from contd_release.project.project import Project
from contd_release.project.release import folder
from contd_release.project.rules import seconds
from contd_release.project.settings import Monitor
from contd_release.project.version import parse
from contd_release.records import journal, samples
from contd_release.schedule import history
from contd_release.tools import prometheus
from contd_release.tools.github import api, releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.prometheus import Prometheus


@dataclass(frozen=True)
class WatchedRelease:
    """
    A release under watch.

    Args:
        since: when it became public.
        release: its id on GitHub; None if GitHub has no public release of it.
    """

    project: Project
    version: Version
    since: datetime
    release: int | None = None

    def __str__(self) -> str:
        return f"{self.project.name} {self.version}"

    @property
    def settings(self) -> Monitor:
        """What is watched; without a table of its own, the issues are."""
        return self.project.settings.monitor or Monitor()

    @property
    def until(self) -> datetime:
        """The end of its window."""
        return self.since + timedelta(seconds=seconds(self.settings.window))

    @property
    def repository(self) -> GitHubRepository | None:
        """The GitHub repository that its users write to."""
        return repository(self.project)

    @property
    def metrics(self) -> Prometheus | None:
        """The server that knows the error rate."""
        return prometheus.connected(self.settings.prometheus) if self.settings.prometheus else None

    @property
    def samples(self) -> Path:
        """The file that keeps what was seen."""
        return self.project.state / folder(self.version) / samples.FILE

    def now(self) -> datetime:
        """
        The time by the clock of the servers: their dates are compared, so this machine's clock may be wrong.
        """
        for ask in (self._of_metrics, self._of_forge):
            with suppress(Unanswered):
                if moment := ask():
                    return moment
        return datetime.now(UTC)

    def _of_metrics(self) -> datetime | None:
        return datetime.fromtimestamp(prometheus.clock(self.metrics), UTC) if self.metrics else None

    def _of_forge(self) -> datetime | None:
        return api.clock(self.repository) if self.repository else None


class NothingOut(NotReady):
    """There is no release to watch yet."""


def repository(project: Project) -> GitHubRepository | None:
    """The project's repository on GitHub, where it has one."""
    settings = project.settings.github
    return api.connected(project) if settings and settings.repository else None


def watched(project: Project, version: str = "") -> WatchedRelease:
    """
    The release that is named, or the one in progress here, or the latest on GitHub, or the highest tag of this clone.

    Raises:
        NotReady: it is not out, or there is nothing to ask about it.
        Unanswered: GitHub does not say which one is the latest, and no version was named.
    """
    if not (repository(project) or (project.settings.monitor and project.settings.monitor.prometheus)):
        raise NotReady(
            f"there is nothing to watch {project.name} with",
            expected="a GitHub repository, or prometheus and error-rate in [tool.contd-release.monitor]",
            type_next="$EDITOR pyproject.toml",
        )
    begun = journal.of(project).under_way()
    named = project.tags.asked(version) if version else parse(begun.version) if begun else _newest(project)
    return _of_forge(project, named) or _of_tag(project, named)


def _newest(project: Project) -> Version:
    forge = repository(project)
    # Where a repository has several packages, the latest may be one of another package.
    if forge and (latest := releases.latest(forge)) and (found := project.tags.versions((latest.tag,))):
        return next(iter(found))
    tags = [one.version for one in history.shipped(project)]
    if not tags:
        raise NothingOut(
            f"no release of {project.name} is out", expected="a version", type_next="invoke monitor --version 1.2.0"
        )
    return max((one for one in tags if not one.is_prerelease), default=max(tags))


def _of_forge(project: Project, version: Version) -> WatchedRelease | None:
    forge = repository(project)
    try:
        found = releases.release_of_tag(forge, project.tags.of(version)) if forge else None
    except Unanswered:
        return None
    if found is None or not found.published:
        return None
    return WatchedRelease(project, version, datetime.fromisoformat(found.published), found.id)


def _of_tag(project: Project, version: Version) -> WatchedRelease:
    """Since when, by the date of the tag: where GitHub has no release of it, or does not answer."""
    tag = next((one for one in history.shipped(project) if one.version == version), None)
    if tag is None:
        raise NotReady(
            f"{project.name} {version} is not out: GitHub shows no release of it, "
            f"and this clone has no tag {project.tags.of(version)}",
            expected="a version that is out",
            type_next="git fetch --tags",
        )
    return WatchedRelease(project, version, tag.at.astimezone(UTC))
