"""A git server over HTTP that wants a login, and looks at each request who on this machine shows the password."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote, urlsplit

from local_server import listening


@dataclass
class GitServer:
    """
    The repositories below a folder, behind one user and one password.

    The password is another one for each server: tests run side by side, and each looks at all processes.
    """

    folder: Path
    port: int = 0
    user: str = "ada@example.com"
    password: str = field(default_factory=lambda: f"CaNaRy/p@ss word{secrets.token_hex(4)}")
    seen: set[str] = field(default_factory=set)
    served: list[str] = field(default_factory=list)

    def url(self, name: str, *, login: bool = True) -> str:
        """The URL of a repository, with the login in it or without."""
        pair = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if login else ""
        return f"http://{pair}127.0.0.1:{self.port}/{name}"

    @property
    def spellings(self) -> tuple[str, ...]:
        """The password as it may be printed."""
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return (self.password, quote(self.password, safe=""), pair)

    def shown_in(self, text: str) -> bool:
        """Whether a text holds the password."""
        return any(one in text for one in self.spellings)

    def look(self) -> None:
        """Remember the argv of every process that shows the password."""
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().decode(errors="replace")
            except OSError:
                continue
            if self.shown_in(words):
                self.seen.add(words.replace("\0", " "))


@contextmanager
def serving(folder: Path) -> Iterator[GitServer]:
    """A server for the bare repositories of a folder."""
    found = GitServer(folder)
    with listening(_handler(found)) as port:
        found.port = port
        yield found


def _handler(git_server: GitServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Pass each request to git's own CGI program."""

        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def do_GET(self) -> None:
            """Answer a question."""
            self._answer(b"")

        def do_POST(self) -> None:
            """Answer a command."""
            length = self.headers.get("Content-Length")
            self._answer(self.rfile.read(int(length)) if length else b"".join(self._chunks()))

        def _chunks(self) -> Iterator[bytes]:
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        def _answer(self, body: bytes) -> None:
            git_server.look()
            git_server.served.append(self.path)
            if self.headers.get("Authorization") != f"Basic {git_server.spellings[-1]}":
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            head, _, content = self._git(body).partition(b"\r\n\r\n")
            lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(lines.pop("Status", "200").split()[0]))
            for name, value in lines.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _git(self, body: bytes) -> bytes:
            parts = urlsplit(self.path)
            cgi = {"GIT_PROJECT_ROOT": str(git_server.folder), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": parts.path}
            cgi |= {"QUERY_STRING": parts.query, "REQUEST_METHOD": self.command, "REMOTE_USER": "ada"}
            cgi |= {"CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body))}
            cgi |= {"HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", "")}
            cgi |= {"GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "GIT_CONFIG_NOSYSTEM": "1"}
            env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | cgi
            return subprocess.run(("git", "http-backend"), input=body, env=env, capture_output=True, check=True).stdout

    return Handler
