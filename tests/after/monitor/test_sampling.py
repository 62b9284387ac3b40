"""The monitor: what it sees, what it makes of it, and that no data is never healthy."""

from __future__ import annotations

import io
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.after.monitor import sample_table, sampling, verdict
from contd_release.after.monitor.watched import watched
from contd_release.errors import Held, NotReady, RollbackProposed, Unanswered, Usage
from contd_release.process.redaction import Redactor
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.settings import Github, Monitor, Settings
from contd_release.records import samples
from contd_release.records.samples import HealthVerdict, Mention, Rate, Sample
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Asset, Comment, Issue, Label, Reaction, Release
from contd_release.sandbox.github.store import StoredRepository
from contd_release.sandbox.metrics import Metrics
from contd_release.sandbox.world import World

NAME, VERSION = "owner/contd", "1.2.0"
PLAIN = Redactor(None)
HOUR = timedelta(hours=1)
SINCE = datetime.now(UTC).replace(microsecond=0) - HOUR
BEGAN = SINCE.timestamp()
CONTINUE, HOLD, ROLLBACK = HealthVerdict


def stamp(moment: datetime) -> str:
    """A moment as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def forge(world: World, monkeypatch: pytest.MonkeyPatch) -> StoredRepository:
    """A repository with a release that is an hour old."""
    monkeypatch.setenv("GITHUB_TOKEN", world.accounts.publisher.password.reveal())
    place = world.part(Forge).place(NAME)
    place.shelf(Release).put(
        Release(
            id=7,
            tag_name=f"v{VERSION}",
            target_commitish="main",
            name=None,
            body=None,
            draft=False,
            prerelease=False,
            published_at=stamp(SINCE),
            latest=1,
        )
    )
    return place


@pytest.fixture
def project(world: World, tmp_path: Path) -> Project:
    """A project whose errors and issues are watched."""
    settings = Settings(
        github=Github(NAME, world.api_url, world.uploads_url),
        monitor=Monitor(world.prometheus_url, "errors / requests", labels=("regression",)),
    )
    return Project(tmp_path / "root", tmp_path / "state", "contd", settings, News())


@pytest.fixture
def metrics(world: World) -> Metrics:
    """The world's metrics."""
    return world.part(Metrics)


Look = Callable[[], Sample]


@pytest.fixture
def look(forge: StoredRepository, project: Project) -> Look:
    """One look."""
    return lambda: sampling.look(watched(project, VERSION), PLAIN)


def issue(place: StoredRepository, number: int, title: str, **more: object) -> None:
    """Somebody opens an issue."""
    given = {"created_at": stamp(SINCE + HOUR / 2), "labels": (), **more}
    for name in given["labels"]:  # type: ignore[attr-defined]
        place.shelf(Label).put(Label(id=place.new_id(), name=name))
    place.shelf(Issue).put(Issue(id=number, number=number, title=title, **given))  # type: ignore[arg-type]


def test_all_is_well(look: Look, forge: StoredRepository) -> None:
    """The numbers are there, and nothing stands against the release."""
    forge.shelf(Reaction).put(Reaction(id=1, release=7, content="rocket"))
    forge.shelf(Asset).put(
        Asset(
            id=2, release=7, name="a", label=None, content_type="x", size=1, digest=None, state="uploaded", downloads=9
        )
    )
    found = look()

    assert (CONTINUE, (), Rate(0.01, 0.01, 0.015)) == (found.verdict, found.reasons, found.rate)
    assert (found.reactions, found.downloads, found.comments) == (1, 9, 0)
    assert verdict.problem(found) is None


def test_a_rising_error_rate_turns_the_verdict_within_two_looks(look: Look, metrics: Metrics, project: Project) -> None:
    """The first look holds; the second, which sees it too, proposes a rollback and says what to type."""
    assert CONTINUE is look().verdict
    metrics.says((0, 0.01), (time.time() - 30, 0.2))
    first, second = look(), look()

    assert (first.verdict, second.verdict) == (HOLD, ROLLBACK)
    assert (
        f"the error rate is 0.2, above 0.015 for {first.rate and first.rate.risen_for:.0f} s; it was 0.01 before"
        == (first.reasons[0])
    )
    assert isinstance(verdict.problem(first), Held)
    problem = verdict.problem(second)
    assert isinstance(problem, RollbackProposed)
    assert problem.type_next == 'invoke rollback --version 1.2.0 --reason "…"'
    assert [one.verdict for one in samples.read(watched(project, VERSION).samples)] == [CONTINUE, HOLD, ROLLBACK]


def test_what_rose_long_ago_needs_no_second_look(look: Look, metrics: Metrics) -> None:
    """A machine that kept nothing from the last look learns it from the metrics themselves."""
    metrics.says((0, 0.01), (BEGAN + 600, 0.2))

    assert ROLLBACK is look().verdict


def test_a_rate_that_falls_again_continues(look: Look, metrics: Metrics) -> None:
    """A peak holds as long as it lasts."""
    now = time.time()
    metrics.says((0, 0.01), (now - 60, 0.2))
    assert HOLD is look().verdict
    metrics.says((0, 0.01), (now - 60, 0.2), (now - 1, 0.01))
    assert CONTINUE is look().verdict


NO_DATA = [
    pytest.param((), "", "no data: the error rate has no value now", id="empty"),
    pytest.param(((0, float("nan")),), "", "no data: the error rate has no value now", id="not a number"),
    pytest.param(
        ((BEGAN, 0.2),),
        "",
        "no data: the error rate is 0.2, and there is none before the release to compare it with",
        id="none before",
    ),
]


@pytest.mark.parametrize(("points", "fault", "told"), NO_DATA)
def test_no_data_holds(
    points: tuple[tuple[float, float], ...], fault: str, told: str, look: Look, metrics: Metrics
) -> None:
    """Nothing is not zero."""
    metrics.says(*points)
    for _ in range(2):
        found = look()
        assert (HOLD, (told,)) == (found.verdict, found.reasons)


def test_a_new_metric_without_errors_continues(look: Look, metrics: Metrics) -> None:
    """Where nothing is wrong, nothing has to be compared."""
    metrics.says((BEGAN, 0.0005))

    assert CONTINUE is look().verdict


@pytest.mark.slow
@pytest.mark.parametrize(
    ("order", "reason"),
    [("/prometheus/*: 500", "no data: the error rate: "), ("/api/v3/repos/*/issues*: 502", "no data: GitHub: ")],
)
def test_who_does_not_answer_holds(order: str, reason: str, look: Look, world: World) -> None:
    """Prometheus and GitHub alike, with the reason."""
    world.faults.order(_always(order))
    found = look()

    assert HOLD is found.verdict
    assert found.reasons[0].startswith(reason), found.reasons


def _always(order: str) -> str:
    """The fault, for every request."""
    path, _, status = order.partition(": ")
    return f"GET {path} every {status}"


SPEAKS: dict[str, dict[str, object]] = {
    "It crashes since 1.2.0": {},
    "Crash": {"body": "version: v1.2.0."},
    "contd-1.2.0-py3-none-any.whl is empty": {},
    "Worse": {"labels": ("regression", "help")},
}
IS_SILENT: dict[str, dict[str, object]] = {
    "It crashes since 11.2.0": {},
    "It crashes since 1.2.0.1": {},
    "It crashes since 1.2.0rc1": {},
    "It crashes since 1.2.0-rc.1": {},
    "It crashes since 1.2": {},
    "Closed: 1.2.0": {"state": "closed"},
    "Before: 1.2.0": {"created_at": stamp(SINCE - HOUR)},
    "Due": {"body": "after 1.2.0 <!-- contd-release: due -->"},
    "Bad": {"labels": ("help",)},
}


def test_issues_that_speak_of_the_release_hold(look: Look, forge: StoredRepository, world: World) -> None:
    """By its exact version or a configured label, open, and opened since."""
    for number, (title, more) in enumerate((SPEAKS | IS_SILENT).items(), 12):
        issue(forge, number, title, **more)
    forge.shelf(Comment).put(Comment(id=3, number=12, body="me too"))
    forge.shelf(Comment).put(Comment(id=4, number=12 + len(SPEAKS), body="me too"))
    found = look()

    assert set(SPEAKS) == {one.title for one in found.mentions}
    assert (found.verdict, found.comments) == (HOLD, 1)
    url = f"{world.url}/github/{NAME}/issues/12"
    assert f"#12 is open: It crashes since 1.2.0 ({url})" in found.reasons


def test_what_nobody_told_is_not_counted(look: Look, world: World) -> None:
    """A GitHub that does not answer gives no number: neither "0 open issues" to people, nor a zero to machines."""
    assert "0 open issues, 0 reactions, 0 comments, 0 downloads" in sample_table.sentence(look())
    world.faults.order("GET /api/v3/*/issues every 503")
    found = look()

    assert (found.issues, found.reactions, found.comments, found.downloads) == (None, None, None, None)
    (first, reason, _) = sample_table.sentence(found).splitlines()
    assert first.endswith("  hold: error rate 0.01 (before 0.01, healthy to 0.015)")
    assert "  - no data: GitHub: " in reason


def test_a_bad_expression_is_told_in_the_servers_words(look: Look, metrics: Metrics) -> None:
    """It is not a matter of data: somebody has to mend it."""
    metrics.says(error="1:5: parse error: unclosed left parenthesis")
    with pytest.raises(Usage) as raised:
        look()

    assert "says of errors / requests: 1:5: parse error: unclosed left parenthesis" in raised.value.what_is


def test_the_latest_release_is_watched(forge: StoredRepository, project: Project) -> None:
    """A machine that released nothing asks GitHub which one is out."""
    found = watched(project)

    assert (Version(VERSION), SINCE, 7) == (found.version, found.since, found.release)
    assert SINCE + timedelta(hours=24) == found.until


def test_the_latest_release_may_be_of_another_package(forge: StoredRepository, project: Project) -> None:
    """Its tag says nothing of this package: nothing of that is out."""
    settings = replace(project.settings, tag_format="cli-v{version}")
    project.root.mkdir()
    subprocess.run(("git", "init", "--quiet"), cwd=project.root, check=True)
    with pytest.raises(NotReady) as raised:
        watched(replace(project, settings=settings))

    assert raised.value.what_is == "no release of contd is out"


def test_the_servers_clock_counts(forge: StoredRepository, project: Project, metrics: Metrics, world: World) -> None:
    """Prometheus tells the time, and GitHub where there is no Prometheus."""
    monitored = watched(project, VERSION)
    alone = replace(project, settings=replace(project.settings, monitor=None))
    for one in (monitored, replace(monitored, project=alone)):
        before = len(world.ledger.requests())
        assert abs(one.now() - datetime.now(UTC)) < timedelta(minutes=1)
        assert len(world.ledger.requests()) - before == 1


def test_nothing_to_watch_with_is_said(project: Project) -> None:
    """Neither metrics nor issues: that is no healthy release."""
    with pytest.raises(NotReady) as raised:
        watched(replace(project, settings=Settings()), VERSION)

    assert raised.value.what_is == "there is nothing to watch contd with"


@pytest.mark.slow
def test_who_does_not_say_which_is_latest_is_no_answer(forge: StoredRepository, project: Project, world: World) -> None:
    """Without a version, and without GitHub, nobody knows what to watch."""
    world.faults.order(_always("/api/v3/repos/*: 502"))
    with pytest.raises(Unanswered):
        watched(project)


def test_samples_are_read_back(tmp_path: Path) -> None:
    """Each as it was; a line that was cut, or is none, is left out."""
    path = tmp_path / "samples.jsonl"
    rate, mentions = Rate(0.2, None, 0.1, 3), (Mention(1, "t", "u"),)
    rich = Sample(VERSION, "2027-01-15T08:00:00+00:00", ROLLBACK, ("why",), rate, mentions, 1, 2, 3, ("x",))
    samples.append(path, rich)
    with open(path, "a", encoding="utf-8") as out:
        out.write('{"version": "1.2.0", "verdict": "fine"}\n[]\n{"version": ')
    samples.append(path, Sample(VERSION, "2027-01-15T08:05:00+00:00"))

    assert (rich, Sample(VERSION, "2027-01-15T08:05:00+00:00")) == samples.read(path)


def test_no_secret_is_kept(forge: StoredRepository, project: Project, metrics: Metrics) -> None:
    """What people or servers wrote is kept without what this process must not tell."""
    issue(forge, 12, "1.2.0 leaks s3cr3t-canary")
    sampling.look(watched(project, VERSION), Redactor.of(["s3cr3t-canary"]))

    assert "canary" not in watched(project, VERSION).samples.read_text()


def test_machines_get_numbers(look: Look, project: Project) -> None:
    """Each number has a name of its own, and the verdict is a word."""
    release = watched(project, VERSION)
    facts = json.loads(json.dumps(sample_table.facts(release, look(), watching=True)))

    assert (facts["verdict"], facts["rate"]["now"], facts["issues"], facts["watching"]) == ("continue", 0.01, 0, True)


def test_the_table_is_read_by_people(look: Look, project: Project, metrics: Metrics) -> None:
    """Every look on a line, the last one with its reasons; a title is never markup."""
    from rich.console import Console

    release = watched(project, VERSION)
    seen = [look(), replace(look(), verdict=HOLD, reasons=("#1 is open: [red]x[/red] (u)",))]
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(sample_table.table(release, seen))
    text = console.export_text()

    assert "[red]x[/red]" in text
    assert "contd 1.2.0, watched until" in text
    assert [word for word in text.split() if word in ("continue", "hold")] == ["continue", "hold"]


def test_a_release_looks_once_and_never_fails(project: Project, metrics: Metrics, forge: StoredRepository) -> None:
    """
    Whatever is wrong with the monitoring is told, and the release goes on: even a bad expression, or nobody there.
    """
    from contd_release.engine.checklist import Checklist
    from contd_release.engine.step import State
    from contd_release.process.action import Running
    from contd_release.project.release import Release as OurRelease

    release = OurRelease(project, Version(VERSION), Version("1.1.0"), "0" * 40, 1_790_000_000)
    metrics.says(error="parse error")
    step = sampling.looked(release, PLAIN)
    assert State.ABSENT is step.observe().state
    Checklist((step,)).walk(lambda event: None, Running(release.logs))

    assert State.DONE is step.observe().state
    seen = sampling.last(release)
    assert seen is not None
    assert HOLD is seen.verdict
    assert "parse error" in seen.reasons[0]
    assert step.undo == ()
