"""The HTTP server of a world: werkzeug's, quiet, on this machine's loopback only."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from pathlib import Path
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from contd_release.process import files
from contd_release.sandbox.misfortunes import Reset

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST: Final = "127.0.0.1"
_POLL: Final = 0.02
_ANSWER: Final = "contd_release.answer"
# Seconds that requests under way have, when the server stops, to come to their end.
_PATIENCE: Final = 10


class _Handler(WSGIRequestHandler):
    # Headers and body are two writes; with Nagle's algorithm the second waits for the client's delayed ACK.
    disable_nagle_algorithm = True
    server: _Server
    _environ: WSGIEnvironment

    def run_wsgi(self) -> None:
        """Answer, unless the server has stopped in the meantime."""
        if not self.server.begin():
            self.close_connection = True
            return
        try:
            super().run_wsgi()
        finally:
            self._close_answer()
            self.server.end()

    def make_environ(self) -> WSGIEnvironment:
        """Keep the environment, in which the application leaves its answer."""
        self._environ = super().make_environ()
        return self._environ

    def _close_answer(self) -> None:
        """
        Close what the application answered with, which may be an open file.

        Werkzeug closes it after it has read what the client still sends, and not where the client has reset the
        connection.
        """
        close = getattr(self._environ.get(_ANSWER), "close", None)
        if close:
            close()

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """The ledger has the requests."""

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """Close the connection for good; a reset is a close that lingers for zero seconds."""
        self.close_connection = True
        if isinstance(error, Reset):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class _Server(ThreadedWSGIServer):
    daemon_threads = True

    def __init__(self, application: WSGIApplication, listening: socket.socket, errors: Path) -> None:
        super().__init__(HOST, 0, application, _Handler, fd=listening.fileno())
        self._errors = errors
        self._under_way, self._is_open = 0, True
        self._changed = Condition()

    def begin(self) -> bool:
        """Whether a request may be answered; the caller says when the answer ends."""
        with self._changed:
            self._under_way += self._is_open
            return self._is_open

    def end(self) -> None:
        """A request was answered, or never will be."""
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def settle(self) -> None:
        """
        Answer no more requests, and wait for those under way: what they write, they write before the server is gone.
        """
        with self._changed:
            self._is_open = False
            self._changed.wait_for(lambda: not self._under_way, _PATIENCE)

    def shutdown_request(self, request: Any) -> None:
        """Close without announcing it first: a FIN before the RST would read as a proper end."""
        self.close_request(request)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Keep what went wrong inside a part; it is a bug of the world."""
        with open(self._errors, "a", encoding="utf-8") as out:
            out.write(message % args if args else message)


class Server:
    """A WSGI application, served from threads of this process."""

    def __init__(self, application: WSGIApplication, directory: Path) -> None:
        listening = _listening(directory / "port")
        with listening:
            self._server = _Server(_kept(application), listening, directory / "errors.log")
        self.port: int = self._server.port
        files.write(directory / "port", f"{self.port}\n")
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL,), name="world", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, and let the requests under way come to their end."""
        self._server.shutdown()
        self._thread.join()
        self._server.settle()
        self._server.server_close()


def _kept(application: WSGIApplication) -> WSGIApplication:
    """The same application, which leaves its answer in the environment."""

    def kept(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = environ[_ANSWER] = application(environ, start_response)
        return answer

    return kept


def _listening(remembered: Path) -> socket.socket:
    """A socket on the port of the last time, so that URLs stay what they were, or on a free one."""
    try:
        return socket.create_server((HOST, int(remembered.read_text("utf-8"))), backlog=128)
    except (OSError, ValueError):
        return socket.create_server((HOST, 0), backlog=128)
