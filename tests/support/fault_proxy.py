"""A proxy on 127.0.0.1 that disturbs one request on its way to a server that is not ours."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULTS = ("reset", "drop", "truncate", "delay", "repeat", "garble")
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass
class Proxy:
    """Where it listens, which request of which method it disturbs, and what it saw."""

    target: int
    method: str
    at: int
    fault: str
    url: str = ""
    seen: int = 0
    stored: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault_of(self, method: str) -> str:
        """The fault of the request that has come just now."""
        with self.lock:
            self.seen += method == self.method
            return self.fault if method == self.method and self.seen == self.at else ""


class Handler(BaseHTTPRequestHandler):
    """Passes one request on, with its fault."""

    proxy: Proxy

    def passes(self) -> None:
        """Forward the request and its answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        fault = self.proxy.fault_of(self.command)
        if fault == "reset":
            return self.reset()
        for _ in range(2 if fault == "repeat" else 1):
            answer, content = self.forwarded(body)
        if fault == "drop":
            return self.reset()
        if fault == "delay":
            time.sleep(1)
        if fault == "garble":
            content = bytes(255 - one for one in content)
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if fault == "truncate" else content)
        return None

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = passes  # noqa: N815

    def forwarded(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        """What the server answers."""
        server = http.client.HTTPConnection("127.0.0.1", self.proxy.target, timeout=30)
        server.request(self.command, self.path, body, dict(self.headers.items()))
        answer = server.getresponse()
        content = answer.read()
        server.close()
        with self.proxy.lock:
            self.proxy.stored += self.command == self.proxy.method and answer.status < 300
        return answer, content

    def reset(self) -> None:
        """End the connection with a reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002
        """Keep the terminal quiet."""


@contextmanager
def disturbing(target: int, method: str, at: int, fault: str) -> Iterator[Proxy]:
    """A proxy before the server at a port."""
    proxy = Proxy(target, method, at, fault)
    handler = type("Disturbing", (Handler,), {"proxy": proxy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield proxy
        server.shutdown()
        thread.join()
