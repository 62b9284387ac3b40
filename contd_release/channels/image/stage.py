"""The image in its registry by digest only: there, and under no name that anybody could pull by accident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from contd_release.channels.image.names import PATIENCE, archive, door, required, sealed, settings
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, Interrupted
from contd_release.process.action import Call, Running
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.tools.oci import upload
from contd_release.tools.oci.archive import Archive
from contd_release.tools.oci.manifest import Manifest
from contd_release.tools.oci.repository import OciRepository


@dataclass(frozen=True)
class Transfer:
    """An action that sends much, and can be stopped in the middle."""

    title: str
    function: Callable[[Event], None]

    def __str__(self) -> str:
        return self.title

    def run(self, running: Running) -> None:
        """Send it."""
        if running.stop.is_set():
            raise Interrupted(f"{self.title} was not started")
        self.function(running.stop)


def platform(release: Release, name: str) -> Step:
    """The image of one platform is in the registry, by digest."""

    def manifest() -> Manifest:
        return _of_platform(_opened(release), name)

    def push(there: OciRepository, stop: Event) -> None:
        ours = _checked(release)
        image = _of_platform(ours, name)
        for one in (*image.layers, image.config):
            upload.upload(there, ours.blob(one), stop)
        there.put(image.digest, image)

    return _staged(release, f"{settings(release).name} for {name}", manifest, push)


def index(release: Release) -> Step:
    """The index of all platforms is in the registry, by digest."""

    def push(there: OciRepository, _: Event) -> None:
        whole = _checked(release).top
        there.put(whole.digest, whole)

    return _staged(release, f"the index of {settings(release).name}", lambda: _opened(release).top, push)


def _staged(
    release: Release, what: str, manifest: Callable[[], Manifest], push: Callable[[OciRepository, Event], None]
) -> Step:
    """
    A manifest is in the registry, and read back.

    Many registries delete nothing. What was put there then stays after an abort: bytes that no tag names. It is written
    down, so that the step says so and is not taken for staged.
    """
    there = door(release)

    def observe() -> Found:
        if sealed(release) is None:
            return Found(State.ABSENT, "nothing is built yet")
        digest = manifest().digest
        if there().manifest(digest) is None:
            return Found(State.ABSENT, f"{digest[:19]} is not there")
        if _left(release, digest).exists():
            detail = f"{digest[:19]} is left in the registry, which deletes nothing; no tag names it"
            return Found(State.ABSENT, detail, remains=True)
        return Found(State.DONE, f"{digest[:19]} is there")

    def put(stop: Event) -> None:
        push(there(), stop)
        _left(release, manifest().digest).unlink(missing_ok=True)

    def remove() -> None:
        digest = manifest().digest
        if not there().delete(digest):
            _left(release, digest).parent.mkdir(parents=True, exist_ok=True)
            _left(release, digest).touch()

    return Step(
        f"{what} is in the registry, by digest",
        observe,
        act=(Transfer(f"push {what}", put),),
        undo=(Call(f"delete {what}, where the registry deletes anything", remove),),
        patience=PATIENCE,
    )


def _opened(release: Release) -> Archive:
    """The sealed archive, if its index is the sealed one."""
    ours, opened = required(release), Archive(archive(release))
    if not opened.path.is_file():
        artifacts.check_one(release.dist, ours)
    if opened.top.digest != ours.digest:
        raise artifacts.Tampered(
            f"{ours.name} has the index {opened.top.digest}",
            expected=f"{ours.digest}, as it was sealed",
        )
    return opened


def _checked(release: Release) -> Archive:
    artifacts.check_one(release.dist, required(release))
    return _opened(release)


def _of_platform(archive: Archive, name: str) -> Manifest:
    for one in archive.top.manifests:
        if one.platform == name or one.platform.startswith(f"{name}/"):
            return archive.manifest(one.digest, one.media_type)
    raise Conflict(f"{archive.path.name} has no image for {name}", expected="every platform of the configuration")


def _left(release: Release, digest: str) -> Path:
    """The file that says of a digest that it was left in the registry; one for each, since steps go side by side."""
    return release.home / "left-in-registry" / digest.replace(":", "-")
