"""The image, read back as who pulls it gets it: without a login where that is possible, every byte by its digest."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from platform import machine as machine_name
from tempfile import TemporaryDirectory
from typing import Final

from contd_release.channels import read_back
from contd_release.channels.attached.signature import Subject
from contd_release.channels.image.names import (
    CHANNEL,
    PATIENCE,
    door,
    labels,
    reference,
    repository,
    required,
    sealed,
    settings,
    storage,
)
from contd_release.channels.read_back import Claim
from contd_release.channels.readings import Glance, Reading, Verdict, compared
from contd_release.engine.step import Step
from contd_release.errors import Conflict, Unsettled
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.tools.builders import buildah
from contd_release.tools.oci.archive import Layout
from contd_release.tools.oci.manifest import Configuration, Manifest
from contd_release.tools.oci.repository import OciRepository

_LARGEST_CONFIGURATION: Final = 4 << 20


def pulled(release: Release) -> Step:
    """
    The version's tag names what was built; every platform's manifest, configuration and layers are what their digests
    say, and the labels are right. What can run here is started where the configuration says with which arguments.
    """
    image = settings(release)
    started = ", and started" if any(_starts(release, one) for one in image.platforms) else ""
    return read_back.read_back(
        release,
        Claim(CHANNEL, f"{reference(release)} can be pulled and is what was built", f"pulled by digest{started}"),
        (
            Call(f"resolve {reference(release)}", partial(_resolved, release)),
            *(Call(_title(release, platform), partial(_pull, release, platform)) for platform in image.platforms),
        ),
        retry=lambda failure: isinstance(failure, Unsettled),
    )


def reading(release: Release, digest: str) -> Reading:
    """What the version's tag names."""

    def look() -> Glance:
        there = consumer(release)
        theirs = there.digest(release.semver)
        if theirs is None and there.manifest(digest) is not None:
            return Glance(Verdict.STALE, f"{digest[:19]} is there, and no tag names it")
        warning = read_back.only_with_login(there, CHANNEL, is_meant=settings(release).private)
        return replace(compared(digest, theirs), warning=warning)

    return Reading(reference(release), digest, look)


def consumer(release: Release) -> OciRepository:
    """The image's repository as users see it."""
    return read_back.consumer(repository(release, anonymous=True), repository(release), release.semver)


def subject(release: Release) -> Subject:
    """The index, as it is signed."""

    def digest(there: OciRepository) -> str | None:
        ours = sealed(release)
        return ours.digest if ours and there.digest(ours.digest) else None

    return Subject(CHANNEL, reference(release), door(release), partial(consumer, release), digest, PATIENCE)


def _resolved(release: Release) -> None:
    """Not there may be too early; another digest is wrong."""
    theirs, ours = consumer(release).digest(release.semver), required(release)
    if theirs is None:
        raise Unsettled(f"{reference(release)} is not there", expected=ours.digest, type_next="invoke release")
    if theirs != ours.digest:
        raise Conflict(
            f"{reference(release)} is {theirs}",
            expected=ours.digest,
            type_next=f"invoke rollback --version {release.version}",
        )


def _pull(release: Release, platform: str) -> None:
    there = consumer(release)
    index = _there(there, required(release).digest)
    entry = next((one for one in index.manifests if f"{one.platform}/".startswith(f"{platform}/")), None)
    if entry is None:
        raise Conflict(f"{reference(release)} has no image for {platform}", expected="one for every platform")
    image = _there(there, entry.digest)
    configuration = Configuration.of(there.blob(image.config.digest, _LARGEST_CONFIGURATION))
    _compare(release, platform, configuration)
    with TemporaryDirectory(prefix="contd-release-") as folder:
        layout = Layout(Path(folder))
        for layer in image.layers:
            there.download(layer.digest, layout.path_of(layer.digest), layer.size)
        if _starts(release, platform):
            archive = layout.archived(image, there.blob(image.config.digest, _LARGEST_CONFIGURATION))
            _start(release, archive, configuration)


def _start(release: Release, archive: Path, configuration: Configuration) -> None:
    """Start what was pulled, and hear its version."""
    argv = (*configuration.entrypoint, *settings(release).run)
    said = buildah.said(archive, argv, storage(release))
    if not {str(release.version), release.semver} & set(said.split()):
        raise Conflict(
            f"{reference(release)}, started with {' '.join(settings(release).run)}, says {said.strip()[:200]!r}",
            expected=f"{release.version} in it",
            type_next=f"invoke rollback --version {release.version}",
        )


def _starts(release: Release, platform: str) -> bool:
    """Whether the image is started: the configuration says how, the platform is this machine's, and buildah is here."""
    return bool(settings(release).run) and platform == _here() and buildah.version() is not None


def _here() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine_name(), machine_name())
    return f"{sys.platform}/{machine}"


def _title(release: Release, platform: str) -> str:
    started = f", and start it: {' '.join(settings(release).run)}" if _starts(release, platform) else ""
    return f"pull {settings(release).name} for {platform} by digest{started}"


def _compare(release: Release, platform: str, found: Configuration) -> None:
    """The platform is the one that the index says, and the labels are those that were built in."""
    seal = release.sealed()
    assert seal is not None
    wrong = {
        name: found.labels.get(name)
        for name, value in labels(release, seal.commit).items()
        if found.labels.get(name) != value
    }
    if wrong:
        name, value = next(iter(wrong.items()))
        raise Conflict(
            f"{reference(release)} for {platform} is labelled {name}={value}",
            expected=labels(release, seal.commit)[name],
            type_next=f"invoke rollback --version {release.version}",
        )
    if not f"{found.platform}/".startswith(f"{platform}/"):
        raise Conflict(f"{reference(release)} for {platform} is made for {found.platform}", expected=platform)


def _there(repository: OciRepository, digest: str) -> Manifest:
    found = repository.manifest(digest)
    if found is None:
        raise Conflict(f"{repository}@{digest} is not there", expected="what was staged", type_next="invoke release")
    return found
