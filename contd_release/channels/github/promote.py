"""The public release on GitHub: made of the complete draft, and marked as what it is."""

from __future__ import annotations

from contd_release.channels.github import latest
from contd_release.channels.github.draft import attached
from contd_release.channels.github.standing import PATIENCE, require_seal, standing
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.tools.github import api
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.http import may_pass


def promoted(release: Release) -> Step:
    """
    The release is public, marked as what it is; it is the latest only if no higher final version is out.

    Where a repository has several packages, the releases of one of them are the latest.

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
        return latest.judged(release, repository, found.public)

    def publish() -> None:
        repository = api.connected(release.project)
        found = standing(release, repository)
        if found.first is None:
            raise NotReady(f"GitHub has no draft for {release.tag}", expected="a draft", type_next="invoke release")
        if found.public is None:
            _require_tag_and_files(release, repository)
        latest.publish(release, repository, found.first)

    return Step(
        f"{release.tag} is public on GitHub",
        observe,
        act=(Call(f"publish the draft for {release.tag}", publish),),
        undo=None,
        patience=PATIENCE,
        retry=may_pass,
    )


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
