"""
Announcements: one message to each place, once every channel was verified.

A message cannot be taken back, and most places do not say what they have. So the journal knows: the intention is
written before anything is sent, the outcome after. An intention without an outcome is a question for a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from contd_release.after.announce import message, outcome
from contd_release.after.announce.message import Kind, News
from contd_release.after.announce.places import AnnouncementPlace
from contd_release.engine.checklist import Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand, NotReady, ReleaseError, Unanswered
from contd_release.process.action import Call
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.entries import Announced, Announcing
from contd_release.tools.apprise import apprise
from contd_release.tools.apprise.apprise import Outcome, Post, Service
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.http import may_pass


@dataclass(frozen=True)
class Announcement:
    """
    The message that every place gets.

    Args:
        notes: gives the Markdown when it is needed; before the release is prepared there is none.
        channels: the names of the channels that must have been verified before a word is said.
    """

    release: Release
    notes: Callable[[], str]
    link: str
    channels: tuple[str, ...] = ()
    kind: Kind = "release"

    @property
    def news(self) -> News:
        """The message as it is now."""
        return News(self.release, self.kind, self.notes(), self.link)

    def claim(self, place: AnnouncementPlace) -> str:
        """The title of the step."""
        what = "is out" if self.kind == "release" else "is withdrawn"
        return f"{place.name} knows that {self.release.version} {what}"


@dataclass(frozen=True)
class Preview:
    """A message exactly as it would go out, or why there is none."""

    place: AnnouncementPlace
    service: Service | None
    post: Post | None
    error: ReleaseError | None = None


def announced_everywhere(announcement: Announcement) -> Together:
    """Every place has the message. A place that refuses it does not keep the others from getting it."""
    return Together(
        tuple(
            (announced(announcement, place),) for place in outcome.recipients(announcement.release, announcement.kind)
        ),
        goes_on=True,
    )


def announced(announcement: Announcement, place: AnnouncementPlace) -> Step:
    """One place has the message."""
    release, kind = announcement.release, announcement.kind

    def observe() -> Found:
        last = outcome.last(release, place.name, kind)
        if isinstance(last, Announcing):
            raise outcome.unknown(place.name, release, kind, f"began at {last.at} and its outcome was never written")
        if last and outcome.has_it(last):
            return Found(State.DONE, f"{'sent' if last.outcome == 'sent' else 'a person says it was sent'}, {last.at}")
        return Found(State.ABSENT, "not sent" if last is None else f"not sent; {last.outcome} at {last.at}")

    act = Call(f"send the {kind} message to {place}", partial(_tell, announcement, place))
    return Step(announcement.claim(place), observe, act=(act,), undo=None, retry=may_pass)


def preview(announcement: Announcement) -> Iterator[Preview]:
    """Every message, without sending one."""
    for place in outcome.recipients(announcement.release, announcement.kind):
        try:
            service = place.service()
            yield Preview(place, service, message.post(announcement.news, service))
        except ReleaseError as error:
            yield Preview(place, None, None, error)


def link(release: Release) -> str:
    """The page that describes the release: on the website, else on GitHub, else none."""
    website = release.project.settings.website
    return f"{website.url.rstrip('/')}/{release.version}/" if website and website.url else forge_link(release)


def forge_link(release: Release) -> str:
    """The address of the release on GitHub; empty if the project is not there."""
    github = release.project.settings.github
    if not github or not github.repository:
        return ""
    return f"{GitHubRepository(github.repository, github.api, github.uploads).web}/releases/tag/{release.tag}"


def _tell(announcement: Announcement, place: AnnouncementPlace) -> None:
    """
    Write the intention, send, write the outcome.

    Raises:
        NotReady: something was not verified, or this machine cannot reach the place.
        NeedsPerson: it is not known whether the message arrived.
        FailedCommand: the message was certainly not delivered.
        Unanswered: the same, and it may work later.
    """
    release, kind = announcement.release, announcement.kind
    if kind == "release":
        refuse_unverified(release, announcement.channels)
    url, service = place.url(), place.service()
    post = message.post(announcement.news, service)
    entries, version = journal.of(release.project), str(release.version)
    digest = hashlib.sha256(str(post).encode()).hexdigest()
    entries.append(Announcing(version=version, place=place.name, kind=kind, digest=digest))
    sent = apprise.send(url, post)
    if sent.outcome is Outcome.UNKNOWN:
        raise outcome.unknown(place.name, release, kind, f"may or may not have arrived: {sent.reason}")
    is_sent = sent.outcome is Outcome.SENT
    entries.append(Announced(version=version, place=place.name, kind=kind, outcome="sent" if is_sent else "refused"))
    if not is_sent:
        failure = Unanswered if sent.outcome is Outcome.PASSING else FailedCommand
        raise failure(
            f"{place.name} refused the {kind} message of {version}, so it was not delivered: {sent.reason}",
            expected="a place that takes it",
            type_next=f"{outcome.command(release, kind)}   (when {place.variable} and the place are well)",
        )


def refuse_unverified(release: Release, channels: tuple[str, ...]) -> None:
    """
    Refuse to announce a release that was not read back from every channel.

    Raises:
        NotReady: a channel was not verified against the sealed artifacts.
    """
    sealed, entries = release.sealed(), journal.of(release.project)
    seal = sealed.digest() if sealed else ""
    missing = [name for name in channels if not (seal and entries.verified(str(release.version), name, seal))]
    if missing:
        raise NotReady(
            f"{release.version} was not verified on {', '.join(missing)}, so it is not announced",
            expected="every channel read back and equal to what was built",
            type_next=f"invoke verify --version {release.version}",
        )
