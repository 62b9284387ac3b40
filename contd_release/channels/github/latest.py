"""The one release of a repository that GitHub marks as the latest: one of the leading package, where it has several."""

from __future__ import annotations

from typing import Literal

from contd_release.engine.step import Found, State
from contd_release.project.latest import Leading
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.version import moving_tags
from contd_release.tools import git
from contd_release.tools.github import releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.releases import ReleaseInfo


def is_marked(public: ReleaseInfo, repository: GitHubRepository) -> bool:
    """Whether GitHub shows this release as the latest."""
    latest = releases.latest(repository)
    return latest is not None and latest.id == public.id


def judged(release: Release, repository: GitHubRepository, public: ReleaseInfo) -> Found:
    """Whether the mark is where it should be, as far as this release can say."""
    is_latest = is_marked(public, repository)
    if release.project.is_leading and is_latest != should_be(release, repository):
        return Found(State.PARTIAL, f"{public.url} is{'' if is_latest else ' not'} the latest")
    if is_latest and (other := of_leading(release.project, repository)):
        return Found(State.PARTIAL, f"{public.url} is the latest, not {other.tag}")
    return Found(State.DONE, f"{public.url}{', the latest' * is_latest}")


def publish(release: Release, repository: GitHubRepository, found: ReleaseInfo) -> None:
    """Make a draft public, or set the marks of a release that is; the leading package gets the mark that is its own."""
    mark: Literal["true", "false"] = "true" if should_be(release, repository) else "false"
    public = releases.publish(repository, found.id, prerelease=release.version.is_prerelease, make_latest=mark)
    other = of_leading(release.project, repository)
    if other and is_marked(public, repository):
        releases.publish(repository, other.id, prerelease=False, make_latest="true")


def should_be(release: Release, repository: GitHubRepository) -> bool:
    """Whether no public final release of the leading package is higher that was not withdrawn."""
    project = release.project
    withdrawn = git.remote(project.root, project.settings.remote).withdrawn(project.withdrawal)
    others = []
    for one in releases.releases(repository):
        version = project.tags.version(one.tag)
        if version and not (one.is_draft or one.is_prerelease or one.tag == release.tag or version in withdrawn):
            others.append(version)
    return project.is_leading and release.version not in withdrawn and "latest" in moving_tags(release.version, others)


def of_leading(project: Project, repository: GitHubRepository) -> ReleaseInfo | None:
    """The release of another package, the leading one, that is to be the latest; None if it has none that is good."""
    return None if project.is_leading or project.leading is None else _best(project, project.leading, repository)


def _best(project: Project, leading: Leading, repository: GitHubRepository) -> ReleaseInfo | None:
    """The highest public final release of a package that was not withdrawn."""
    withdrawn = git.remote(project.root, project.settings.remote).withdrawn(leading.withdrawal)
    found = {}
    for one in releases.releases(repository):
        version = leading.tags.version(one.tag)
        if version and not (one.is_draft or one.is_prerelease or version in withdrawn):
            found[version] = one
    return found[max(found)] if found else None
