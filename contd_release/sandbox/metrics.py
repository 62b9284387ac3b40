"""
The metrics: Prometheus's query API over one canned series, whatever the expression.

`GET` or `POST /prometheus/api/v1/query` and `/query_range` answer as Prometheus does. `PUT /prometheus/series` sets
what they answer: `{"points": [[0, 0.01], [1700000000, 0.2]]}` is 0.01 until that second and 0.2 from then on, no points
are no data, and `{"error": "…"}` refuses all but `time()` with these words. `GET` reads it back.

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from math import inf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from contd_release.process import files
from contd_release.sandbox.accounts import Accounts
from contd_release.sandbox.ledger import effect

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PREFIXES: Final = ("/prometheus/",)
MOST_POINTS: Final = 11_000
NOW: Final = "time()"
_LARGEST: Final = 1 << 20
_ROUTES: Final = Map(
    [
        Rule("/prometheus/series", endpoint="series", methods=("GET", "PUT")),
        Rule("/prometheus/api/v1/query", endpoint="query", methods=("GET", "POST")),
        Rule("/prometheus/api/v1/query_range", endpoint="query_range", methods=("GET", "POST")),
    ]
)


@dataclass(frozen=True)
class Canned:
    """
    What every expression gives.

    Args:
        points: a second since 1970 and the value from then on, oldest first; nothing before the first.
        error: the words with which every expression is refused.
    """

    points: tuple[tuple[float, float], ...] = ((0, 0.01),)
    error: str = ""

    def at(self, moment: float) -> float | None:
        """The value at a moment."""
        index = bisect_right([since for since, _ in self.points], moment)
        return self.points[index - 1][1] if index else None


class MetricsRefusal(Exception):
    """An error in Prometheus's own shape."""


class Metrics:
    """The metrics in one folder."""

    def __init__(self, directory: Path, accounts: Accounts) -> None:
        self.path = directory / "series.json"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        request.max_content_length = _LARGEST
        try:
            endpoint, _ = _ROUTES.bind_to_environ(environ).match()
            response: Response = getattr(self, f"_{endpoint}")(request)
        except MetricsRefusal as refused:
            response = _json({"status": "error", "errorType": "bad_data", "error": str(refused)}, 400)
        except HTTPException as error:
            return error(environ, start_response)
        return response(environ, start_response)

    def says(self, *points: tuple[float, float], error: str = "") -> None:
        """Set what every expression gives; no points are no data."""
        files.write(self.path, json.dumps(asdict(Canned(points, error))))

    @property
    def canned(self) -> Canned:
        """What every expression gives now."""
        if not self.path.exists():
            return Canned()
        return _canned(json.loads(self.path.read_text(encoding="utf-8")))

    def _series(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                canned = _canned(json.loads(request.get_data()))
            except (ValueError, TypeError, AttributeError) as error:
                raise MetricsRefusal(f"not a series: {error}") from error
            self.says(*canned.points, error=canned.error)
            effect(request.environ, "series")
        return _json(asdict(self.canned))

    def _query(self, request: Request) -> Response:
        expression = self._expression(request)
        moment = _moment(request, "time", time.time())
        if expression == NOW:
            return _data("scalar", _pair(moment, moment))
        value = self.canned.at(moment)
        return _data("vector", [] if value is None else [{"metric": {}, "value": _pair(moment, value)}])

    def _query_range(self, request: Request) -> Response:
        self._expression(request)
        start, end, step = (_moment(request, name, None) for name in ("start", "end", "step"))
        if end < start:
            raise MetricsRefusal('invalid parameter "end": end timestamp must not be before start time')
        if step <= 0:
            raise MetricsRefusal(
                'invalid parameter "step": zero or negative query resolution step widths are not accepted'
            )
        if (end - start) / step > MOST_POINTS:
            raise MetricsRefusal("exceeded maximum resolution of 11,000 points per timeseries")
        canned = self.canned
        values = [_pair(at, value) for at in _moments(start, end, step) if (value := canned.at(at)) is not None]
        return _data("matrix", [{"metric": {}, "values": values}] if values else [])

    def _expression(self, request: Request) -> str:
        found = str(request.values.get("query", ""))
        if (error := self.canned.error) and found != NOW:
            raise MetricsRefusal(error)
        if not found:
            raise MetricsRefusal(
                'invalid parameter "query": unknown position: parse error: no expression found in input'
            )
        if found.count("(") != found.count(")"):
            raise MetricsRefusal('invalid parameter "query": 1:1: parse error: unclosed left parenthesis')
        return found


def _canned(found: dict[str, Any]) -> Canned:
    points = sorted((float(since), float(value)) for since, value in found.get("points", ()))
    return Canned(tuple(points), str(found.get("error", "")))


def _moment(request: Request, name: str, default: float | None) -> float:
    text = request.values.get(name)
    if text is None and default is not None:
        return default
    try:
        return float(text or "")
    except ValueError:
        raise MetricsRefusal(f'invalid parameter "{name}": cannot parse "{text or ""}" to a valid timestamp') from None


def _moments(start: float, end: float, step: float) -> Iterator[float]:
    count = int((end - start) / step) + 1
    return (start + index * step for index in range(count))


def _pair(at: float, value: float) -> list[object]:
    """A moment and a value, as Prometheus writes them: the value is text, and whole numbers have no point."""
    names = {inf: "+Inf", -inf: "-Inf"}
    text = names.get(value) or ("NaN" if isnan(value) else repr(value).removesuffix(".0"))
    return [int(at) if at.is_integer() else at, text]


def _data(kind: str, result: object) -> Response:
    return _json({"status": "success", "data": {"resultType": kind, "result": result}})


def _json(found: object, status: int = 200) -> Response:
    return Response(json.dumps(found), status, content_type="application/json")
