"""
The events of a release as bars in time. What several walks did is one timeline; the hours between them are cut out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest

from contd_release.records.events import WALK, Happened
from contd_release.report.story import Bar, Line, Moment, Timeline, Walk


@dataclass
class _Seen:
    """The events of one step so far."""

    bars: list[Bar] = field(default_factory=list)
    acting: datetime | None = None
    is_done: bool = False


def timeline(events: Sequence[Happened]) -> Timeline:
    """The timeline of these events."""
    walks: list[Walk] = []
    steps: dict[tuple[str, str], _Seen] = {}
    offset = 0.0
    previous: datetime | None = None
    for group in _walks(events):
        start, end = _span(group)
        pause = max((start - previous).total_seconds(), 0) if previous else 0
        walks.append(
            Walk(start.isoformat(timespec="seconds"), round(offset, 3), (end - start).total_seconds(), round(pause, 3))
        )
        for happened in group:
            seen = steps.setdefault((happened.section, happened.step), _Seen())
            _learn(seen, happened, offset - start.timestamp())
        for seen in steps.values():
            _cut(seen, end, offset - start.timestamp())
        offset += (end - start).total_seconds()
        previous = end
    lines = tuple(Line(*name, tuple(seen.bars)) for name, seen in steps.items() if seen.bars)
    return Timeline(tuple(walks), lines)


def kills(events: Sequence[Happened]) -> Iterator[Moment]:
    """Each walk that ended in the middle of a step, with the steps that were cut off and when it was continued."""
    walks = _walks(events)
    for group, following in zip_longest(walks, walks[1:]):
        open_steps: dict[str, None] = {}
        for happened in group:
            if happened.what == "acting":
                open_steps[happened.step] = None
            else:
                open_steps.pop(happened.step, None)
        if open_steps:
            at = group[-1].at
            then = f"continued at {following[0].at[:19]}" if following else "not continued yet"
            yield Moment(at, f"killed at {at[:19]}, {then}; in the middle of: {', '.join(open_steps)}")


def _walks(events: Sequence[Happened]) -> list[list[Happened]]:
    found: list[list[Happened]] = [[]]
    for happened in events:
        if happened.what == WALK:
            found.append([])
        else:
            found[-1].append(happened)
    return [group for group in found if group]


def _span(group: Sequence[Happened]) -> tuple[datetime, datetime]:
    starts = [one.moment - timedelta(seconds=one.seconds) for one in group]
    return min(starts), max(one.moment for one in group)


def _learn(seen: _Seen, happened: Happened, shift: float) -> None:
    """Take one event in. A step that is only seen to be done again is no bar."""
    if happened.what == "acting":
        seen.acting = seen.acting or happened.moment
        return
    if happened.what == "done" and seen.is_done and seen.acting is None:
        return
    start = happened.moment.timestamp() - happened.seconds + shift
    seen.bars.append(Bar(round(start, 3), happened.seconds, happened.what, happened.detail))
    seen.acting, seen.is_done = None, happened.what == "done"


def _cut(seen: _Seen, end: datetime, shift: float) -> None:
    """A step that acted and said nothing more was cut off with its walk."""
    if seen.acting is None:
        return
    start = seen.acting.timestamp() + shift
    seconds = (end - seen.acting).total_seconds()
    seen.bars.append(Bar(round(start, 3), round(seconds, 3), "cut", "the process was ended in the middle of it"))
    seen.acting = None
