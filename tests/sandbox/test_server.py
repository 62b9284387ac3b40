"""What the server of a world keeps open: nothing once a request is over, however it ended."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from contd_release.sandbox.server import HOST, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Body:
    """A body that ends when its client is gone, and that is closed when it is not needed any more."""

    def __init__(self) -> None:
        self.is_reset, self.is_closed = Event(), Event()

    def __iter__(self) -> Iterator[bytes]:
        yield b"x"
        self.is_reset.wait(10)

    def close(self) -> None:
        """Note it."""
        self.is_closed.set()


def test_an_answer_is_closed_when_its_client_is_killed(tmp_path: Path) -> None:
    """The kernel resets the connection of a killed client in the middle of the body."""
    body = Body()

    def application(_: WSGIEnvironment, start_response: StartResponse) -> Body:
        start_response("200 OK", [("Content-Length", "1")])
        return body

    server = Server(application, tmp_path)
    try:
        client = socket.create_connection((HOST, server.port))
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(1000)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        body.is_reset.set()
        assert body.is_closed.wait(10)
    finally:
        server.stop()
