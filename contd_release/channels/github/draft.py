"""The draft release on GitHub, and its files."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from contd_release.channels.github.notes import notes
from contd_release.channels.github.standing import NEXT_VERSION, PATIENCE, require_seal, standing
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import CHECKSUMS, SEAL, Sealed
from contd_release.project.release import Release
from contd_release.tools.github import api, releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.releases import Asset, ReleaseInfo
from contd_release.tools.http import may_pass

# An image is too large for an asset; its digest is in the seal, and its bytes are in the registry.
_ELSEWHERE: Final = frozenset({"image"})


def drafted(release: Release) -> Step:
    """One draft for our tag is there, with the notes."""

    def observe() -> Found:
        found = standing(release, api.connected(release.project))
        if conflict := found.conflict():
            return conflict
        if found.first is None:
            return Found(State.ABSENT, f"GitHub has nothing for {release.tag}")
        if len(found.ours) > 1:
            return Found(State.PARTIAL, f"{len(found.ours)} drafts for {release.tag}, where one is enough")
        return Found(State.DONE, f"{'draft' if found.first.is_draft else 'public'}: {found.first.url}")

    def create() -> None:
        repository = api.connected(release.project)
        found = standing(release, repository)
        for spare in found.ours[1:]:
            releases.delete(repository, spare.id)
        if found.first is None:
            sealed = require_seal(release)
            text = notes(release, repository, sealed.commit)
            is_pre = release.version.is_prerelease
            releases.create_draft(repository, release.tag, sealed.commit, text, prerelease=is_pre)

    return Step(
        f"GitHub has one draft for {release.tag}",
        observe,
        act=(Call(f"create a draft for {release.tag} with {release.notes}", create),),
        undo=(Call(f"delete our draft for {release.tag} by its id", partial(_deleted, release)),),
        patience=PATIENCE,
        retry=may_pass,
    )


def attached(release: Release) -> Step:
    """The draft holds every sealed file but the images, byte for byte."""

    def observe() -> Found:
        repository = api.connected(release.project)
        found = standing(release, repository)
        if conflict := found.conflict():
            return conflict
        sealed = release.sealed()
        if found.first is None or sealed is None:
            return Found(State.ABSENT, "nothing is built yet" if sealed is None else "there is no draft yet")
        return _compared(repository, found.first, wanted(sealed))

    def attach() -> None:
        repository = api.connected(release.project)
        draft, sealed = standing(release, repository).first, require_seal(release)
        if draft is None:
            raise NotReady(f"there is no draft for {release.tag}", expected="a draft", type_next="invoke release")
        there = {one.name: one for one in releases.assets(repository, draft.id)}
        for name, sha256 in wanted(sealed).items():
            half = there.get(name)
            if half and half.is_whole:
                continue
            if half:
                releases.delete_asset(repository, half)
            releases.upload(repository, draft.id, name, _bytes(release.dist / name, sha256))

    return Step(
        f"the draft for {release.tag} holds every file",
        observe,
        act=(Call(f"upload each file that the draft lacks: wheels, sdist, chart, SBOM, {CHECKSUMS}, {SEAL}", attach),),
        patience=PATIENCE,
        retry=may_pass,
    )


def wanted(sealed: Sealed) -> Mapping[str, str]:
    """The sha256 of every file that a release holds, by name."""
    files = {one.name: one.sha256 for one in sealed.artifacts if one.kind not in _ELSEWHERE}
    texts = {CHECKSUMS: sealed.checksums(), SEAL: sealed.text()}
    return files | {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


def _deleted(release: Release) -> None:
    repository = api.connected(release.project)
    found = standing(release, repository)
    if found.public:
        raise Conflict(
            f"{release.tag} is public on GitHub: {found.public.url}",
            expected="a draft, which can be deleted",
            type_next=f"invoke rollback --version {release.version}",
        )
    for one in found.ours:
        releases.delete(repository, one.id)


def _compared(repository: GitHubRepository, theirs: ReleaseInfo, files: Mapping[str, str]) -> Found:
    """Our files against the assets that have their names."""
    there = {one.name: one for one in releases.assets(repository, theirs.id) if one.is_whole}
    for name in files.keys() & there.keys():
        sha256 = _sha256(repository, there[name])
        if sha256 != files[name]:
            return Found(
                State.CONFLICT,
                f"{name} on GitHub has sha256 {sha256[:12]}, ours is {files[name][:12]}",
                f"open {theirs.url}   (never overwritten here)",
            )
    missing = sorted(files.keys() - there.keys())
    if missing and theirs.is_immutable:
        return Found(State.CONFLICT, f"{theirs.url} is immutable and lacks {', '.join(missing)}", NEXT_VERSION)
    if missing:
        state = State.PARTIAL if len(missing) < len(files) else State.ABSENT
        return Found(state, f"{len(files) - len(missing)} of {len(files)} files; {missing[0]} is missing")
    return Found(State.DONE, f"{len(files)} files")


def _sha256(repository: GitHubRepository, asset: Asset) -> str:
    """The digest that GitHub states, or the digest of what it serves."""
    if asset.sha256:
        return asset.sha256
    with tempfile.TemporaryDirectory() as folder:
        return releases.downloaded(repository, asset, Path(folder) / Path(asset.name).name)


def _bytes(path: Path, sha256: str) -> bytes:
    """The very bytes that are sent, compared with the seal."""
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise artifacts.Tampered(
            f"{path.name} has sha256 {found}",
            expected=f"sha256 {sha256}, as it was sealed",
        )
    return content
