"""The records of a release on the machine that made it: its journal, its seal, its events, the monitor's samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from contd_release.channels import registry
from contd_release.channels.readings import ComparedRow
from contd_release.process.redaction import Redactor
from contd_release.project.artifacts import Sealed
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Monitor
from contd_release.records import events, journal, samples
from contd_release.records.entries import Announced, Announcing, Approved, Begun, Ended, Entry, Proved, Verified
from contd_release.records.events import Happened
from contd_release.report.story import Message, Moment, Proof, ReportedChannel, Story
from contd_release.report.timeline import kills, timeline

MORE_THAN_ONE: Final = 2


@dataclass(frozen=True)
class Public:
    """
    What others know of a release, beyond this machine's own records.

    Args:
        sealed: what was built, here or elsewhere.
        channels: the names of those that are read back.
        rows: what they have now, if they were asked.
    """

    sealed: Sealed | None = None
    channels: tuple[str, ...] = ()
    rows: tuple[ComparedRow, ...] = ()


def story(release: Release, public: Public, redact: Redactor) -> Story:
    """The story of a release. Of one that was made elsewhere, it is what is public."""
    version, entries = str(release.version), journal.of(release.project)
    begun, kept = entries.last(Begun, version), tuple(entries.entries(Entry, version))
    ended = next((one for one in reversed(kept) if isinstance(one, Ended)), None)
    sealed, happened = public.sealed, events.of(release, redact).read()
    monitor = release.project.settings.monitor or Monitor()
    return Story(
        project=release.project.name,
        version=version,
        tag=release.tag,
        previous=str(release.previous),
        how=ended.how if ended else "under way" if begun else "released elsewhere",
        date=release.date,
        began=begun.at if begun else "",
        ended=ended.at if ended else "",
        base=release.base,
        commit=sealed.commit if sealed else "",
        seal=sealed.digest() if sealed else "",
        artifacts=sealed.artifacts if sealed else (),
        places=tuple(_places(release.project, public, kept)),
        rows=public.rows,
        proofs=tuple(_proofs(kept)),
        announcements=tuple(_announcements(kept)),
        persons=tuple(_persons(release, kept, happened)),
        retries=tuple(_retries(happened)),
        timeline=timeline(happened),
        window=monitor.window,
        samples=samples.read(release.home / samples.FILE),
    )


def _places(project: Project, public: Public, kept: Sequence[Entry]) -> Iterator[ReportedChannel]:
    sealed = public.sealed
    artifacts, seal = (sealed.artifacts, sealed.digest()) if sealed else ((), "")
    channels = registry.channels(project)
    found = {(row.channel, row.built) for row in public.rows}
    for channel in public.channels:
        verified = [one for one in kept if isinstance(one, Verified) and (one.channel, one.seal) == (channel, seal)]
        built = tuple(
            one.name
            for one in artifacts
            if (channel in channels and channels[channel].takes(one)) or (channel, f"sha256:{one.sha256}") in found
        )
        yield ReportedChannel(channel, built, verified[-1].at if verified else "")


def _proofs(kept: Sequence[Entry]) -> Iterator[Proof]:
    last = {one.session: one for one in kept if isinstance(one, Proved)}
    yield from (Proof(one.session, one.tree, one.seconds, one.at) for one in last.values())


def _announcements(kept: Sequence[Entry]) -> Iterator[Message]:
    """The last outcome of each message; `unknown` if it was begun and has none."""
    last = {(one.place, one.kind): one for one in kept if isinstance(one, Announcing | Announced)}
    for (place, kind), one in last.items():
        yield Message(one.at, place, kind, one.outcome if isinstance(one, Announced) else "unknown")


def _persons(release: Release, kept: Sequence[Entry], happened: Sequence[Happened]) -> Iterator[Moment]:
    """Every decision, and every stop that asked for one."""
    approved = [one for one in kept if isinstance(one, Approved)]
    found = [Moment(one.at, f"approved {one.commit[:12]} and its artifacts") for one in approved]
    found += [
        Moment(one.at, f"said of the {one.kind} message to {one.place}: {one.outcome}")
        for one in kept
        if isinstance(one, Announced) and one.outcome in ("done", "again")
    ]
    found += [Moment(one.at, f"was needed: {one.step}: {one.detail}") for one in happened if one.error == "NeedsPerson"]
    at = next((one.at for one in kept if isinstance(one, Begun)), "")
    if release.because:
        found.append(Moment(at, f"wanted a {release.part} release because {release.because}"))
    if release.without_ci:
        found.append(Moment(at, f"did without the checks of the commit because {release.without_ci}"))
    yield from sorted(found, key=lambda one: one.at)


def _retries(happened: Sequence[Happened]) -> Iterator[Moment]:
    """Every kill, every failure, and every act that was begun more than once."""
    yield from kills(happened)
    for one in happened:
        if one.what == "failed":
            yield Moment(one.at, f"{one.step}: {one.error}: {one.detail}")
    acts = [one for one in happened if one.what == "acting"]
    counted = Counter((one.step, one.detail) for one in acts)
    last = {(one.step, one.detail): one.at for one in acts}
    for (step, detail), count in counted.items():
        if count >= MORE_THAN_ONE:
            yield Moment(last[step, detail], f"{step}: tried {count} times: {detail}")
