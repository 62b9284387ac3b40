"""The files of a release on GitHub, read back: those of the draft by us, those of the public release by everybody."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

from contd_release.channels.github.draft import wanted
from contd_release.channels.github.standing import Standing, require_seal, standing
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, Verdict, compared
from contd_release.engine.step import Step
from contd_release.errors import Conflict, ReleaseError, Unanswered, Unsettled
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import SEAL, Sealed
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.tools.github import api, releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.releases import Asset, ReleaseInfo
from contd_release.tools.http import may_pass

NAME = "github"
PUBLIC = "github, public"


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
    What was built for a release that is out, as its GitHub Release says; None if it holds no seal.

    Raises:
        Unanswered: GitHub did not say.
        Usage: what it holds is not a seal.
    """
    repository = api.connected(project)
    theirs = releases.release_of_tag(repository, tag)
    return _seal_of(repository, theirs) if theirs else None


def sealed_in_draft(project: Project, tag: str) -> Sealed | None:
    """
    What was built for a release in progress, as its draft says; None if none holds a seal, or drafts are not shown.

    Raises:
        Unanswered: GitHub did not say.
        Usage: what it holds is not a seal.
    """
    repository = api.connected(project)
    drafts = (one for one in releases.releases(repository) if one.is_draft and one.tag == tag)
    return next((sealed for one in drafts if (sealed := _seal_of(repository, one))), None)


def _seal_of(repository: GitHubRepository, theirs: ReleaseInfo) -> Sealed | None:
    """What the seal among the files of a release or a draft says; None if there is none."""
    for asset in releases.assets(repository, theirs.id):
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
