"""What can happen to a request between a client and a server, one function each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from io import BytesIO
from threading import Event
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.wrappers import Response
from werkzeug.wsgi import get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CHUNK: Final = 1 << 14
# What was sent needs a moment to arrive before a reset overtakes it.
_ARRIVAL: Final = 0.05


class Dropped(ConnectionAbortedError):
    """The server closes the connection, properly (FIN)."""


class Reset(Dropped):
    """The server closes the connection as a crashed machine does (RST)."""


@dataclass(frozen=True)
class Exchange:
    """A request, who answers it, and the world's end."""

    environ: WSGIEnvironment
    start_response: StartResponse
    application: WSGIApplication
    stopped: Event

    def answer(self) -> Response:
        """Carry the request out; the whole answer."""
        return Response.from_app(self.application, self.environ, buffered=True)

    def carried_out(self) -> Exchange:
        """The same exchange after the part has carried the request out: what is answered next is the part's answer."""
        answer = self.answer()
        return replace(
            self, application=answer, environ=self.environ | {"wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
        )

    def body(self) -> bytes:
        """The body of the request. Reading it lets the client hear an answer instead of a reset."""
        return get_input_stream(self.environ).read()


Misfortune: TypeAlias = Callable[[Exchange, float], Iterable[bytes]]


def answered(exchange: Exchange, status: int, retry_after: float = 0) -> Iterable[bytes]:
    """This status is answered."""
    exchange.body()
    reason = f"{status} {HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else 'Ordered'}"
    headers = {"WWW-Authenticate": 'Basic realm="world"'} if status == HTTPStatus.UNAUTHORIZED else {}
    headers |= {"Retry-After": f"{retry_after:g}"} if retry_after else {}
    return Response(f"{reason}, as ordered\n", reason, headers)(exchange.environ, exchange.start_response)


def drop(exchange: Exchange, _: float) -> Iterable[bytes]:
    """The request is read, and the connection closed without an answer."""
    exchange.body()
    raise Dropped


def refuse(_: Exchange, __: float) -> Iterable[bytes]:
    """The connection is reset before the request is read."""
    raise Reset


def cut(exchange: Exchange, _: float) -> Iterable[bytes]:
    """The connection is reset in the middle of the request's body; the part sees the half that arrived."""
    half = get_input_stream(exchange.environ).read(_half_of(exchange.environ))
    with suppress(HTTPException, OSError):
        replace(exchange, environ=exchange.environ | {"wsgi.input": _Broken(half)}).answer()
    raise Reset


def reset(exchange: Exchange, _: float) -> Iterable[bytes]:
    """The request is carried out; the connection is reset in the middle of the answer."""
    return _half_an_answer(exchange, Reset)


def truncate(exchange: Exchange, _: float) -> Iterable[bytes]:
    """The request is carried out; the connection is closed in the middle of the answer."""
    return _half_an_answer(exchange, Dropped)


def slow(exchange: Exchange, seconds: float) -> Iterable[bytes]:
    """Nothing happens for some seconds, then everything as it should."""
    exchange.stopped.wait(seconds)
    return exchange.application(exchange.environ, exchange.start_response)


def trickle(exchange: Exchange, seconds: float) -> Iterable[bytes]:
    """The answer comes in four pieces, with some seconds before each."""
    answer = exchange.answer()
    body = answer.get_data()
    piece = max(1, -(-len(body) // 4))

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), piece):
            exchange.stopped.wait(seconds)
            yield body[start : start + piece]

    return _as(answer, pieces(), exchange)


def stall(exchange: Exchange, _: float) -> Iterable[bytes]:
    """There is no answer until the world stops."""
    exchange.body()
    exchange.stopped.wait()
    raise Dropped


def lie(exchange: Exchange, status: float) -> Iterable[bytes]:
    """Success (200, or the status given) is answered, and nothing done."""
    exchange.body()
    lied = Response("{}", int(status) or 200, content_type="application/json")
    return lied(exchange.environ, exchange.start_response)


MISFORTUNES: Final[Mapping[str, Misfortune]] = {
    one.__name__: one for one in (refuse, drop, cut, reset, truncate, slow, trickle, stall, lie)
}


class _Broken(BytesIO):
    """The body of a request whose connection breaks off."""

    def read(self, size: int | None = -1, /) -> bytes:
        """What arrived, as long as there is something."""
        piece = super().read(size)
        if size is None or size < 0 or (size and not piece):
            raise ClientDisconnected
        return piece


def _half_of(environ: Mapping[str, Any]) -> int:
    return int(environ.get("CONTENT_LENGTH") or 2 * _CHUNK) // 2


def _half_an_answer(exchange: Exchange, end: type[Dropped]) -> Iterable[bytes]:
    answer = exchange.answer()
    body = answer.get_data()

    def half() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        exchange.stopped.wait(_ARRIVAL)
        raise end

    return _as(answer, half(), exchange)


def _as(answer: Response, body: Iterator[bytes], exchange: Exchange) -> Iterable[bytes]:
    """Start the answer with its own status and headers, and send another body."""
    answer.headers.setdefault("Content-Length", str(len(answer.get_data())))
    exchange.start_response(answer.status, answer.headers.to_wsgi_list())
    return body
