"""
Prometheus: what an expression gives now, and what it gave.

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Final
from urllib.parse import urlsplit

from contd_release.errors import Unanswered, Usage
from contd_release.process.redaction import Secret
from contd_release.tools.http import Http, Limits, Node, Reply, refused

TOKEN: Final = "CONTD_PROMETHEUS_TOKEN"  # noqa: S105 the name of a variable
# A series has at most this many points, and an answer this many series.
MOST_POINTS: Final = 240
MOST_SERIES: Final = 1000
_LIMITS: Final = Limits(seconds=60)
_ASKED_WRONGLY: Final = (400, 422)


@dataclass(frozen=True)
class Point:
    """One value, and the second since 1970 it is of."""

    at: float
    value: float


@dataclass(frozen=True)
class Series:
    """What one set of labels gave, oldest first. A value that is no finite number, such as 0/0, is left out."""

    labels: Mapping[str, str]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Prometheus:
    """
    One server.

    Args:
        address: the part of its URLs before `/api/v1`.
        token: a bearer token, where the server wants one.
    """

    address: str
    token: Secret | None = None

    @cached_property
    def http(self) -> Http:
        """The client of its API."""
        headers = {"Authorization": Secret(f"Bearer {self.token.reveal()}")} if self.token else {}
        return Http(f"{self.address.rstrip('/')}/", headers, attempts=3, timeout=(10, 30), limits=_LIMITS)

    @property
    def host(self) -> str:
        """Its name for people; the rest of the address may be secret."""
        return urlsplit(self.address).netloc.rpartition("@")[2]


def connected(address: str) -> Prometheus:
    """The server at this address, with the token that the environment holds."""
    value = os.environ.get(TOKEN, "").strip()
    return Prometheus(address, Secret(value) if value else None)


def instant(server: Prometheus, expression: str, at: float | None = None) -> tuple[Series, ...]:
    """
    What the expression gives at one moment: the server's now, when none is named.

    Raises:
        Usage: the server does not understand the expression; its own words are in the message.
        Unanswered: it does not answer.
    """
    wanted = {"query": expression} | ({"time": f"{at:.3f}"} if at is not None else {})
    return _series(_asked(server, "query", wanted), server)


def over(server: Prometheus, expression: str, start: float, end: float) -> tuple[Series, ...]:
    """
    What the expression gave between two moments, at up to 240 of them and no closer than 15 seconds.

    Raises:
        Usage: the server does not understand the expression; its own words are in the message.
        Unanswered: it does not answer.
    """
    step = max((end - start) / MOST_POINTS, 15)
    wanted = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
    return _series(_asked(server, "query_range", wanted), server)


def clock(server: Prometheus) -> float:
    """The second since 1970 that it is for the server."""
    return instant(server, "time()")[0].points[0].value


def number(found: tuple[Series, ...], expression: str) -> tuple[Point, ...]:
    """
    The points of an expression that gives one number; empty if it gives nothing.

    Raises:
        Usage: it gives more than one series.
    """
    if len(found) > 1:
        examples = "; ".join(str(dict(one.labels)) for one in found[:3])
        raise Usage(
            f"{expression} gives {len(found)} series: {examples}",
            expected="an expression that gives one number, such as sum(…) / sum(…)",
            type_next="$EDITOR pyproject.toml",
        )
    return found[0].points if found else ()


def _asked(server: Prometheus, endpoint: str, wanted: Mapping[str, str]) -> Node:
    """A successful answer."""
    reply = server.http.ask(f"api/v1/{endpoint}", params=wanted)
    refused(reply, "Prometheus", type_next=f"export {TOKEN}=…")
    if reply.status in _ASKED_WRONGLY:
        raise Usage(
            f"{server.host} says of {wanted['query']}: {_described(reply)}",
            expected="an expression that Prometheus understands",
            type_next="$EDITOR pyproject.toml",
        )
    if reply.status != 200:
        raise Unanswered(
            f"{server.host} answered {reply.status} {reply.said()}",
            expected="the HTTP API of a Prometheus",
            type_next="$EDITOR pyproject.toml   (prometheus is the address without /api/v1)",
        )
    return reply.node()


def _described(reply: Reply) -> str:
    """The server's own reason."""
    message = reply.node().text_of("error")
    return " ".join(reply.redact(message)[:300].split()) or reply.said()


def _series(found: Node, server: Prometheus) -> tuple[Series, ...]:
    data = found.at("data")
    kind, result = data.at("resultType").text(), data.at("result")
    if kind == "scalar":
        return (Series({}, _points([result])),)
    if kind not in ("vector", "matrix"):
        raise Usage(
            f"the expression gives a {kind[:20]}",
            expected="an expression that gives a number",
            type_next="$EDITOR pyproject.toml",
        )
    rows = list(result.items())
    if len(rows) > MOST_SERIES:
        raise Unanswered(f"{server.host} gives {len(rows)} series", expected=f"at most {MOST_SERIES}")
    return tuple(
        Series(
            {name: value.text() for name, value in row.at("metric").entries()},
            _points(row.at("values").items() if row.get("values") else [row.at("value")]),
        )
        for row in rows
    )


def _points(pairs: Iterable[Node]) -> tuple[Point, ...]:
    return tuple(point for pair in pairs if isfinite((point := _point(pair)).value))


def _point(pair: Node) -> Point:
    """One pair: a number and a text, which may be `NaN` or `+Inf`."""
    both = list(pair.items())
    try:
        at, value = both[0].number(), float(both[1].text())
    except (IndexError, ValueError) as error:
        raise Unanswered(
            f"{pair.who} answered with something else than a value as {pair.where}",
            expected="a time and a number in quotes",
        ) from error
    return Point(at, value)
