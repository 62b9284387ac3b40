"""A registry that sends clients for a token, to where it likes, and remembers who showed it a credential."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from local_server import listening

TOKEN = "a-token-of-this-registry"


@dataclass
class TokenServer:
    """
    What it says and what it has seen.

    Args:
        realm: the place for tokens, by the client's `User-Agent`; its own `/token` where that is empty.
        seen: the path of each request, and the credential that came with it.
    """

    host: str = ""
    realm: Callable[[str], str] = lambda _: ""
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def credentials(self) -> set[str]:
        """The kinds of credentials that it was shown."""
        return {credential.partition(" ")[0] for _, credential in self.seen if credential}


@contextmanager
def serving() -> Iterator[TokenServer]:
    """A registry without anything in it."""
    found = TokenServer()
    with listening(_handler(found)) as port:
        found.host = f"127.0.0.1:{port}"
        yield found


def _handler(token_server: TokenServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Give out tokens, and know nothing else."""

        def log_message(self, *_: object) -> None:
            """Print nothing."""

        def do_GET(self) -> None:
            """Answer a question."""
            credential = self.headers.get("Authorization", "")
            token_server.seen.append((self.path, credential))
            if self.path.startswith("/token"):
                self._answer(200, json.dumps({"token": TOKEN}))
            elif credential != f"Bearer {TOKEN}":
                realm = token_server.realm(self.headers["User-Agent"]) or f"http://{token_server.host}/token"
                self._answer(401, "", f'Bearer realm="{realm}",service="tests"')
            else:
                self._answer(200 if self.path == "/v2/" else 404, "{}")

        def do_HEAD(self) -> None:
            """Answer a question in short."""
            self.do_GET()

        def _answer(self, status: int, text: str, challenge: str = "") -> None:
            self.send_response(status)
            if challenge:
                self.send_header("WWW-Authenticate", challenge)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text.encode())

    return Handler
