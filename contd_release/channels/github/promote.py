"""The public release on GitHub: made of the complete draft, marked, and read back as everybody reads it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Literal

from packaging.version import Version

from contd_release.channels.github.draft import attached, wanted
from contd_release.channels.github.standing import PATIENCE, Standing, may_pass, require_seal, standing
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, Verdict, compared
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady, ReleaseError, Unanswered, Unsettled, Usage
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import SEAL, Sealed
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.version import moving_tags, parse
from contd_release.tools import git
from contd_release.tools.github import api, releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.releases import Asset

NAME = "github"
PUBLIC = "github, public"


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
        if is_latest != _should_be_latest(release, repository):
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


def given_back(release: Release) -> Step:
    """
    GitHub gives back the files that were built: those of the draft to us, those of the public release to everybody.
    """
    return _read_back(release, NAME, f"GitHub gives back the files of {release.tag}")


def served(release: Release) -> Step:
    """Everybody can download the files that were built."""
    return _read_back(release, PUBLIC, f"the public files of {release.tag} on GitHub are what was built")


def files_read(release: Release) -> tuple[Reading, ...]:
    """Every file that was built, by the digest of the asset that has its name."""
    sealed = release.sealed()
    if sealed is None:
        return ()
    # One look at GitHub serves all files of one table; each table is made anew.
    found = cache(partial(_standing_and_assets, release))
    return tuple(
        Reading(name, f"sha256:{sha256}", partial(_asset_read, found, name, sha256), is_promoted=True)
        for name, sha256 in sorted(wanted(sealed).items())
    )


def sealed_publicly(project: Project, tag: str) -> Sealed | None:
    """
    What was built for a release that is out, as its GitHub release tells; nothing where it holds no seal.

    Raises:
        Unanswered: GitHub did not say.
        Usage: what it holds is not a seal.
    """
    repository = api.connected(project)
    theirs = releases.release_of_tag(repository, tag)
    found = releases.assets(repository, theirs.id) if theirs else ()
    for asset in found:
        if asset.name == SEAL and asset.is_whole:
            with tempfile.TemporaryDirectory() as folder:
                releases.downloaded(repository, asset, Path(folder) / SEAL)
                return artifacts.parse((Path(folder) / SEAL).read_text(encoding="utf-8"))
    return None


def _standing_and_assets(release: Release) -> tuple[Standing, Mapping[str, Asset]]:
    repository = api.connected(release.project)
    found = standing(release, repository)
    theirs = found.first or next(iter(found.others), None)
    there = releases.assets(repository, theirs.id) if theirs else ()
    return found, {one.name: one for one in there}


def _asset_read(found: Callable[[], tuple[Standing, Mapping[str, Asset]]], name: str, sha256: str) -> Glance:
    theirs, assets = found()
    if (asset := assets.get(name)) is None:
        return Glance(Verdict.ABSENT, "not there")
    if not asset.is_whole:
        return Glance(Verdict.STALE, "uploaded by half")
    if not asset.sha256:
        raise Unanswered(f"GitHub does not tell the digest of {name}", expected="the sha256 of the asset")
    seen = compared(f"sha256:{sha256}", f"sha256:{asset.sha256}")
    if seen.verdict is Verdict.SAME and theirs.public is None:
        return Glance(Verdict.STALE, "still in a draft")
    return seen


def _should_be_latest(release: Release, repository: GitHubRepository) -> bool:
    """Whether no public final release is higher that was not withdrawn."""
    withdrawn = git.remote(release.project.root, release.project.settings.remote).withdrawn
    others = []
    for one in releases.releases(repository):
        version = version_of(one.tag)
        if version and not (one.is_draft or one.is_prerelease or one.tag == release.tag or version in withdrawn):
            others.append(version)
    return release.version not in withdrawn and "latest" in moving_tags(release.version, others)


def version_of(tag: str) -> Version | None:
    """The version that a tag names; nothing for another tag."""
    try:
        return parse(tag.removeprefix("v"))
    except Usage:
        return None


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


def _read_back(release: Release, channel: str, title: str) -> Step:
    def compare() -> None:
        repository, sealed = api.connected(release.project), require_seal(release)
        found = standing(release, repository)
        if channel == PUBLIC and found.public is None:
            raise Unsettled(f"{release.tag} is not public on GitHub", expected="a public release")
        _compare_all(repository, found, sealed)

    what = f"download every file of {release.tag} as a user does, and compare"
    return read_back(release, Claim(channel, title, "downloaded and compared"), (Call(what, compare),), _may_appear)


def _may_appear(failure: ReleaseError) -> bool:
    return may_pass(failure) or isinstance(failure, Unsettled)


def _compare_all(repository: GitHubRepository, found: Standing, sealed: Sealed) -> None:
    """
    Download what GitHub has, and compare it with what was built.

    Raises:
        Unsettled: a file is not there.
        Conflict: a file has other bytes.
    """
    release = found.first
    there = {one.name: one for one in releases.assets(repository, release.id)} if release else {}
    access = api.access(repository)
    as_anybody = found.public is not None and access is not None and not access.is_private
    with_token = partial(releases.downloaded, repository)
    with tempfile.TemporaryDirectory() as folder:
        for name, sha256 in wanted(sealed).items():
            if name not in there or not there[name].is_whole:
                raise Unsettled(f"GitHub does not have {name}", expected="every file", type_next="invoke status")
            to = Path(folder) / name
            fetch = releases.downloaded_as_consumer if as_anybody else with_token
            got = fetch(there[name], to)
            if got != sha256:
                raise Conflict(
                    f"{name} came back from GitHub with sha256 {got[:12]}",
                    expected=f"sha256 {sha256[:12]}, as it was built",
                    type_next=f"invoke rollback --version {sealed.version}",
                )
