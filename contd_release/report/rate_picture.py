"""Where everything is in the plot of the error rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import floor, log10
from typing import Final

from contd_release.records.samples import Sample
from contd_release.report.timeline_picture import Mark
from contd_release.report.words import cut

WIDTH: Final = 1000
HEIGHT: Final = 280
LEFT: Final = 64
RIGHT: Final = 900
TOP: Final = 20
BOTTOM: Final = 236


@dataclass(frozen=True)
class Dot:
    """One look; one without a value is on the axis."""

    x: float
    y: float
    verdict: str
    is_known: bool
    tip: str


@dataclass(frozen=True)
class Plot:
    """
    The whole plot.

    Args:
        lines: the points of each stretch without a gap, as SVG writes them.
        limit: how far down the highest healthy rate is; None if it is not known.
        before: how far down the rate before the release is.
    """

    dots: tuple[Dot, ...]
    lines: tuple[str, ...]
    limit: Mark | None
    before: Mark | None
    y_ticks: tuple[Mark, ...]
    x_ticks: tuple[Mark, ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = RIGHT
    top: float = TOP
    bottom: float = BOTTOM


def plot(samples: Sequence[Sample]) -> Plot | None:
    """The error rate over time; None if no look knew one."""
    rates = [one.rate for one in samples if one.rate]
    if not rates:
        return None
    values = [value for rate in rates for value in (rate.now, rate.before, rate.limit) if value is not None]
    highest = _round(max(*values, 1e-9) * 1.1)
    first, last = (datetime.fromisoformat(samples[index].at).timestamp() for index in (0, -1))

    def x(at: str) -> float:
        share = (datetime.fromisoformat(at).timestamp() - first) / (last - first) if last > first else 0.5
        return round(LEFT + share * (RIGHT - LEFT), 1)

    def y(value: float) -> float:
        return round(BOTTOM - value / highest * (BOTTOM - TOP), 1)

    dots = tuple(_dot(one, x(one.at), y) for one in samples)
    newest = rates[-1]
    ticks = tuple(Mark(y(highest * share), f"{highest * share:.3g}") for share in (0, 0.25, 0.5, 0.75, 1))
    return Plot(
        dots=dots,
        lines=tuple(_lines(dots)),
        limit=Mark(y(newest.limit), f"healthy to {newest.limit:.3g}"),
        before=None if newest.before is None else Mark(y(newest.before), f"before {newest.before:.3g}"),
        y_ticks=ticks,
        x_ticks=tuple(_x_ticks(samples, x)),
    )


def _round(value: float) -> float:
    """The next number that a scale of four steps is easily read with."""
    unit: float = 10.0 ** floor(log10(value))
    return next(unit * one for one in (1, 2, 4, 8, 10) if unit * one >= value)


def _dot(sample: Sample, x: float, y: Callable[[float], float]) -> Dot:
    now = sample.rate.now if sample.rate else None
    tip = cut(f"{sample.at}, {sample.verdict.value}: {'; '.join(sample.reasons) or 'nothing unusual'}", 300)
    verdict = sample.verdict.value.replace(" ", "-")
    return Dot(x, BOTTOM if now is None else y(now), verdict, now is not None, tip)


def _lines(dots: Sequence[Dot]) -> Iterator[str]:
    for is_known, stretch in groupby(dots, key=lambda dot: dot.is_known):
        if is_known:
            yield " ".join(f"{one.x},{one.y}" for one in stretch)


def _x_ticks(samples: Sequence[Sample], x: Callable[[str], float]) -> Iterator[Mark]:
    chosen = {0, len(samples) // 2, len(samples) - 1}
    for index in sorted(chosen):
        at = samples[index].at
        yield Mark(x(at), datetime.fromisoformat(at).strftime("%d %b %H:%M"))
