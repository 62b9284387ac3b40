"""The table of what was built and what is found, read until all of it is the same or the time is up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from contd_release.channels import registry
from contd_release.channels.readings import ComparedRow, Glance, Reading, Verdict
from contd_release.console import Report
from contd_release.engine.checklist import SIDE_BY_SIDE
from contd_release.errors import Conflict, ReleaseError, Unanswered, Unsettled, exit_code, raise_all
from contd_release.project.release import Release

# What may be different at the next look.
_PASSING: Final = frozenset({Verdict.ABSENT, Verdict.STALE, Verdict.UNANSWERED})


@dataclass(frozen=True)
class Patience:
    """How long is waited for what is not there yet, and between two looks, in seconds."""

    whole: float = 300
    pause: float = 2
    longest: float = 30


def read(
    release: Release, only: Sequence[str], report: Report, patience: Patience, *, promoted: bool
) -> tuple[ComparedRow, ...]:
    """
    Look until everything that was built is found, and print the table at the end.

    Args:
        promoted: whether what comes true only with the promotion is asked for as well.

    Raises:
        Conflict: something else is found under a name of ours: at once.
        Unsettled: something is still absent, or stale, when the time is up.
        Unanswered: a place did not say what it has.
    """
    deadline, pause = time.monotonic() + patience.whole, patience.pause
    while True:
        rows = looked(release, only, promoted=promoted)
        verdicts = {row.seen.verdict for row in rows}
        left = deadline - time.monotonic()
        if Verdict.WRONG in verdicts or left <= 0 or not verdicts & _PASSING:
            break
        report.says(f"not there yet: {_described(rows)}; looked at again in {min(pause, left):.0f} s")
        time.sleep(min(pause, left))
        pause = min(pause * 2, patience.longest)
    report.readings(rows)
    refusals = [_refusal(release, row, patience) for row in rows if row.seen.verdict is not Verdict.SAME]
    raise_all(sorted(refusals, key=exit_code))
    return rows


def looked(release: Release, only: Sequence[str], *, promoted: bool) -> tuple[ComparedRow, ...]:
    """What is found at one look at everything, side by side."""
    wanted = [pair for pair in registry.readings(release, only) if promoted or not pair[1].is_promoted]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return tuple(pool.map(lambda pair: _row(*pair), wanted))


def _row(channel: str, reading: Reading) -> ComparedRow:
    try:
        seen = reading.look()
    except Unanswered as error:
        seen = Glance(Verdict.UNANSWERED, error.what_is)
    return ComparedRow(channel, reading.name, reading.built, seen)


def _described(rows: tuple[ComparedRow, ...]) -> str:
    return ", ".join(f"{row.name} is {row.seen.verdict.value}" for row in rows if row.seen.verdict in _PASSING)


def _refusal(release: Release, row: ComparedRow, patience: Patience) -> ReleaseError:
    again = f"invoke verify --version {release.version}"
    what = f"{row.channel}: {row.name} is {row.seen.verdict.value}: {row.seen.what}"
    if row.seen.verdict is Verdict.WRONG:
        return Conflict(what, expected=row.built, type_next=f"invoke rollback --version {release.version}")
    if row.seen.verdict is Verdict.UNANSWERED:
        return Unanswered(what, expected=row.built, type_next=again)
    return Unsettled(what, expected=f"{row.built} within {patience.whole:g} s", type_next=again)
