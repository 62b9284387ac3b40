"""
A session of requests whose replies end in time, however they drip.

The time limit that requests has is between two bytes. A server that sends `100 Continue`, a header or a byte now and
then is never late by it.
"""

from __future__ import annotations

import io
import socket
import time
from contextvars import ContextVar
from http.client import HTTPResponse
from math import inf
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager, ProxyManager

# When the reply that is asked for in this thread must be over, by the monotonic clock.
DEADLINE: Final[ContextVar[float]] = ContextVar("deadline", default=inf)


class _TimedStream(io.RawIOBase):
    """What a socket receives until a moment."""

    def __init__(self, stream: io.RawIOBase, connection: socket.socket) -> None:
        self._stream, self._connection, self._deadline = stream, connection, DEADLINE.get()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left, between = self._deadline - time.monotonic(), self._connection.gettimeout()
        if left <= 0:
            raise TimeoutError("the time is up")
        self._connection.settimeout(min(left, inf if between is None else between) if left < inf else between)
        try:
            return self._stream.readinto(buffer)
        finally:
            self._connection.settimeout(between)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_TimedStream(self.fp.detach(), sock))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse


class _TimedTlsConnection(HTTPSConnection):
    response_class = _TimedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTlsConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _timed(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **options: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(*args, **options)
        _timed(manager)
        return manager


def session() -> requests.Session:
    """A session that looks into no netrc, follows no redirect, and keeps to the deadline."""
    made = requests.Session()
    for scheme in ("http://", "https://"):
        made.mount(scheme, _Adapter())
    # Any `auth` keeps requests from looking into ~/.netrc.
    made.auth = lambda request: request
    # Even without following it, requests parses where a redirect leads and reads its body, however large.
    made.get_redirect_target = lambda _: None  # type: ignore[method-assign, assignment]
    return made


def _timed(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
