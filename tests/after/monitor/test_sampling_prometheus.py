"""The monitor with a real Prometheus, whose history was made."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packaging.version import Version
from prometheus_server import counters, served

from contd_release.after.monitor import sampling
from contd_release.after.monitor.watched import WatchedRelease
from contd_release.process.redaction import Redactor
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.settings import Monitor, Settings
from contd_release.records.samples import HealthVerdict, Sample

pytestmark = pytest.mark.integration
RATE = "sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))"
HOURS = 3600


def watched(url: str, folder: Path, since: float, expression: str = RATE) -> WatchedRelease:
    """A release that came out at this moment, and is watched for an hour."""
    settings = Settings(monitor=Monitor(url, expression, window="1h"))
    project = Project(folder, folder / "state", "contd", settings, News())
    return WatchedRelease(project, Version("1.2.0"), datetime.fromtimestamp(since, UTC))


def look(release: WatchedRelease) -> Sample:
    """One look."""
    return sampling.look(release, Redactor(None))


def test_a_rising_error_rate_turns_the_verdict_within_two_looks(tmp_path: Path) -> None:
    """One error in a hundred before, one in five since two minutes: first hold, then the proposal."""
    now = time.time()
    with served(tmp_path / "prometheus", counters(now - 3 * HOURS, 3 * HOURS + 60, now - 120)) as server:
        release = watched(server.url, tmp_path, now - 1800)
        first, second = look(release), look(release)

    assert (first.verdict, second.verdict) == (HealthVerdict.HOLD, HealthVerdict.PROPOSE_ROLLBACK)
    assert first.rate is not None
    assert first.rate.before == pytest.approx(0.01, rel=0.05)
    assert first.rate.is_risen


def test_what_has_lasted_is_proposed_at_the_first_look(tmp_path: Path) -> None:
    """Half an hour of errors needs no second look."""
    now = time.time()
    with served(tmp_path / "prometheus", counters(now - 3 * HOURS, 3 * HOURS + 60, now - 1800)) as server:
        found = look(watched(server.url, tmp_path, now - 1800))

    assert HealthVerdict.PROPOSE_ROLLBACK is found.verdict
    assert found.rate is not None
    assert found.rate.now == pytest.approx(0.2, rel=0.05)
    assert 1200 < found.rate.risen_for < 1860


def test_all_is_well(tmp_path: Path) -> None:
    """As before."""
    now = time.time()
    with served(tmp_path / "prometheus", counters(now - 3 * HOURS, 3 * HOURS + 60, now + HOURS)) as server:
        found = look(watched(server.url, tmp_path, now - 1800))

    assert (found.verdict, found.reasons) == (HealthVerdict.CONTINUE, ())


def test_a_dead_prometheus_is_no_data(tmp_path: Path) -> None:
    """It held its breath, it does not mean that it is well; and so is one that knows nothing of the expression."""
    now = time.time()
    with served(tmp_path / "prometheus", counters(now - 3 * HOURS, 3 * HOURS + 60, now + HOURS)) as server:
        release = watched(server.url, tmp_path, now - 1800)
        assert HealthVerdict.CONTINUE is look(release).verdict
        unknown = look(watched(server.url, tmp_path, now - 1800, "sum(rate(nothing_total[5m]))"))
        server.stop()
        dead = [look(release) for _ in range(2)]

    assert (unknown.verdict, unknown.reasons) == (HealthVerdict.HOLD, ("no data: the error rate has no value now",))
    assert [one.verdict for one in dead] == [HealthVerdict.HOLD, HealthVerdict.HOLD]
    assert dead[0].reasons[0].startswith("no data: the error rate: http://127.0.0.1:")
    assert "refused" in dead[0].reasons[0]


def test_old_metrics_are_no_data(tmp_path: Path) -> None:
    """A server that stopped measuring an hour ago has no value now."""
    now = time.time()
    with served(tmp_path / "prometheus", counters(now - 3 * HOURS, 2 * HOURS, now)) as server:
        found = look(watched(server.url, tmp_path, now - 1800))

    assert "no data: the error rate has no value now" in found.reasons
    assert timedelta(minutes=1) > abs(datetime.fromisoformat(found.at) - datetime.now(UTC))
