"""The tags that move: `1.2`, `1` and `latest`. What each named before is written down before it moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from packaging.version import Version

from contd_release.channels.image.names import PATIENCE, door, reference, repository, required, sealed
from contd_release.channels.readings import Glance, Reading, Verdict, compared
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady, Usage
from contd_release.process.action import Call
from contd_release.process.files import whole
from contd_release.project.parse import record
from contd_release.project.release import Release
from contd_release.project.version import moving_tags, parse, semver
from contd_release.tools import git
from contd_release.tools.oci.repository import OciRepository

FILE: Final = "moved-tags.json"


@dataclass(frozen=True)
class Moved:
    """
    A tag that this release moved, or was about to move.

    Args:
        previous: the digest it named before; empty when it was new.
        to: the digest of this release.
    """

    tag: str
    previous: str
    to: str


def candidates(release: Release) -> tuple[str, ...]:
    """The tags that this version may move if it is the highest of its line; none for a pre-release."""
    return moving_tags(release.version, ())


def moved(release: Release, tag: str) -> Step:
    """A moving tag names the highest final version of its line, which this release may be or not be."""
    there = door(release)

    def observe() -> Found:
        ours = sealed(release)
        if why := _stays(there(), release, tag):
            # Before the version itself is public, this release has done nothing here that could not be undone.
            is_public = there().digest(release.semver) is not None
            return Found(State.DONE if is_public else State.ABSENT, why)
        theirs = there().digest(tag)
        if ours and theirs == ours.digest:
            return Found(State.DONE, f"{reference(release, tag)} is {theirs[:19]}")
        return Found(State.ABSENT, f"{reference(release, tag)} {f'is {theirs[:19]}' if theirs else 'is not there'}")

    def move() -> None:
        ours = required(release)
        if there().digest(release.semver) != ours.digest or (index := there().manifest(ours.digest)) is None:
            raise NotReady(f"{reference(release)} is not published", expected=ours.digest, type_next="invoke release")
        before = there().digest(tag)
        if before != ours.digest:
            _record(release, Moved(tag, before or "", ours.digest))
            there().put(tag, index)

    return Step(
        f"{reference(release, tag)} is the highest of its line",
        observe,
        act=(Call(f"note what {reference(release, tag)} names, and let it name {release.semver}", move),),
        undo=None,
        patience=PATIENCE,
    )


def reading(release: Release, tag: str, digest: str) -> Reading:
    """What a moving tag names: this image, or that of a higher version; that of a lower one is stale."""

    def look() -> Glance:
        there = repository(release)
        theirs, why = there.digest(tag), _stays(there, release, tag)
        if why or theirs == digest:
            return Glance(Verdict.SAME, theirs if theirs == digest else why)
        named = (one for one in versions(there.tags()) if theirs and there.digest(semver(one)) == theirs)
        if (version := next(named, None)) is not None:
            return Glance(Verdict.STALE, f"still {version}")
        return compared(digest, theirs)

    return Reading(reference(release, tag), digest, look, is_promoted=True)


def read(release: Release) -> tuple[Moved, ...]:
    """
    The tags that this release moved, as they were written down.

    Raises:
        Usage: the file is there and cannot be read.
    """
    path = release.home / FILE
    try:
        return record(json.loads(path.read_text(encoding="utf-8")), tuple[Moved, ...])
    except FileNotFoundError:
        return ()
    except ValueError as error:
        raise Usage(
            f"{path} cannot be read: {error}", expected="the tags as `promote` wrote them", type_next=f"less {path}"
        ) from error


def _withdrawn(release: Release) -> frozenset[Version]:
    return git.remote(release.project.root, release.project.settings.remote).withdrawn(release.project.withdrawal)


def _stays(there: OciRepository, release: Release, tag: str) -> str:
    """Why a moving tag is not this release's to move; empty if it is."""
    if release.version in _withdrawn(release):
        return f"{release.version} is withdrawn, and {reference(release, tag)} has nothing to do with it"
    higher = _higher(there, release, tag)
    return f"{reference(release, tag)} stays with {higher}" if higher else ""


def _higher(there: OciRepository, release: Release, tag: str) -> Version | None:
    """The version that keeps this tag from moving."""
    others = [one for one in versions(there.tags()) if one > release.version]
    others = [one for one in others if one not in _withdrawn(release)] if others else []
    return next((one for one in sorted(others, reverse=True) if tag not in moving_tags(release.version, (one,))), None)


def versions(tags: tuple[str, ...]) -> Iterator[Version]:
    """The versions among the tags of a registry."""
    for tag in tags:
        try:
            yield parse(tag)
        except Usage:
            continue


def _record(release: Release, one: Moved) -> None:
    kept = [other for other in read(release) if other.tag != one.tag]
    with whole(release.home / FILE, is_durable=True, has_one_writer=True) as out:
        out.write(json.dumps([asdict(each) for each in (*kept, one)], indent=2).encode() + b"\n")
