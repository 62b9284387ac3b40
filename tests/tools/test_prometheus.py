"""Prometheus: what an expression gives, in the sandbox and, where it is installed, in the real one."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
import requests
from prometheus_server import Server, served

from contd_release.errors import Unanswered, Usage
from contd_release.process.redaction import Secret
from contd_release.sandbox.metrics import Metrics
from contd_release.sandbox.world import World
from contd_release.tools import prometheus
from contd_release.tools.http import Refused
from contd_release.tools.prometheus import Point, Prometheus, Series

NOW = 1_800_000_000.0


@pytest.fixture
def metrics(world: World) -> Metrics:
    """The world's metrics: 0.1 until now, and 0.3 from then on."""
    found = world.part(Metrics)
    found.says((0, 0.1), (NOW, 0.3))
    return found


@pytest.fixture
def server(world: World, metrics: Metrics) -> Prometheus:
    """The world's Prometheus."""
    return prometheus.connected(world.prometheus_url)


def test_a_moment_and_a_stretch(server: Prometheus) -> None:
    """One value at one moment; one every fifteen seconds at the most over a stretch."""
    assert (Series({}, (Point(NOW, 0.3),)),) == prometheus.instant(server, "up", NOW)
    found = prometheus.number(prometheus.over(server, "up", NOW - 30, NOW + 15), "up")
    assert (Point(NOW - 30, 0.1), Point(NOW - 15, 0.1), Point(NOW, 0.3), Point(NOW + 15, 0.3)) == found
    assert len(prometheus.number(prometheus.over(server, "up", NOW - 86400, NOW), "up")) == 241


def test_its_clock(server: Prometheus) -> None:
    """The server says what time it is."""
    assert abs(prometheus.clock(server) - time.time()) < 60


def test_nothing_is_nothing(server: Prometheus, metrics: Metrics) -> None:
    """No series is no point, and not zero; 0/0 is none either."""
    metrics.says()
    assert prometheus.number(prometheus.instant(server, "up"), "up") == ()
    metrics.says((0, float("nan")))
    assert prometheus.number(prometheus.instant(server, "up"), "up") == ()


def test_more_than_one_series_is_refused() -> None:
    """Which of them would be the error rate?"""
    with pytest.raises(Usage) as raised:
        prometheus.number((Series({"job": "a"}, ()), Series({"job": "b"}, ())), "up")

    assert raised.value.what_is == "up gives 2 series: {'job': 'a'}; {'job': 'b'}"


def test_an_expression_that_is_none(server: Prometheus) -> None:
    """The server's own words, and where to mend it."""
    with pytest.raises(Usage) as raised:
        prometheus.instant(server, "sum(")

    assert "parse error: unclosed left parenthesis" in raised.value.what_is
    assert raised.value.type_next == "$EDITOR pyproject.toml"


def test_somewhere_else(world: World) -> None:
    """A server that is no Prometheus says nothing about the error rate."""
    with pytest.raises(Unanswered) as raised:
        prometheus.instant(prometheus.connected(world.url), "up")
    assert "answered 404" in raised.value.what_is


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"data": {"resultType": "vector", "result": [{"metric": {}}]}}',
        b'{"data": {"resultType": "vector", "result": [{"metric": [], "value": [1, "1"]}]}}',
        b'{"data": {"resultType": "matrix", "result": 3}}',
        b'{"data": {"resultType": "scalar", "result": ["x", "1"]}}',
        b"<html>",
    ],
)
def test_what_prometheus_does_not_say_is_no_answer(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another shape is not "no errors"."""
    from contd_release.tools.http import Http, Reply

    monkeypatch.setattr(Http, "ask", lambda *_, **__: Reply("https://prometheus.example.com", 200, {}, body))
    with pytest.raises(Unanswered):
        prometheus.instant(Prometheus("https://prometheus.example.com"), "up")


def test_a_token_goes_along_and_is_never_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    From the environment, in a header; a server that refuses it is not "no data", and the token is not in what is told.
    """
    monkeypatch.setenv(prometheus.TOKEN, "canary-token-1234\n")
    server = prometheus.connected(world.prometheus_url)
    assert Secret("canary-token-1234") == server.token
    world.faults.order("GET /prometheus/* every 401")
    with pytest.raises(Refused) as raised:
        prometheus.instant(server, "up")

    assert "canary" not in f"{raised.value} {server!r}"
    assert f"export {prometheus.TOKEN}=…" == raised.value.type_next


def test_the_sandbox_is_set_from_outside(world: World) -> None:
    """Another process says what is measured; what is no series is refused."""
    url = f"{world.prometheus_url}/series"
    assert requests.put(url, json={"points": [[0, 0.5]]}, timeout=10).status_code == 200
    assert requests.get(url, timeout=10).json() == {"points": [[0, 0.5]], "error": ""}
    for wrong in ("{", "[]", '{"points": [1]}'):
        assert requests.put(url, data=wrong, timeout=10).status_code == 400
    assert prometheus.number(prometheus.instant(prometheus.connected(world.prometheus_url), "x"), "x")[0].value == 0.5


REQUESTS = [
    ("query", {"query": "time()"}),
    ("query", {"query": "vector(1)", "time": "1800000000"}),
    ("query", {"query": "sum("}),
    ("query", {"query": ""}),
    ("query", {"query": "vector(1)", "time": "x"}),
    ("query_range", {"query": "vector(1)", "start": "1800000000", "end": "1800000060", "step": "15"}),
    ("query_range", {"query": "vector(1)", "start": "1800000060", "end": "1800000000", "step": "15"}),
    ("query_range", {"query": "vector(1)", "start": "1800000000", "end": "1800000060", "step": "0"}),
    ("query_range", {"query": "vector(1)", "start": "0", "end": "1800000060", "step": "1"}),
]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Prometheus, with no data."""
    with served(tmp_path_factory.mktemp("prometheus")) as server:
        yield server


@pytest.mark.integration
@pytest.mark.parametrize(("endpoint", "words"), REQUESTS)
def test_the_sandbox_answers_as_the_real_one(endpoint: str, words: dict[str, str], real: Server, world: World) -> None:
    """The same status, the same shape of result or the same kind of error, for what is asked well and badly."""
    world.part(Metrics).says((0, 1))
    found = [
        requests.get(f"{url}/api/v1/{endpoint}", params=words, timeout=10) for url in (real.url, world.prometheus_url)
    ]
    assert found[0].status_code == found[1].status_code
    theirs, ours = (json.loads(one.text) for one in found)
    assert (theirs["status"], theirs.get("errorType")) == (ours["status"], ours.get("errorType"))
    if theirs["status"] == "success" and "time()" not in words["query"]:
        assert theirs["data"] == ours["data"]


@pytest.mark.integration
def test_the_real_one_says_what_is_wrong(real: Server) -> None:
    """A bad expression, an unknown function, and one that gives text."""
    server = prometheus.connected(real.url)
    for expression, told in (
        ("sum(", "parse error"),
        ("nonsense(1)", "unknown function"),
        ('"text"', "gives a string"),
    ):
        with pytest.raises(Usage) as raised:
            prometheus.instant(server, expression)
        assert told in raised.value.what_is
