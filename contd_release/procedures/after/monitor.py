"""The work of `invoke monitor`: look until the window is over or the verdict needs a person, or once."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from datetime import datetime

from contd_release.after.monitor import sample_table, sampling, verdict
from contd_release.after.monitor.watched import NothingOut, WatchedRelease, watched
from contd_release.after.watch import strangers
from contd_release.console import Report, reporting
from contd_release.errors import ReleaseError, Usage, raise_all
from contd_release.prepare.committed import current_project
from contd_release.procedures.after import watch as watching
from contd_release.procedures.after.steps import redactor
from contd_release.procedures.options import flags, invoked
from contd_release.project.project import Project
from contd_release.project.rules import DURATION, seconds
from contd_release.records import samples
from contd_release.records.samples import HealthVerdict, Sample


@dataclass(frozen=True)
class Wishes:
    """
    What the options of the call ask for.

    Args:
        every: how long to wait between two looks, such as `5m`.
    """

    version: str = ""
    once: bool = False
    every: str = "5m"


def watch(wishes: Wishes, *, as_json: bool) -> None:
    """
    Watch a release.

    Raises:
        Held: the last look says so, or it was the only one.
        RollbackProposed: a look says so; the watch ends at once.
    """
    if not DURATION.holds(wishes.every):
        given = invoked("monitor", flags(once=wishes.once, json=as_json), version=wishes.version)
        raise Usage(f"--every is {wishes.every!r}", DURATION.expected, f"{given} --every 5m")
    project, report = current_project(), reporting(as_json=as_json)
    report.redact = redactor(project)
    try:
        release = watched(project, wishes.version)
    except NothingOut as nothing:
        # Before the first release a scheduled look succeeds; a person who asks gets an error.
        if not wishes.once:
            raise
        report.fact("over", nothing.what_is, verdict="none", watching=False)
        return
    seen = list(samples.read(release.samples))
    if (moment := release.now()) >= release.until:
        _tell_over(release, report, seen, moment)
        return
    with report.showing(lambda: sample_table.table(release, seen)):
        last = _watched(release, report, seen, wishes)
    problem = verdict.problem(last)
    raise_all([one for one in (problem, _strangers(project, report, wishes)) if one])


def _strangers(project: Project, report: Report, wishes: Wishes) -> ReleaseError | None:
    """What a single look finds that no release explains, where the project watches for it."""
    if not wishes.once or project.settings.watch is None:
        return None
    try:
        watching.compare(project, strangers.look(project), report, watching.Wanted())
    except ReleaseError as error:
        return error
    return None


def _watched(release: WatchedRelease, report: Report, seen: list[Sample], wishes: Wishes) -> Sample:
    """Look until there is a reason to stop; the last look."""
    began = time.monotonic()
    for count in itertools.count(1):
        sample = sampling.look(release, report.redact)
        seen.append(sample)
        is_last = datetime.fromisoformat(sample.at) >= release.until
        report.fact(
            "sample", sample_table.sentence(sample), **sample_table.facts(release, sample, watching=not is_last)
        )
        if wishes.once or is_last or sample.verdict is HealthVerdict.PROPOSE_ROLLBACK:
            return sample
        # A monotonic clock measures the pauses; the end of the window follows the servers' clocks.
        time.sleep(max(began + count * seconds(wishes.every) - time.monotonic(), 0))
    raise AssertionError("there is always another look")


def _tell_over(release: WatchedRelease, report: Report, seen: list[Sample], moment: datetime) -> None:
    """Print that the window is over; that is no failure."""
    end = release.until.isoformat(timespec="seconds")
    if not seen:
        text, facts = f"{release} was not watched here; its window ended {end}", {"verdict": "none"}
        report.fact("over", text, version=str(release.version), watching=False, until=end, **facts)
        return
    text = f"{release}: the window ended {end}; the last look was\n{sample_table.sentence(seen[-1])}"
    report.fact("over", text, **sample_table.facts(release, seen[-1], watching=False))
