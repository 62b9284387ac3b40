"""
The parts that a plug-in leaves out, as far as its `publish` answers for them.

Each step of `publish` observes whether users can get something of the version. So it also says whether the channel has
what was published, what a rollback finds there, and whether a tag may be deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final, TypeAlias

from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, Verdict
from contd_release.channels.withdrawal import Remaining, Rollback
from contd_release.engine.items import Item, flat
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict, Unsettled
from contd_release.process.action import Call
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release

Part: TypeAlias = Callable[[Release], Iterable[Item]]
Readings: TypeAlias = Callable[[Release], Iterable[Reading]]
_VERDICTS: Final = {
    State.DONE: Verdict.SAME,
    State.ABSENT: Verdict.ABSENT,
    State.PARTIAL: Verdict.STALE,
    State.CONFLICT: Verdict.WRONG,
}


def readings(publish: Part, release: Release) -> tuple[Reading, ...]:
    """One row for each step of `publish`."""
    return tuple(Reading(step.title, "as published", partial(_look, step)) for step in _steps(publish(release)))


def compared(readings: Readings, claim: Claim, release: Release) -> tuple[Step, ...]:
    """Every reading of the channel is what was built."""

    def compare() -> None:
        for reading in readings(release):
            if not reading.is_promoted:
                _refuse_other(release, reading)

    act = (Call("compare what is there with what was built", compare),)
    return (read_back(release, claim, act, retry=lambda failure: isinstance(failure, Unsettled)),)


def verified(verify: Part, claim: Claim, release: Release) -> Iterator[Item]:
    """The plug-in's own verification, and an entry in the journal that it passed."""
    yield from verify(release)
    yield read_back(release, claim, ())


def remains(
    publish: Part, withdraw: Callable[[Rollback], Iterable[Item]], place: str, rollback: Rollback
) -> tuple[Remaining, ...]:
    """What the place has of the version, and the steps that remove it."""
    found = [step.observe() for step in _steps(publish(rollback.release))]
    there = [one.detail for one in found if one.state is not State.ABSENT]
    if not there:
        return (Remaining(place, "nothing of this version"),)
    steps, better = _steps(withdraw(rollback)), rollback.advised or rollback.following
    undone = "; ".join(step.title for step in steps)
    if steps:
        return (Remaining(place, "; ".join(there), undone, "who fetched it has it", f"use {better}"),)
    cannot = "it stays: this channel withdraws nothing"
    return (Remaining(place, "; ".join(there), "", cannot, f"take it away by hand; use {better}"),)


def is_public(publish: Part, release: Release) -> bool:
    """Whether a step of `publish` finds anything of the version."""
    return any(step.observe().state is not State.ABSENT for step in _steps(publish(release)))


def _steps(items: Iterable[Item]) -> list[Step]:
    return [step for _, step in flat(tuple(items), "")]


def _look(step: Step) -> Glance:
    found = step.observe()
    return Glance(_VERDICTS[found.state], found.detail)


def _refuse_other(release: Release, reading: Reading) -> None:
    """
    Refuse what is not as it was built.

    Raises:
        Conflict: something else is there.
        Unsettled: it is not there yet.
    """
    seen = reading.look()
    what = f"{reading.name}: {seen.what}"
    if seen.verdict is Verdict.WRONG:
        again = f"invoke rollback --version {release.version}"
        raise Conflict(what, expected=reading.built, type_next=again)
    if seen.verdict is not Verdict.SAME:
        raise Unsettled(what, expected=reading.built, type_next=f"invoke verify --version {release.version}")


def takes(name: str, artifact: Artifact) -> bool:
    """Whether an artifact is of the kind that has the channel's name."""
    return artifact.kind == name
