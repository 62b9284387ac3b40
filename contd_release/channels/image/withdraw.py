"""
Withdrawing an image: the tags that move name a good release again. Its own tag and its digest stay: they are pinned.
"""

from __future__ import annotations

from packaging.version import Version

from contd_release.channels.image import promote
from contd_release.channels.image.names import PATIENCE, door, reference, repository, sealed
from contd_release.channels.withdrawal import Remaining, Rollback, good
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.project.version import moving_tags
from contd_release.records import journal
from contd_release.records.entries import Left
from contd_release.tools import git
from contd_release.tools.oci.repository import OciRepository


def row(rollback: Rollback) -> Remaining:
    """What the registry has, and what becomes of it."""
    release, there = rollback.release, repository(rollback.release)
    ours = _digest(release, there)
    if ours is None:
        return Remaining("image", "nothing of this version")
    moved = [tag for tag in promote.candidates(release) if there.digest(tag) == ours]
    plans = [f"{tag} names {target(release, there, tag)[1] or 'nothing'} again" for tag in moved]
    return Remaining(
        "image",
        f"{reference(release)} is {ours[:19]}" + (f", also named {', '.join(moved)}" if moved else ""),
        "; ".join(plans) or "nothing: no tag that moves names it",
        f"{reference(release)} stays: users who pinned this digest keep it",
        f"pull {reference(release, str(rollback.advised))}"
        if rollback.advised
        else f"pull {rollback.following} when it is out",
    )


def steps(rollback: Rollback) -> tuple[Step, ...]:
    """One step for each tag that may have moved."""
    return tuple(led_back(rollback.release, tag) for tag in promote.candidates(rollback.release))


def led_back(release: Release, tag: str) -> Step:
    """A moving tag does not name the withdrawn image: it names the highest good release of its line, or is gone."""
    name, there = reference(release, tag), door(release)

    def observe() -> Found:
        theirs, ours = there().digest(tag), _digest(release, there())
        if theirs is None or ours is None or theirs != ours:
            return Found(State.DONE, f"{name} is {theirs[:19]}" if theirs else f"{name} is not there")
        digest, what = target(release, there(), tag)
        if digest == theirs:
            return Found(State.DONE, f"{name} is {theirs[:19]}, as {what} is")
        if not digest and _is_left(release, name):
            return Found(State.DONE, f"{name} stays: the registry deletes no tags; it moves with the next release")
        return Found(State.ABSENT, f"{name} is {theirs[:19]}, of {release.version}")

    def lead_back() -> None:
        digest, what = target(release, there(), tag)
        if (theirs := there().digest(tag)) != _digest(release, there()):
            raise Conflict(
                f"{name} names {theirs} meanwhile", expected="the withdrawn image", type_next="invoke rollback"
            )
        if not digest:
            if not there().untag(tag):
                journal.of(release.project).append(Left(version=str(release.version), what=name))
            return
        if (index := there().manifest(digest)) is None:
            raise Conflict(f"{digest}, the image of {what}, is gone", "the earlier image", "invoke rollback")
        there().put(tag, index)

    return Step(
        f"{name} does not name {release.version}",
        observe,
        act=(
            Call(f"let {name} name the highest good release of its line, or delete it where there is none", lead_back),
        ),
        patience=PATIENCE,
    )


def target(release: Release, there: OciRepository, tag: str) -> tuple[str, str]:
    """
    The digest that a moving tag should name, and whose it is; empty if its line has no good release.

    What was written down when the tag moved is used where the registry's tags do not tell, if it is still there.
    """
    bad = git.remote(release.project.root, release.project.settings.remote).withdrawn(release.project.withdrawal) | {
        release.version
    }
    in_line = [one for one in good(promote.versions(there.tags()), bad) if tag in moving_tags(one, ())]
    for version in reversed(in_line):
        if digest := there.digest(str(version)):
            return digest, str(version)
    for one in promote.read(release):
        if one.tag == tag and one.previous and there.digest(one.previous) and not _is_bad(there, one.previous, bad):
            return one.previous, one.previous[:19]
    return "", ""


def _is_bad(there: OciRepository, digest: str, bad: frozenset[Version]) -> bool:
    return any(there.digest(one) == digest for one in there.tags() if set(promote.versions((one,))) & bad)


def _digest(release: Release, there: OciRepository) -> str | None:
    """The digest of the withdrawn image."""
    if theirs := there.digest(release.semver):
        return theirs
    ours = sealed(release)
    return ours.digest if ours else None


def _is_left(release: Release, name: str) -> bool:
    return any(one.what == name for one in journal.of(release.project).entries(Left, str(release.version)))
