"""`invoke monitor` and `invoke report`, as people and machines call them."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from contd_release.sandbox.chat import Chat
from contd_release.sandbox.metrics import Metrics
from contd_release.sandbox.world import World
from contd_release.tools import openmetrics

if TYPE_CHECKING:
    from tests.conftest import Place

RELEASE = ("release", "--part", "minor", "--yes")
TOKEN = "canary0webhook1token2of3twenty4four"


@pytest.fixture
def monitored(release: Place, world: World) -> Place:
    """A clone whose releases are monitored, and announced at an address with a secret in it."""
    overlay = release.directory / "overlay.toml"
    text = overlay.read_text(encoding="utf-8")
    monitor = f'[monitor]\nprometheus = "{world.prometheus_url}"\nerror-rate = "errors / requests"\n'
    overlay.write_text(f'{text}{monitor}[announce]\nchat = "env:MY_CHAT"\n', encoding="utf-8")
    release.env["MY_CHAT"] = f"{world.chat_url.replace('http://', 'json://')}/{TOKEN}"
    return release


def tagged(place: Place, hours: float = 1) -> Place:
    """The place with a tag so old, and no journal of any release."""
    when = f"{int(time.time() - hours * 3600)} +0000"
    done = {"GIT_COMMITTER_DATE": when, "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}
    argv = ("git", "-c", "tag.gpgSign=false", "tag", "-a", "-m", "v0.2.0", "v0.2.0")
    subprocess.run(argv, cwd=place.clone, env=place.environment(done), check=True)
    return place


@pytest.mark.slow
def test_once_on_a_machine_that_released_nothing(monitored: Place, world: World) -> None:
    """
    The highest tag of the clone is watched; the exit code is the verdict, for cron and CI. Where nobody is asked about
    issues, none are counted.
    """
    tagged(monitored)
    well = monitored.say("monitor", "--once")
    assert (
        well.code,
        well.out.partition("  ")[2],
    ) == (0, "continue: error rate 0.01 (before 0.01, healthy to 0.015)\n"), well.text

    world.part(Metrics).says()
    held = monitored.say("monitor", "--once", "--version", "v0.2.0")
    assert held.code == 10
    assert "hold: no data: the error rate has no value now" in held.err
    assert "type:     invoke monitor --version 0.2.0" in held.err

    world.part(Metrics).says((0, 0.01), (time.time() - 1200, 0.2))
    harmful = monitored.say("monitor", "--once")
    assert harmful.code == 11
    assert "propose rollback: the error rate is 0.2, above 0.015" in harmful.err
    assert "type:     invoke rollback --version 0.2.0" in harmful.err


@pytest.mark.slow
def test_machines_read_the_last_line(monitored: Place, world: World) -> None:
    """The object that the service serves to Prometheus; the same keys with every verdict."""
    tagged(monitored)
    printed = monitored.directory / "monitor.json"
    printed.write_text(monitored.say("monitor", "--once", "--json").out, encoding="utf-8")
    told = [json.loads(printed.read_text(encoding="utf-8").splitlines()[-1])]
    gauges = openmetrics.text(printed)
    for gauge in ('verdict{verdict="continue"} 1.0', "rate_now 0.01", "rate_before 0.01", "watching 1.0"):
        assert f"\ncontd_release_{gauge}\n" in gauges
    assert "contd_release_issues" not in gauges
    world.part(Metrics).says()
    told.append(json.loads(monitored.say("monitor", "--once", "--json").out.splitlines()[-1]))

    assert [one["verdict"] for one in told] == ["continue", "hold"]
    assert set(told[0]) == set(told[1])
    assert (
        told[0]["event"], told[0]["version"], told[0]["watching"], told[0]["issues"]
    ) == ("sample", "0.2.0", True, None)  # fmt: skip


def test_after_its_window_nothing_is_watched(monitored: Place, world: World) -> None:
    """That is no failure, and nobody is asked about the errors; where nobody looked, that is said."""
    tagged(monitored, hours=48)
    world.part(Metrics).says((0, 9))
    said = monitored.say("monitor", "--once")
    assert said.code == 0
    assert "contd 0.2.0 was not watched here; its window ended" in said.out

    facts = json.loads(monitored.say("monitor", "--json").out)
    assert (facts["event"], facts["verdict"], facts["watching"]) == ("over", "none", False)


def test_before_the_first_release_a_clock_is_content(monitored: Place) -> None:
    """A scheduled look has nothing to complain of; a person who asks is told that there is nothing."""
    assert ((said := monitored.say("monitor", "--once")).code, said.out) == (0, "no release of contd is out\n")
    assert monitored.say("monitor").code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--every", "often"), "--every is 'often'"),
        (("--version", "9.9.9"), "contd 9.9.9 is not out"),
        (("--version", "nine"), "'nine'"),
    ],
)
def test_words_that_are_off(monitored: Place, words: tuple[str, ...], told: str) -> None:
    """Usage, and nothing is looked at."""
    said = monitored.say("monitor", "--once", *words)

    assert said.code == 2
    assert told in said.err


def test_a_bad_expression_is_a_usage_error(monitored: Place, world: World) -> None:
    """In Prometheus's own words."""
    tagged(monitored)
    world.part(Metrics).says(error="1:5: parse error: unclosed left parenthesis")
    said = monitored.say("monitor", "--once")

    assert said.code == 2
    assert "parse error: unclosed left parenthesis" in said.err


def test_settings_that_cannot_be_are_refused_at_once(monitored: Place) -> None:
    """All of them, when the configuration is read."""
    overlay = monitored.directory / "overlay.toml"
    text = overlay.read_text(encoding="utf-8").replace(
        'error-rate = "errors / requests"', "tolerance = 0.5\nhealthy = -1"
    )
    overlay.write_text(text, encoding="utf-8")
    said = monitored.say("status")
    assert said.code == 2
    for told in (
        "error-rate is missing, and prometheus is there",
        "tolerance is 0.5; expected 1 or more",
        "healthy is -1",
    ):
        assert f"[tool.contd-release.monitor] {told}" in said.err
    overlay.write_text(text.replace("tolerance = 0.5", 'window = "a day"'), encoding="utf-8")
    assert "window is 'a day'; expected a number and a unit" in monitored.say("status").err


@pytest.mark.slow
def test_watching_is_interrupted_and_continued(monitored: Place, world: World) -> None:
    """Ctrl-C ends it with 130; what was seen is kept, and the next call goes on from there."""
    tagged(monitored)
    world.part(Metrics).says((0, 0.01), (time.time(), 0.2))
    watching = monitored.start("monitor", "--every", "1h")
    assert watching.stdout is not None
    assert "hold: error rate 0.2" in watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    out, _ = watching.communicate(timeout=30)
    assert watching.returncode == 130, out

    again = monitored.run("monitor", "--every", "1h")
    assert again.code == 11, again.text
    assert len((monitored.state / "v0.2.0" / "monitor.jsonl").read_text().splitlines()) == 2


@pytest.mark.slow
def test_watching_ends_with_the_window(monitored: Place) -> None:
    """By the clock of those who are asked."""
    overlay = monitored.directory / "overlay.toml"
    text = overlay.read_text(encoding="utf-8").replace("[monitor]\n", '[monitor]\nwindow = "5s"\n')
    overlay.write_text(text, encoding="utf-8")
    tagged(monitored, hours=0)
    said = monitored.run("monitor", "--every", "1s", "--json")
    facts = [json.loads(line) for line in said.out.splitlines()]

    assert said.code == 0, said.text
    assert [facts[0]["watching"], facts[-1]["watching"]] == [True, False]


@pytest.mark.slow
def test_a_release_is_looked_at_and_told_of_without_a_secret(monitored: Place, world: World) -> None:
    """
    The release looks once, says what to type, and goes on although Prometheus is dead; the report has its whole story.

    The token in the address of the chat is in no output, log, journal, event, sample or report.
    """
    world.faults.order("GET /prometheus/* every 503")
    outs = [monitored.run(*RELEASE)]
    assert outs[0].code == 0, outs[0].text
    end = outs[0].out[outs[0].out.index("\ncontd 0.2.0 is out.") :]
    assert "the monitor says hold\n  - no data: the error rate: http://127.0.0.1:" in end
    assert end.endswith("type: invoke monitor --version 0.2.0\ntype: git pull\n")
    assert len(world.part(Chat).messages()) == 1

    world.faults.clear()
    outs += [monitored.run("monitor", "--once", "--version", "0.2.0"), monitored.run("report", "--to", "evidence")]
    outs += [monitored.run("status", "--version", "0.2.0", "--json"), monitored.run("report", "--json")]
    assert [one.code for one in outs[1:]] == [0, 0, 0, 0], [one.text for one in outs]
    written = {path.suffix: path.read_text(encoding="utf-8") for path in (monitored.clone / "evidence").iterdir()}
    assert {".html", ".md", ".json"} == set(written)
    story = json.loads(written[".json"])
    assert (story["how"], story["verdict"], len(story["samples"])) == ("finished", "continue", 2)
    assert [one["channel"] for one in story["places"] if one["found"]] == ["pypi"]
    assert {("pypi", "as built")} == {(one["channel"], one["verdict"]) for one in story["rows"]}
    assert [(one["place"], one["outcome"]) for one in story["announcements"]] == [("chat", "sent")]
    assert any("approved" in one["what"] for one in story["persons"])
    assert {"prepare", "publish", "verify", "after"} <= {one["section"] for one in story["timeline"]["lines"]}
    assert datetime.fromisoformat(story["timeline"]["walks"][0]["at"]) <= datetime.now(UTC)

    kept = [path.read_bytes() for path in monitored.state.rglob("*") if path.is_file()]
    told = [*(one.text.encode() for one in outs), *(one.encode() for one in written.values()), *kept]
    for piece in (TOKEN, TOKEN[:20], TOKEN[-20:]):
        assert not [text for text in told if piece.encode() in text]
