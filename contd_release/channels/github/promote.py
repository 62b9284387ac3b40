"""The public release on GitHub: made of the complete draft, and marked as what it is."""

from __future__ import annotations

from typing import Literal

from contd_release.channels.github.draft import attached
from contd_release.channels.github.standing import PATIENCE, require_seal, standing
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.project.version import moving_tags
from contd_release.tools import git
from contd_release.tools.github import api, releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.http import may_pass


def promoted(release: Release) -> Step:
    """
    The release is public, marked as what it is; it is the latest only if no higher final version is out.

    Others have seen a public release, so there is no undo.
    """

    def observe() -> Found:
        repository = api.connected(release.project)
        found = standing(release, repository)
        if conflict := found.conflict():
            return conflict
        if found.public is None:
            return Found(State.ABSENT, "a draft" if found.ours else f"GitHub has nothing for {release.tag}")
        if found.public.is_prerelease != release.version.is_prerelease:
            return Found(State.PARTIAL, f"{found.public.url} is marked as the wrong kind of release")
        latest = releases.latest(repository)
        is_latest = latest is not None and latest.id == found.public.id
        # GitHub marks one release of a repository, and packages take turns.
        if not release.project.table and is_latest != _should_be_latest(release, repository):
            return Found(State.PARTIAL, f"{found.public.url} is{'' if is_latest else ' not'} the latest")
        return Found(State.DONE, f"{found.public.url}{', the latest' * is_latest}")

    def publish() -> None:
        repository = api.connected(release.project)
        found = standing(release, repository)
        if found.first is None:
            raise NotReady(f"GitHub has no draft for {release.tag}", expected="a draft", type_next="invoke release")
        if found.public is None:
            _require_tag_and_files(release, repository)
        latest: Literal["true", "false"] = "true" if _should_be_latest(release, repository) else "false"
        is_pre = release.version.is_prerelease
        releases.publish(repository, found.first.id, prerelease=is_pre, make_latest=latest)

    return Step(
        f"{release.tag} is public on GitHub",
        observe,
        act=(Call(f"publish the draft for {release.tag}", publish),),
        undo=None,
        patience=PATIENCE,
        retry=may_pass,
    )


def _should_be_latest(release: Release, repository: GitHubRepository) -> bool:
    """Whether no public final release is higher that was not withdrawn."""
    withdrawn = git.remote(release.project.root, release.project.settings.remote).withdrawn(release.project.withdrawal)
    others = []
    for one in releases.releases(repository):
        version = release.project.tags.version(one.tag)
        if version and not (one.is_draft or one.is_prerelease or one.tag == release.tag or version in withdrawn):
            others.append(version)
    return release.version not in withdrawn and "latest" in moving_tags(release.version, others)


def _require_tag_and_files(release: Release, repository: GitHubRepository) -> None:
    """Publish last: GitHub would make a tag that is not there, and never takes a file into an immutable release."""
    commit, ours = api.commit_of(repository, release.tag), require_seal(release).commit
    if commit != ours:
        where = f"on {commit[:12]}" if commit else "not there"
        raise Conflict(
            f"the tag {release.tag} on GitHub is {where}",
            expected=f"on {ours[:12]}, before the release is public",
            type_next="invoke status",
        )
    files = attached(release).observe()
    if files.state is not State.DONE:
        raise Conflict(
            f"the draft for {release.tag} is not complete: {files.detail}",
            expected="every file, before the release is public",
            type_next="invoke release",
        )
