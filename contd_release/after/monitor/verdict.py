"""
The verdict on a release, and its reasons. No data is not healthy, and one look is not enough to propose a rollback.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from contd_release.errors import Held, ReleaseError, RollbackProposed
from contd_release.records.samples import HealthVerdict, Rate, Sample

# An error rate that has been too high for this long, in seconds, needs no second look.
PATIENCE: Final = 600


def judged(sample: Sample, last: Sample | None) -> Sample:
    """
    The sample with its verdict.

    Args:
        last: the sample before it.
    """
    reasons = tuple(_reasons(sample))
    if sample.rate and sample.rate.is_risen and _is_lasting(sample.rate, last):
        return replace(sample, verdict=HealthVerdict.PROPOSE_ROLLBACK, reasons=reasons)
    return replace(sample, verdict=HealthVerdict.HOLD if reasons else HealthVerdict.CONTINUE, reasons=reasons)


def problem(sample: Sample) -> ReleaseError | None:
    """The error that ends a bad look, with the command to type; None if the verdict is to continue."""
    if sample.verdict is HealthVerdict.CONTINUE:
        return None
    what = f"{sample.verdict.value}: {'; '.join(sample.reasons)}"
    if sample.verdict is HealthVerdict.HOLD:
        return Held(what, "a person who looks", command(sample))
    return RollbackProposed(what, "a person who decides; nothing rolls back by itself", command(sample))


def command(sample: Sample) -> str:
    """What to type next; empty if nothing has to be."""
    return {
        HealthVerdict.CONTINUE: "",
        HealthVerdict.HOLD: f"invoke monitor --version {sample.version}   (it looks again)",
        HealthVerdict.PROPOSE_ROLLBACK: f'invoke rollback --version {sample.version} --reason "…"',
    }[sample.verdict]


def _reasons(sample: Sample) -> Iterator[str]:
    yield from (f"no data: {one}" for one in sample.missing)
    rate = sample.rate
    if rate and rate.now is None:
        yield "no data: the error rate has no value now"
    elif rate and rate.is_risen and rate.before is None:
        yield f"no data: the error rate is {rate.now:.4g}, and there is none before the release to compare it with"
    elif rate and rate.is_risen:
        lasting = f" for {_span(rate.risen_for)}" if rate.risen_for else ""
        yield f"the error rate is {rate.now:.4g}, above {rate.limit:.4g}{lasting}; it was {rate.before:.4g} before"
    for one in sample.mentions:
        yield f"#{one.number} is open: {one.title} ({one.url})"


def _is_lasting(rate: Rate, last: Sample | None) -> bool:
    """Whether the last look saw it too, or the metrics show that it has been so for a while."""
    if rate.before is None:
        return False
    return rate.risen_for >= PATIENCE or bool(last and last.rate and last.rate.is_risen)


def _span(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
