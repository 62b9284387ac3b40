"""
Strangers: what is public under the project's name, and no seal of a release explains.

A seal explains the bytes that it lists, under the version that it is of, if the tag of that version is at the commit
that was sealed. A tag that moves (`latest`, `1.2`) is explained by the version that has the same digest. A release that
is in progress explains its version.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from packaging.version import Version

from contd_release.after.watch import baseline
from contd_release.channels import offer, registry
from contd_release.channels.base import Channel
from contd_release.channels.offer import Offer
from contd_release.errors import Unanswered
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.project import Project
from contd_release.project.release import folder
from contd_release.project.settings import Watch
from contd_release.records import journal
from contd_release.tools import git
from contd_release.tools.git import Remote

GIT: Final = "git"


@dataclass(frozen=True)
class Stranger:
    """
    Something that nothing explains, and why not.

    Args:
        containment: what a person does about it at once.
    """

    offer: Offer
    because: str
    containment: str = ""


@dataclass(frozen=True)
class Look:
    """
    What one look found.

    Args:
        offers: all that is public.
        strangers: what nothing explains.
        unanswered: the channels that did not say what they have; the others were compared.
    """

    offers: tuple[Offer, ...]
    strangers: tuple[Stranger, ...]
    unanswered: tuple[Unanswered, ...] = ()


def look(project: Project) -> Look:
    """
    List every channel and the tags of the remote, and compare; a channel that does not answer is left out and named.

    Raises:
        Unanswered: the remote did not list its tags.
    """
    there, channels = git.remote(project.root, project.settings.remote), registry.channels(project)
    silent: list[Unanswered] = []
    offers = tuple(_offers(project, there, channels, silent))
    strange = _strangers(project, there, offers, silent)
    contained = tuple(replace(one, containment=_containment(project, one.offer, channels)) for one in strange)
    return Look(offers, contained, tuple(silent))


def _offers(
    project: Project, there: Remote, channels: Mapping[str, Channel], silent: list[Unanswered]
) -> Iterator[Offer]:
    for version, tag in project.tags.versions(there.tags).items():
        if found := there.tag(tag):
            yield Offer(GIT, tag, found.commit, str(version))
    for name, channel in channels.items():
        try:
            yield from tuple(channel.offers(project))
        except Unanswered as error:
            silent.append(_not_compared(name, error))


def _not_compared(name: str, error: Unanswered) -> Unanswered:
    return Unanswered(f"{name} was not compared: {error.what_is}", error.expected, error.type_next)


def _strangers(
    project: Project, there: Remote, offers: tuple[Offer, ...], silent: list[Unanswered]
) -> Iterator[Stranger]:
    listed, in_progress = baseline.read(project), _in_progress(project)
    left = [one for one in offers if one not in listed and not _is_known(project, one)]
    versions = {one.version for one in left if one.version}
    seals = _seals(project, there, versions, silent)
    strange = [
        Stranger(one, why)
        for one in left
        if one.version in seals and one.version != in_progress and (why := _unexplained(one, seals[one.version]))
    ]
    bad = {one.offer for one in strange}
    good = {one.digest for one in offers if one.version and one.digest and one not in bad}
    for sealed in filter(None, seals.values()):
        good |= _digests(sealed)
    # A seal that could not be read may explain any of these.
    nameless = (one for one in left if not one.version and one.digest not in good and versions == seals.keys())
    strange += [Stranger(one, "it names no version, and has the bytes of none") for one in nameless]
    yield from sorted(strange, key=lambda one: one.offer)


def _seals(
    project: Project, there: Remote, versions: Iterable[str], silent: list[Unanswered]
) -> Mapping[str, Sealed | None]:
    """The seal of each version, or None if it has none; without the versions whose seal could not be read."""
    seals: dict[str, Sealed | None] = {}
    is_down = False
    for version in sorted(versions):
        if is_down and artifacts.read(project.state / folder(version) / "dist") is None:
            continue
        try:
            seals[version] = _seal(project, there, version)
        except Unanswered as error:
            is_down = True
            silent.append(_not_compared(f"the seal of {version}, and each without one in this clone,", error))
    return seals


def _unexplained(one: Offer, sealed: Sealed | None) -> str:
    """Why the seal of its version does not explain an offer; empty if it does."""
    if sealed is None:
        return f"no release of ours is {one.version}"
    if one.digest and one.digest not in _digests(sealed):
        return f"the seal of {one.version} does not list its bytes, {one.digest[:19]}"
    return ""


def _digests(sealed: Sealed) -> frozenset[str]:
    """Everything that a seal explains: the commit, each artifact, the seal itself and its checksums."""
    files = (hashlib.sha256(text.encode()).hexdigest() for text in (sealed.text(), sealed.checksums()))
    listed = (one.digest for one in sealed.artifacts if one.digest)
    return frozenset(
        (sealed.commit, *listed, *(f"sha256:{one}" for one in (*files, *(each.sha256 for each in sealed.artifacts))))
    )


def _seal(project: Project, there: Remote, version: str) -> Sealed | None:
    """
    The seal of a version, if the version's tag is at the commit that was sealed: the one in this clone, or in the
    GitHub Release, or in the draft of a release that another clone has in progress.
    """
    sealed = artifacts.read(project.state / folder(version) / "dist")
    if sealed is None and project.settings.github and project.settings.github.repository:
        from contd_release.channels.github.verify import sealed_in_draft, sealed_publicly

        tag = project.tags.of(version)
        sealed = sealed_publicly(project, tag) or sealed_in_draft(project, tag)
    if sealed is None or sealed.project != project.name or sealed.version != version:
        return None
    tagged = there.tag(project.tags.of(version))
    if tagged is None:
        return sealed if Version(version) in there.withdrawn(project.withdrawal) else None
    return sealed if tagged.commit == sealed.commit else None


def _in_progress(project: Project) -> str:
    begun = journal.of(project).under_way()
    return begun.version if begun else ""


def _is_known(project: Project, one: Offer) -> bool:
    return any(fnmatchcase(str(one), pattern) for pattern in (project.settings.watch or Watch()).known)


def _containment(project: Project, one: Offer, channels: Mapping[str, Channel]) -> str:
    if one.channel == GIT:
        remote, tag = project.settings.remote, shlex.quote(one.name)
        return f"git push --delete {remote} {tag}   (after git fetch {remote} tag {tag}, so that it can be read)"
    return channels[one.channel].containment(one) if one.channel in channels else offer.containment(one)


def count(strangers: Sequence[Stranger]) -> str:
    """How many there are, and the verb."""
    return f"{len(strangers)} {'thing is' if len(strangers) == 1 else 'things are'}"


def lines(strangers: Iterable[Stranger]) -> Iterator[str]:
    """A line for each, and how to contain it."""
    for one in strangers:
        yield f"{one.offer}: {one.because}"
        yield f"  {one.containment}"
