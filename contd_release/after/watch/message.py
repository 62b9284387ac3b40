"""
One message to each place for alarms about what a look found, and never a second about the same.

The journal knows what a place has heard of, as it does for announcements: the intention is written before a message is
sent, the outcome after. An intention without an outcome is a question for a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from contd_release.after.announce import message
from contd_release.after.announce.outcome import require_place
from contd_release.after.announce.places import AnnouncementPlace, alarms
from contd_release.after.watch.strangers import Stranger, count
from contd_release.engine.checklist import Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand, NeedsPerson, Unanswered, Usage
from contd_release.process.action import Call
from contd_release.project.project import Project
from contd_release.records import journal
from contd_release.records.entries import Alarmed, Alarming, Entry
from contd_release.tools.apprise import apprise
from contd_release.tools.apprise.apprise import Outcome, Post
from contd_release.tools.http import may_pass
from contd_release.tools.markup import markdown

_HAVE_IT: Final = ("sent", "done")
# An alarm is about what no release of ours explains, so about no version.
_NONE: Final = ""


@dataclass(frozen=True)
class Words:
    """The words of an alarm: a list item for each stranger."""

    project: str
    strangers: tuple[Stranger, ...]
    link: str = ""
    before_link: str = ""
    only_items: bool = True

    @property
    def title(self) -> str:
        """How many there are."""
        return f"{markdown.quiet(self.project)}: {count(self.strangers)} public that no release of ours explains"

    @property
    def notes(self) -> str:
        """Names and addresses come from strangers: nothing in them is markup."""
        lines = (f"{one.offer}: {one.because}. To contain it: {one.containment}" for one in self.strangers)
        return "".join(f"- {markdown.escaped(' '.join(line.split()))}\n" for line in lines)


@dataclass(frozen=True)
class _Heard:
    """The marks of the strangers that a place has heard of, and of those in a message whose outcome is not known."""

    known: frozenset[str]
    open: frozenset[str]
    since: str = ""


def sent_everywhere(project: Project, strangers: Sequence[Stranger]) -> Together:
    """Every place for alarms has heard of these. A place that refuses does not keep the others from hearing."""
    return Together(tuple((sent(project, place, strangers),) for place in alarms(project.settings)), goes_on=True)


def sent(project: Project, place: AnnouncementPlace, strangers: Sequence[Stranger]) -> Step:
    """One place has heard of these."""

    def observe() -> Found:
        heard = _heard(project, place.name)
        if new := _new(heard, strangers):
            return Found(State.ABSENT, f"{place.name} has not heard of {len(new)} of them")
        if heard.open & set(map(_mark, strangers)):
            raise _unknown(place.name, f"began at {heard.since} and its outcome was never written")
        return Found(State.DONE, "sent")

    act = Call(f"send the alarm to {place}", partial(_send, project, place, tuple(strangers)))
    return Step(f"{place.name} has the alarm", observe, act=(act,), retry=may_pass)


def preview(project: Project, place: AnnouncementPlace, strangers: Sequence[Stranger]) -> Post | None:
    """The message that a place would get; None if it has heard of all of these."""
    new = _new(_heard(project, place.name), strangers)
    return message.post(Words(project.name, new), place.service()) if new else None


def answer(project: Project, name: str, outcome: str) -> None:
    """
    Write down what a person says about the messages whose outcome is not known.

    Args:
        outcome: `done` if the place has them, `again` if not.

    Raises:
        Usage: there is no such place, or nothing is open there.
    """
    require_place(alarms(project.settings), name, ("invoke watch", f"--{outcome}"), "watch.announce")
    if not (heard := _heard(project, name)).open:
        raise Usage(f"no alarm to {name} is open", "a message whose outcome is not known", "invoke watch")
    marks = " ".join(sorted(heard.open))
    journal.of(project).append(Alarmed(version=_NONE, place=name, strangers=marks, outcome=outcome))


def _send(project: Project, place: AnnouncementPlace, strangers: tuple[Stranger, ...]) -> None:
    """
    Write the intention, send, write the outcome.

    Raises:
        NotReady: this machine cannot reach the place.
        NeedsPerson: it is not known whether the message arrived.
        FailedCommand: the message was certainly not delivered.
        Unanswered: the same, and it may work later.
    """
    new, url = _new(_heard(project, place.name), strangers), place.url()
    post = message.post(Words(project.name, new), place.service())
    entries, marks = journal.of(project), " ".join(map(_mark, new))
    digest = hashlib.sha256(str(post).encode()).hexdigest()
    entries.append(Alarming(version=_NONE, place=place.name, strangers=marks, digest=digest))
    answer = apprise.send(url, post)
    if answer.outcome is Outcome.UNKNOWN:
        raise _unknown(place.name, f"may or may not have arrived: {answer.reason}")
    outcome = "sent" if answer.outcome is Outcome.SENT else "refused"
    entries.append(Alarmed(version=_NONE, place=place.name, strangers=marks, outcome=outcome))
    if answer.outcome is not Outcome.SENT:
        failure = Unanswered if answer.outcome is Outcome.PASSING else FailedCommand
        raise failure(
            f"{place.name} refused the alarm, so it was not delivered: {answer.reason}",
            expected="a place that takes it",
            type_next=f"invoke watch   (when {place.variable} and the place are well)",
        )


def _heard(project: Project, place: str) -> _Heard:
    """What the journal says about a place."""
    known, unsettled, since = set[str](), set[str](), ""
    for entry in journal.of(project).entries(Entry, _NONE):
        if isinstance(entry, Alarming) and entry.place == place:
            unsettled |= set(entry.strangers.split())
            since = entry.at
        elif isinstance(entry, Alarmed) and entry.place == place:
            marks = set(entry.strangers.split())
            unsettled -= marks
            known = known | marks if entry.outcome in _HAVE_IT else known - marks
    return _Heard(frozenset(known), frozenset(unsettled), since)


def _new(heard: _Heard, strangers: Sequence[Stranger]) -> tuple[Stranger, ...]:
    """The strangers that no message to this place is about."""
    return tuple(one for one in strangers if _mark(one) not in heard.known | heard.open)


def _mark(stranger: Stranger) -> str:
    """A stranger with other bytes is another one."""
    offer = stranger.offer
    return hashlib.sha256(f"{offer.channel} {offer.name} {offer.digest}".encode()).hexdigest()[:16]


def _unknown(place: str, why: str) -> NeedsPerson:
    return NeedsPerson(
        f"the alarm to {place} {why}",
        expected=f"a person who looks at {place} and says whether it is there",
        type_next=f"invoke watch --done {place}   (it is there), or invoke watch --again {place}   (it is not)",
    )
