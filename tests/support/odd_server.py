"""A server that gives one odd reply to every question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from local_server import listening

from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.settings import Pypi, Settings
from contd_release.tools.github.api import GitHubRepository
from contd_release.tools.oci.login import Login
from contd_release.tools.oci.repository import OciRepository
from contd_release.tools.prometheus import Prometheus


@dataclass
class Odd:
    """
    What the server replies, and the clients of each kind that ask it.

    Args:
        others: the replies to questions for these ends of a path, where a client asks more than one; None is 404.
    """

    host: str = ""
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    others: dict[str, bytes | None] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.host}/"

    @cached_property
    def github(self) -> GitHubRepository:
        """A repository there."""
        return GitHubRepository("owner/contd", self.url, self.url)

    @property
    def project(self) -> Project:
        """A project whose index is there."""
        return Project(Path(), Path(), "contd", Settings(pypi=Pypi(repository=self.url, index=self.url)), News())

    @property
    def prometheus(self) -> Prometheus:
        """A Prometheus there."""
        return Prometheus(self.url)

    def repository(self, login: Login | None = None) -> OciRepository:
        """A repository of a registry there."""
        return OciRepository(self.host, "owner/contd", login)


@contextmanager
def serving() -> Iterator[Odd]:
    """A server on this machine, whose reply can be changed at any time."""
    odd = Odd()

    class Handler(BaseHTTPRequestHandler):
        """The one reply."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def do_GET(self) -> None:
            """Read the request and reply; ask for a token where a registry is asked."""
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            wants_token = self.path.startswith("/v2/") and "realm" in odd.headers
            path = self.path.partition("?")[0]
            body = next((body for end, body in odd.others.items() if path.endswith(end)), odd.body)
            self.send_response(401 if wants_token else 404 if body is None else odd.status)
            body = body or b""
            if wants_token:
                self.send_header("WWW-Authenticate", f'Bearer realm="{odd.url}token"')
            for name, value in odd.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_PUT = do_PATCH = do_GET  # noqa: N815

    with listening(Handler) as port:
        odd.host = f"127.0.0.1:{port}"
        yield odd
