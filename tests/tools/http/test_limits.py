"""One question takes a bounded number of bytes, pages, seconds and megabytes, whatever the server sends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from contd_release.errors import Unanswered
from contd_release.tools.http import Budget, Http, Limits

QUICK = Limits(seconds=0.6)

# What a process that asks one question holds at most, besides what it needs to start.
ASK = """
import re, sys, time
from pathlib import Path
from contd_release.errors import Unanswered
from contd_release.process.redaction import Secret
from contd_release.project.project import Project
from contd_release.project.news import News
from contd_release.project.settings import Pypi, Settings
from contd_release.tools import pypi
from contd_release.tools.github import releases
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.oci.login import Login
from contd_release.tools.oci.repository import OciRepository
import requests, contd_release.tools.http.timed
host, what = sys.argv[1:]
url = f"http://{host}/"
settings = Settings(pypi=Pypi(repository=url, index=url))
readers = {
    "index": lambda: pypi.files(Project(Path(), Path(), "contd", settings, News())),
    "tags": lambda: OciRepository(host, "owner/contd").tags(),
    "token": lambda: OciRepository(host, "owner/contd", Login("me", Secret("secret"))).tags(),
    "releases": lambda: releases.releases(GitHubRepository("owner/contd", url, url)),
}
def largest():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
before, began = largest(), time.monotonic()
try:
    print("read", len(readers[what]()))
except Unanswered as error:
    print(str(error).splitlines()[0])
print((largest() - before) // 1024, time.monotonic() - began)
"""

Way = Callable[[socket.socket, bytes], None]


@contextmanager
def answering(way: Way) -> Iterator[str]:
    """The host and port of a server that does this with each connection, after the head of a request."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536) or b"\r\n\r\n"
            way(connection, head)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()


def drip(piece: bytes, first: bytes = b"") -> Way:
    """Send something now and then, for ever."""

    def way(connection: socket.socket, _: bytes) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return way


def flood(head: bytes, piece: bytes) -> Way:
    """Send something as fast as it is taken, for ever."""

    def way(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return way


@pytest.mark.parametrize(
    "way",
    [
        drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
        flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        drip(b"H"),
        drip(b"X", b"HTTP/1.1 200 OK\r\nX-A: "),
        drip(b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
        drip(b"1\r\nx\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        drip(b"0", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        drip(b"", b""),
    ],
    ids=["continue", "flood", "status", "header", "body", "chunks", "chunk", "nothing"],
)
@pytest.mark.parametrize("method", ["ask", "send", "download"])
def test_an_answer_without_an_end_ends(way: Way, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before and within the head, and within the body: the clock runs from the question to the last byte."""
    monkeypatch.setattr("contd_release.tools.http.client.TRANSFER", QUICK)
    with answering(way) as host:
        http = Http(f"http://{host}/", limits=QUICK, attempts=3, pause=0.001)
        began = time.monotonic()
        with pytest.raises(Unanswered, match=r"was not done after 0.6 s|more than|Exceeded|headers"):
            asked(http, method)
        assert time.monotonic() - began < 3


def asked(http: Http, method: str) -> None:
    """Ask, in one of three ways."""
    if method == "ask":
        http.ask("x")
    elif method == "send":
        http.send("POST", "x", data=b"x")
    else:
        http.download("x", Path(os.devnull), cap=1 << 20)


def test_tries_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that asks to wait is not waited for longer than one question may take."""
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with answering(lambda connection, _: connection.sendall(busy)) as host:
        began = time.monotonic()
        with pytest.raises(Unanswered, match="answered 503 and asks to wait 1 s"):
            Http(f"http://{host}/", limits=Limits(seconds=1.5), attempts=30).ask("x")
        assert time.monotonic() - began < 3


def test_pages_share_bytes_and_have_a_number() -> None:
    """A list is one question, however many replies it has."""
    page = json.dumps(["x" * 1000]).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n".encode()
    with answering(lambda connection, _: connection.sendall(head + page)) as host:
        http = Http(f"http://{host}/")
        for limits, most, said in (
            (Limits(pages=3), 3, "sent more than 3 pages"),
            (Limits(total=3500), 3, "sent more than 3500 bytes"),
            (Limits(size=500), 0, "sent more than 500 bytes"),
        ):
            budget = Budget(limits)
            for _ in range(most):
                http.ask("x", budget=budget)
            with pytest.raises(Unanswered, match=said):
                http.ask("x", budget=budget)


def _json(body: bytes) -> Way:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return lambda connection, _: connection.sendall(head.encode() + body)


def _html(body: bytes) -> Way:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    return lambda connection, _: connection.sendall(head.encode() + body)


def _pages(connection: socket.socket, head: bytes) -> None:
    tags = json.dumps({"tags": [f"{number:07}" for number in range(100_000)]}).encode()
    link = f'Link: <{head.split()[1].decode().partition("?")[0]}?n={time.monotonic_ns()}>; rel="next"\r\n'
    said = f"HTTP/1.1 200 OK\r\n{link}Content-Length: {len(tags)}\r\nConnection: close\r\n\r\n"
    connection.sendall(said.encode() + tags)


def _token(connection: socket.socket, head: bytes) -> None:
    if head.startswith(b"GET /token"):
        _json(json.dumps({"token": "x" * (60 << 20)}).encode())(connection, head)
        return
    host = next(line.split()[1].decode() for line in head.split(b"\r\n") if line.lower().startswith(b"host:"))
    challenge = f'WWW-Authenticate: Bearer realm="http://{host}/token"'
    said = f"HTTP/1.1 401 No\r\n{challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    connection.sendall(said.encode())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc for the memory")
@pytest.mark.parametrize(
    ("what", "way"),
    [
        ("index", _html(b"<a href=x>" * (6 << 20))),
        ("index", _html(b"<a href=x>" * 200_000)),
        ("index", _html(b"<!--" * 500_000)),
        ("index", _html(b"<a " * 700_000)),
        ("index", _json(b'{"files": [' + b"{}," * (20 << 20) + b"{}]}")),
        ("index", _json(b'{"files": [' + b"[]," * (5 << 20) + b"[]]}")),
        ("index", _json(b'{"meta":' * 100_000)),
        ("tags", _pages),
        ("tags", _json(b'{"tags": [' + b"[]," * 2_600_000 + b"[]]}")),
        ("token", _token),
        ("releases", _json(b"[" + b"[]," * 5_000_000 + b"[]]")),
        ("releases", _json(b"[" + b'{"id": 1},' * 1_600_000 + b"{}]")),
    ],
    ids=range(12),
)
def test_a_huge_answer_fits_into_memory(what: str, way: Way) -> None:
    """Some hundred megabytes and seconds at most, where 60 MB were sent, or one page after the other."""
    with answering(way) as host:
        done = subprocess.run(
            (sys.executable, "-P", "-c", ASK, host, what), capture_output=True, text=True, check=True, timeout=120
        )
    said, measured = done.stdout.splitlines()
    megabytes, seconds = map(float, measured.split())
    sys.stdout.write(f"{what}: {said[:70]}: {megabytes:.0f} MB, {seconds:.1f} s\n")
    assert len(said) < 200
    assert (megabytes < 600, seconds < 60) == (True, True), measured
