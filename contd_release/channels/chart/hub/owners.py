"""
The file that tells Artifact Hub who owns a chart repository: `artifacthub-repo.yml`.

It belongs to the repository and not to a version, so it is published like a moving tag: by the highest final version,
and only where it differs. A rollback leaves it as it is.

https://artifacthub.io/docs/topics/repositories/helm-charts/
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Final

from contd_release.channels.chart.names import PATIENCE, ref, settings
from contd_release.channels.chart.pages import place
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.git import Branch, File
from contd_release.tools.helm import registry
from contd_release.tools.oci import upload
from contd_release.tools.oci.manifest import MANIFEST, Manifest, digest_of
from contd_release.tools.oci.repository import OciRepository
from contd_release.tools.oci.upload import Bytes

FILE: Final = "artifacthub-repo.yml"
TAG: Final = "artifacthub.io"
_LAYER: Final = "application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml"
_CONFIG: Final = "application/vnd.cncf.artifacthub.config.v1+yaml"


def steps(release: Release, is_public: Callable[[Release], bool]) -> tuple[Step, ...]:
    """
    The registry has the file, and so has the classic repository; nothing where the project names no such file.

    Args:
        is_public: whether the version is out; before that, the release has done nothing here.
    """
    if not settings(release).artifact_hub_file:
        return ()
    on_pages = (_on_pages(release, is_public),) if place.is_on(release) else ()
    return (_in_registry(release, is_public), *on_pages)


def present(release: Release) -> tuple[Step, ...]:
    """Git has the file, before anything is published; nothing where the project names no such file."""
    if not (path := settings(release).artifact_hub_file):
        return ()

    def observe() -> Found:
        try:
            _text(release)
        except NotReady as error:
            return Found(State.ABSENT, error.what_is, error.type_next)
        return Found(State.DONE, f"git has {path}")

    return (Step(f"{path} can tell Artifact Hub who owns the chart", observe),)


def manifest(text: str) -> tuple[Manifest, tuple[Bytes, Bytes]]:
    """The artifact that holds the file, and its two blobs: equal files give equal bytes."""
    config, layer = Bytes(b""), Bytes(text.encode())
    said = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": _CONFIG, "digest": config.digest, "size": config.size},
        "layers": [
            {
                "mediaType": _LAYER,
                "digest": layer.digest,
                "size": layer.size,
                "annotations": {"org.opencontainers.image.title": FILE},
            }
        ],
    }
    return Manifest(json.dumps(said, separators=(",", ":")).encode(), MANIFEST), (config, layer)


def _in_registry(release: Release, is_public: Callable[[Release], bool]) -> Step:
    name = f"{ref(release)}:{TAG}"

    def observe() -> Found:
        theirs, ours = _layer(registry.repository(ref(release)), name), digest_of(_text(release).encode())
        return _found(release, name, is_public, is_same=theirs == ours)

    def push() -> None:
        if _stays(release):
            return
        there = registry.repository(ref(release))
        artifact, blobs = manifest(_text(release))
        for blob in blobs:
            upload.upload(there, blob)
        there.put(TAG, artifact)

    act = Call(f"push {settings(release).artifact_hub_file} as {name}", push)
    return Step(f"{name} says who owns the chart", observe, act=(act,), undo=None, patience=PATIENCE)


def _on_pages(release: Release, is_public: Callable[[Release], bool]) -> Step:
    name = f"{FILE} of {settings(release).pages}"

    def observe() -> Found:
        with git.looked_at(place.place(release)) as found:
            is_same = found.text(FILE) == _text(release)
        return _found(release, name, is_public, is_same=is_same)

    def files(_: Branch) -> tuple[File, ...]:
        return () if _stays(release) else (File(FILE, _text(release)),)

    where, title = partial(place.place, release), f"{FILE} as in {release.version}"
    act = git.CommitPushed(where, files, title, place.shown(release), release.dates)
    return Step(f"{name} says who owns the chart", observe, act=(act,), undo=None)


def _found(release: Release, name: str, is_public: Callable[[Release], bool], *, is_same: bool) -> Found:
    why = _stays(release)
    if is_same or why:
        detail = why or f"{name} is as in this release"
        return Found(State.DONE if is_public(release) else State.ABSENT, detail)
    return Found(State.ABSENT, f"{name} is not there, or is another one")


def _layer(there: OciRepository, name: str) -> str | None:
    """
    The digest of the file that the registry has; None if it has none.

    Raises:
        Conflict: the tag names something that is no such file.
    """
    if (digest := there.digest(TAG)) is None or (found := there.manifest(digest)) is None:
        return None
    layers = [one.digest for one in found.layers if one.media_type == _LAYER]
    if len(layers) != 1:
        raise Conflict(
            f"{name} is {digest[:19]}, and no file of Artifact Hub",
            expected=f"an artifact with a layer {_LAYER}, or none",
            type_next=f"skopeo inspect --raw {name.replace('oci://', 'docker://')}",
        )
    return layers[0]


def _stays(release: Release) -> str:
    """Why the file is not this release's to change; empty if it is."""
    if release.version.is_prerelease:
        return "a pre-release leaves it as it is"
    project = release.project
    there = git.remote(project.root, project.settings.remote)
    versions = set(project.tags.versions(there.tags)) - there.withdrawn(project.withdrawal)
    higher = [one for one in versions if not one.is_prerelease and one > release.version]
    return f"it stays as in {max(higher)}" if higher else ""


def _text(release: Release) -> str:
    path = settings(release).artifact_hub_file
    if (text := git.text(release.project.root, release.commit or release.base, path)) is None:
        raise NotReady(
            f"the release commit has no {path}",
            expected="the file that `artifact-hub-file` in [tool.contd-release.chart] names",
            type_next="$EDITOR pyproject.toml",
        )
    return text
