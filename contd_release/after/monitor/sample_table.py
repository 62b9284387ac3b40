"""The samples as people read them: a line each, or a table that grows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from contd_release.after.monitor import verdict
from contd_release.after.monitor.watched import WatchedRelease
from contd_release.records.samples import HealthVerdict, Sample

if TYPE_CHECKING:
    from rich.console import Group

MOST_ROWS: Final = 20
STYLES: Final = {
    HealthVerdict.CONTINUE: "green",
    HealthVerdict.HOLD: "yellow",
    HealthVerdict.PROPOSE_ROLLBACK: "bold red",
}


def sentence(sample: Sample) -> str:
    """One look on one line, and its reasons below."""
    numbers = [f"error rate {rate(sample)}"] if sample.rate else []
    numbers += [f"{count} {what}" for what, count in _counts(sample).items() if count is not None]
    lines = [f"{sample.at}  {sample.verdict.value}: {', '.join(numbers) or 'nothing is known'}"]
    return "\n".join([*lines, *(f"  - {one}" for one in sample.reasons), *_typed(sample)])


def facts(release: WatchedRelease, sample: Sample, *, watching: bool) -> Mapping[str, object]:
    """One look for machines: numbers by themselves, so that they become gauges."""
    found = asdict(sample)
    return found | {
        "verdict": sample.verdict.value,
        "watching": watching,
        "issues": sample.issues,
        "since": release.since.isoformat(timespec="seconds"),
        "until": release.until.isoformat(timespec="seconds"),
        "type": verdict.command(sample),
    }


def table(release: WatchedRelease, seen: Sequence[Sample]) -> Group:
    """The newest looks, and what the last one means."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    title = f"{release}, watched until {release.until.isoformat(timespec='minutes')}"
    found = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("at", "verdict"):
        found.add_column(name, no_wrap=True)
    for name in ("error rate", "before", "healthy to", "issues", "reactions", "comments", "downloads"):
        found.add_column(name, justify="right", no_wrap=True)
    for one in seen[-MOST_ROWS:]:
        found.add_row(one.at, Text(one.verdict.value, style=STYLES[one.verdict]), *_numbers(one))
    last = seen[-1] if seen else None
    lines = [Text(f"- {line}", style=STYLES[last.verdict]) for line in last.reasons] if last else []
    return Group(found, *lines, Text("Ctrl-C stops watching; the same command continues", style="dim"))


def rate(sample: Sample) -> str:
    """The error rate now, and what it is compared with."""
    if sample.rate is None:
        return "unknown"
    return f"{_number(sample.rate.now)} (before {_number(sample.rate.before)}, healthy to {sample.rate.limit:.4g})"


def _numbers(sample: Sample) -> Iterator[str]:
    found = sample.rate
    yield from (_number(found.now), _number(found.before), _number(found.limit)) if found else ("", "", "")
    yield from ("" if count is None else str(count) for count in _counts(sample).values())


def _counts(sample: Sample) -> Mapping[str, int | None]:
    """The counts by name; a count that no source gave is left out."""
    return {
        "open issues": sample.issues,
        "reactions": sample.reactions,
        "comments": sample.comments,
        "downloads": sample.downloads,
    }


def _typed(sample: Sample) -> Iterator[str]:
    if command := verdict.command(sample):
        yield f"  type: {command}"


def _number(value: float | None) -> str:
    return "no data" if value is None else f"{value:.4g}"
