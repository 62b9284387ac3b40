"""
The image registry: one image for every platform, under one index.

Built once into one OCI archive and sealed. What is pushed, named and promoted afterwards is that archive's digests;
what a registry says is only ever compared with them.
"""

from __future__ import annotations

from contd_release.channels.image import access as image_access
from contd_release.channels.image import build as image_build
from contd_release.channels.image import promote as image_moving
from contd_release.channels.image import stage as image_staged
from contd_release.channels.image import verify as image_pulled
from contd_release.channels.image.names import CHANNEL, PATIENCE, door, required, sealed, settings, told
from contd_release.channels.readings import Reading
from contd_release.channels.source import checked_out
from contd_release.engine.checklist import Item, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady
from contd_release.process.action import Call
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release


def is_on(project: Project) -> bool:
    """The project has an image to release."""
    return project.settings.image is not None


def access(release: Release) -> tuple[Item, ...]:
    """The image of this Dockerfile can be built here, and pushed there."""
    return (
        image_access.buildable(release),
        image_access.runnable(release),
        image_access.self_made(release),
        image_access.original(release),
        image_access.pushable(release),
    )


def build(release: Release) -> tuple[Item, ...]:
    """The archive with all platforms, from a clean checkout."""
    return checked_out(release, CHANNEL), image_build.packed(release)


def built(release: Release) -> tuple[Artifact, ...]:
    """The archive as it is in the dist folder."""
    return image_build.measured(release)


def stage(release: Release) -> tuple[Item, ...]:
    """Every platform by its digest, side by side, and then the index of them: nothing has a name yet."""
    platforms = tuple((image_staged.platform(release, one),) for one in settings(release).platforms)
    return Together(platforms), image_staged.index(release)


def publish(release: Release) -> tuple[Item, ...]:
    """The version names what was staged."""
    return (named(release),)


def verify(release: Release) -> tuple[Item, ...]:
    """The image, as who pulls it gets it."""
    return (image_pulled.pulled(release),)


def promote(release: Release) -> tuple[Item, ...]:
    """`1.2`, `1` and `latest`, each only where this is the highest version of its line."""
    return tuple(image_moving.moved(release, tag) for tag in image_moving.candidates(release))


def readings(release: Release) -> tuple[Reading, ...]:
    """What the version's tag names, and the moving tags."""
    ours = sealed(release)
    if ours is None:
        return ()
    moving = (image_moving.reading(release, tag, ours.digest) for tag in image_moving.candidates(release))
    return (image_pulled.reading(release, ours.digest), *moving)


def named(release: Release) -> Step:
    """
    The version's tag names the staged index.

    A registry overwrites a tag without a word, so it is asked before and after. Who pulled it has it: no undo.
    """
    tag, there = release.semver, door(release)

    def observe() -> Found:
        theirs, ours = there().digest(tag), sealed(release)
        if theirs is None:
            return Found(State.ABSENT, f"{told(release)} is free")
        if ours is None:
            return Found(State.CONFLICT, f"{told(release)} is there already, and nothing was built here yet")
        if theirs != ours.digest:
            return Found(State.CONFLICT, f"{told(release)} is there with {theirs[:19]}, ours is {ours.digest[:19]}")
        return Found(State.DONE, f"{told(release)} is {theirs[:19]}")

    def name() -> None:
        ours = required(release)
        if (theirs := there().digest(tag)) not in (None, ours.digest):
            raise Conflict(
                f"{told(release)} names {theirs} meanwhile",
                expected=f"no such tag, or {ours.digest}",
                type_next="invoke release --part patch   (a version is never used twice)",
            )
        if (index := there().manifest(ours.digest)) is None:
            raise NotReady(f"{ours.digest} is not staged", expected="the index, by digest", type_next="invoke release")
        there().put(tag, index)

    return Step(
        f"{told(release)} is in the registry",
        observe,
        act=(Call(f"let {told(release)} name the staged digest", name),),
        undo=None,
        patience=PATIENCE,
    )
