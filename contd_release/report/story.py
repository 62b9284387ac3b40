"""The story of a release: everything in its report, before it gets a form."""

from __future__ import annotations

from dataclasses import dataclass

from contd_release.channels.readings import ComparedRow, Verdict
from contd_release.project.artifacts import Artifact
from contd_release.records.samples import Sample


@dataclass(frozen=True)
class Bar:
    """
    One try to make a step true.

    Args:
        start: seconds since the first walk began, without the time between two walks.
        how: `done`, `failed`, `undone`, or `cut` where the process was ended in the middle.
    """

    start: float
    seconds: float
    how: str
    detail: str = ""


@dataclass(frozen=True)
class Line:
    """One step on the timeline."""

    section: str
    step: str
    bars: tuple[Bar, ...]

    @property
    def last(self) -> Bar:
        """How it went in the end."""
        return self.bars[-1]


@dataclass(frozen=True)
class Walk:
    """
    One walk of the checklist.

    Args:
        at: when it began, ISO 8601.
        pause: seconds since the walk before it ended.
    """

    at: str
    start: float
    seconds: float
    pause: float


@dataclass(frozen=True)
class Timeline:
    """What was done when."""

    walks: tuple[Walk, ...]
    lines: tuple[Line, ...]

    @property
    def seconds(self) -> float:
        """All walks together."""
        return sum(one.seconds for one in self.walks)


@dataclass(frozen=True)
class ReportedChannel:
    """
    One channel: what was built for it, and whether what it serves is that.

    Args:
        found: when it was read back and equal to the seal, ISO 8601; empty if it was not.
    """

    channel: str
    built: tuple[str, ...]
    found: str


@dataclass(frozen=True)
class Proof:
    """A session that passed."""

    session: str
    tree: str
    seconds: float
    at: str


@dataclass(frozen=True)
class Message:
    """A message to a place, and what became of it: `sent`, `refused`, what a person said, or `unknown`."""

    at: str
    place: str
    kind: str
    outcome: str


@dataclass(frozen=True)
class Moment:
    """Something that a person did, or was asked for, and when."""

    at: str
    what: str


@dataclass(frozen=True)
class Story:
    """
    Everything.

    Args:
        how: `finished`, `aborted`, `under way`, or `released elsewhere`.
        began: ISO 8601; empty if it was not begun on this machine.
        commit: empty before the build.
        seal: the sha256 of `artifacts.json`.
        rows: what the channels have now; empty if they were not asked.
    """

    project: str
    version: str
    tag: str
    previous: str
    how: str
    date: str
    began: str
    ended: str
    base: str
    commit: str
    seal: str
    artifacts: tuple[Artifact, ...]
    places: tuple[ReportedChannel, ...]
    rows: tuple[ComparedRow, ...]
    proofs: tuple[Proof, ...]
    announcements: tuple[Message, ...]
    persons: tuple[Moment, ...]
    retries: tuple[Moment, ...]
    timeline: Timeline
    window: str
    samples: tuple[Sample, ...]

    @property
    def is_as_built(self) -> bool:
        """Whether every channel has what was built, as far as is known."""
        if self.rows:
            return all(one.seen.verdict is Verdict.SAME for one in self.rows)
        return bool(self.places) and all(one.found for one in self.places)

    @property
    def verdict(self) -> str:
        """What the monitor said last."""
        return self.samples[-1].verdict.value if self.samples else "not looked at yet"
