"""Where everything is in the picture of the timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from contd_release.report.story import Bar, Line, Timeline
from contd_release.report.words import cut, span

WIDTH: Final = 1000
LEFT: Final = 372
RIGHT: Final = 930
TOP: Final = 34
ROW: Final = 19
HEAD: Final = 30
LONGEST_LABEL: Final = 58
# The first section whose steps cannot be undone.
LINE: Final = "publish"
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
_TICKS: Final = 8
SHORTEST: Final = 0.05


@dataclass(frozen=True)
class DrawnBar:
    """One try, as a rectangle."""

    x: float
    width: float
    how: str
    tip: str


@dataclass(frozen=True)
class TimelineRow:
    """One step: a label, its bars, and how long it took."""

    y: float
    label: str
    tip: str
    bars: tuple[DrawnBar, ...]
    how: str
    note: str
    note_x: float


@dataclass(frozen=True)
class Mark:
    """A word at a place: a tick of the axis, a pause between two walks, the head of a section."""

    at: float
    text: str


@dataclass(frozen=True)
class Picture:
    """
    The whole picture.

    Args:
        line: how far down the point of no return is; None if it was not reached.
    """

    height: float
    rows: tuple[TimelineRow, ...]
    heads: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    pauses: tuple[Mark, ...]
    line: float | None
    width: float = WIDTH
    left: float = LEFT
    right: float = RIGHT
    top: float = TOP


def picture(timeline: Timeline) -> Picture | None:
    """The picture of a timeline; None if nothing happened."""
    if not timeline.lines:
        return None
    total = max(timeline.seconds, 0.001)
    scale = (RIGHT - LEFT) / total
    rows, heads, y, line, section = [], [], float(TOP), None, ""
    for one in _by_section(timeline.lines):
        if one.section != section:
            section = one.section
            if section == LINE:
                line = y + 10
                y += 14
            y += HEAD
            heads.append(Mark(y - 8, section))
        rows.append(_row(one, y, scale))
        y += ROW
    pauses = [Mark(LEFT + one.start * scale, f"{span(one.pause)} later") for one in timeline.walks[1:]]
    return Picture(y + 12, tuple(rows), tuple(heads), tuple(_ticks(total, scale)), tuple(pauses), line)


def _by_section(lines: Sequence[Line]) -> Iterator[Line]:
    """Section by section, in the order in which they were first walked: steps side by side come in any order."""
    for section in dict.fromkeys(one.section for one in lines):
        yield from sorted((one for one in lines if one.section == section), key=lambda one: one.bars[0].start)


def _row(line: Line, y: float, scale: float) -> TimelineRow:
    bars = tuple(_bar(one, scale) for one in line.bars)
    end = max(one.x + one.width for one in bars)
    seconds = sum(one.seconds for one in line.bars)
    return TimelineRow(
        y=y,
        label=cut(line.step, LONGEST_LABEL),
        tip=cut(f"{line.step}: {line.last.detail}", 300),
        bars=bars,
        how=line.last.how,
        note=span(seconds) if seconds >= SHORTEST else "",
        note_x=min(end + 6, WIDTH - 62),
    )


def _bar(bar: Bar, scale: float) -> DrawnBar:
    x = min(LEFT + bar.start * scale, RIGHT - 2)
    width = max(min(bar.seconds * scale, RIGHT - x), 2)
    return DrawnBar(round(x, 1), round(width, 1), bar.how, cut(f"{bar.how}, {span(bar.seconds)}: {bar.detail}", 300))


def _ticks(total: float, scale: float) -> Iterator[Mark]:
    step = next((one for one in _STEPS if total / one <= _TICKS), 86400 * max(round(total / 86400 / _TICKS), 1))
    for number in range(int(total / step) + 1):
        seconds = number * step
        yield Mark(round(LEFT + seconds * scale, 1), span(seconds) if number else "0")
