"""
The monitor: one look at a release that is out, as often as someone wishes. It never rolls back by itself.

The error rate comes from Prometheus, issues, reactions, comments and downloads from GitHub. Whatever does not answer
makes the verdict "hold".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from statistics import fmean
from typing import Final

from contd_release.after.monitor import verdict
from contd_release.after.monitor.watched import WatchedRelease, watched
from contd_release.engine.step import Found, State, Step
from contd_release.errors import ReleaseError, Unanswered
from contd_release.process.action import Call
from contd_release.process.redaction import Redactor
from contd_release.project.release import Release
from contd_release.project.rules import seconds
from contd_release.records import samples
from contd_release.records.samples import Mention, Rate, Sample
from contd_release.tools import prometheus
from contd_release.tools.github import issues, releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.github.issues import Issue
from contd_release.tools.prometheus import Point, Prometheus

# The issues that this library opens speak of versions, too.
OURS: Final = "<!-- contd-release:"
MOST_MENTIONS: Final = 20


def look(release: WatchedRelease, redact: Redactor) -> Sample:
    """
    Look once, keep what was seen, and say what it means.

    Raises:
        Usage: Prometheus does not understand the expression.
        Unwritable: the sample cannot be kept.
    """
    moment = release.now()
    sample = Sample(str(release.version), moment.isoformat(timespec="seconds"))
    if release.metrics:
        try:
            sample = replace(sample, rate=_rate(release, release.metrics, moment.timestamp()))
        except Unanswered as error:
            sample = replace(sample, missing=(*sample.missing, f"the error rate: {error.what_is}"))
    if release.repository:
        try:
            sample = _with_feedback(sample, release, release.repository)
        except Unanswered as error:
            sample = replace(sample, missing=(*sample.missing, f"GitHub: {error.what_is}"))
    return _kept(release, sample, redact)


def looked(release: Release, redact: Redactor) -> Step:
    """
    The monitor has looked once. It never fails the release: its findings, if any, are printed at the end.
    """

    def observe() -> Found:
        seen = last(release)
        if seen is None:
            return Found(State.ABSENT, "not looked at yet")
        return Found(State.DONE, f"{seen.verdict.value}, {seen.at}")

    def act() -> None:
        under_watch = WatchedRelease(release.project, release.version, datetime.now(UTC))
        try:
            under_watch = watched(release.project, str(release.version))
            look(under_watch, redact)
        except ReleaseError as error:
            blind = Sample(str(release.version), datetime.now(UTC).isoformat(timespec="seconds"))
            _kept(under_watch, replace(blind, missing=(error.what_is,)), redact)

    title = f"the monitor has looked at {release.version}"
    return Step(title, observe, act=(Call("look at the error rate, the issues and the feedback", act),))


def last(release: Release) -> Sample | None:
    """The newest look at a release from this clone."""
    return next(reversed(samples.read(release.home / samples.FILE)), None)


def _kept(release: WatchedRelease, sample: Sample, redact: Redactor) -> Sample:
    seen = samples.read(release.samples)
    found = verdict.judged(sample, seen[-1] if seen else None).redacted(redact)
    samples.append(release.samples, found)
    return found


def _rate(release: WatchedRelease, server: Prometheus, moment: float) -> Rate:
    """The error rate now, compared with its mean over as long a time before the release as the window is."""
    settings, since = release.settings, release.since.timestamp()
    expression = settings.error_rate
    now = prometheus.number(prometheus.instant(server, expression, moment), expression)
    start = since - seconds(settings.window)
    earlier = prometheus.number(prometheus.over(server, expression, start, since - 1), expression)
    before = fmean(point.value for point in earlier) if earlier else None
    limit = max((before or 0) * settings.tolerance, settings.healthy)
    if not now or now[-1].value <= limit:
        return Rate(now[-1].value if now else None, before, limit)
    later = prometheus.number(prometheus.over(server, expression, min(since, moment), moment), expression)
    return Rate(now[-1].value, before, limit, _risen_for(later, limit, moment))


def _risen_for(points: tuple[Point, ...], limit: float, moment: float) -> float:
    began = moment
    for point in reversed(points):
        if point.value <= limit:
            break
        began = point.at
    return round(moment - began, 3)


def _with_feedback(sample: Sample, release: WatchedRelease, repository: GitHubRepository) -> Sample:
    """The feedback of users: issues since the release, and the counts of the release's page."""
    found = tuple(_mentioning(release, repository))
    shown = tuple(Mention(one.number, one.title, one.url) for one in found[:MOST_MENTIONS])
    sample = replace(sample, mentions=shown, comments=sum(one.comments for one in found))
    if release.release is None:
        return sample
    assets = releases.assets(repository, release.release)
    reactions = releases.reactions(repository, release.release)
    return replace(sample, downloads=sum(one.downloads for one in assets), reactions=reactions.total())


def _mentioning(release: WatchedRelease, repository: GitHubRepository) -> Iterator[Issue]:
    """Open issues, opened since the release, that name its version or carry one of the configured labels."""
    since = release.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    number = re.escape(str(release.version))
    named = re.compile(rf"(?<![\w.])v?{number}(?!\w|[.+]\w|-(?:a|b|rc)\b)", re.IGNORECASE)
    for issue in issues.issues(repository, since=since):
        if issue.is_pull or issue.opened < since or OURS in issue.body:
            continue
        if named.search(f"{issue.title}\n{issue.body}") or set(release.settings.labels) & set(issue.labels):
            yield issue
