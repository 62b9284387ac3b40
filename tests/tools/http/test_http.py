"""
The one HTTP client, against a real server that misbehaves: whatever goes wrong has a name, and no credential leaks.
"""

from __future__ import annotations

import base64
import gzip
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from local_server import listening

from contd_release.errors import Conflict, ReleaseError, Unanswered, Usage
from contd_release.process.redaction import Secret
from contd_release.tools.http import Http, Limits, Reply, expected, refuse_unsafe, refused

CANARY = "CANARY-7-CANARY"
AGAIN = "  type:     the same command again   (when the other side is well)"


@dataclass(frozen=True)
class Request:
    """What the server was sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A server that answers one request after the other as it was told; the last way is kept."""

    ways: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    base: str = ""

    def client(self, **changes: object) -> Http:
        """An impatient client for it."""
        options: dict[str, object] = {"attempts": 3, "pause": 0.001, "timeout": (2, 0.3)}
        return Http(self.base, **(options | changes))  # type: ignore[arg-type]

    def answers(self, *ways: Callable[[BaseHTTPRequestHandler], None]) -> None:
        """Answer like this, one way after the other."""
        self.ways[:] = ways

    @property
    def paths(self) -> list[str]:
        """What was asked for."""
        return [request.path for request in self.requests]


def serve() -> Iterator[Server]:
    """A running server, ended when the test is."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.requests.append(Request(self.command, self.path, dict(self.headers), body))
            way = server.ways.pop(0) if len(server.ways) > 1 else server.ways[0]
            self.close_connection = True
            way(self)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with listening(Handler) as port:
        server.base = f"http://127.0.0.1:{port}/"
        yield server


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    yield from serve()


@pytest.fixture(name="other")
def _other() -> Iterator[Server]:
    yield from serve()


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """An ordinary reply."""

    def way(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        sent = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in sent.items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    return way


def dropped(handler: BaseHTTPRequestHandler) -> None:
    """Accept, and hang up."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Reset the connection in the middle of the body."""
    reply(body=b"x" * 10, Content_Length="1000000")(handler)
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def stalled(handler: BaseHTTPRequestHandler) -> None:
    """Begin, and fall silent."""
    reply(body=b"x", Content_Length="100")(handler)
    handler.wfile.flush()
    time.sleep(0.8)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, for ever."""
    reply(body=b"", Content_Length="1000")(handler)
    try:
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return


truncated = reply(body=b"x" * 10, Content_Length="20")


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A redirect whose own body does not end."""
    handler.send_response(302)
    handler.send_header("Location", "/there")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65536)
    except OSError:
        return


def unanswered(ask: Callable[[], object]) -> str:
    """The text of a question that got no answer, without a credential in it."""
    with pytest.raises(Unanswered) as caught:
        ask()
    assert "CANARY" not in str(caught.value)
    return str(caught.value)


# Questions.


def test_an_answer_is_an_answer(server: Server) -> None:
    """Status, headers and body; parameters and headers arrive."""
    server.answers(reply(200, b'{"a": 1}', X_Extra="yes"))

    found = server.client().ask("a/b", params={"q": "x y"}, headers={"Accept": "application/json"})

    assert (found.status, found.node().value, found.headers["X-Extra"]) == (200, {"a": 1}, "yes")
    assert server.requests[0].path == "/a/b?q=x+y"
    assert server.requests[0].headers["Accept"] == "application/json"
    assert server.requests[0].headers["User-Agent"].startswith("contd-release/")


@pytest.mark.parametrize("status", [201, 204, 301, 304, 400, 401, 403, 404, 409, 410, 422])
def test_a_refusal_is_a_reply_and_asked_once(server: Server, status: int) -> None:
    """A 404 is what a 404 is; asking again would not change it."""
    server.answers(reply(status, b"" if status in (204, 304) else b"no"))

    assert status == server.client().ask("x").status
    assert len(server.requests) == 1


def test_head_has_no_body(server: Server) -> None:
    """Its Content-Length is that of another reply."""
    server.answers(reply(200, b"", Content_Length="500", Docker_Content_Digest="sha256:x"))

    assert (
        (found := server.client().ask("x", method="HEAD")).body,
        found.headers["docker-content-digest"],
    ) == (b"", "sha256:x")


def test_compressed_bodies_are_read(server: Server) -> None:
    """And measured as they are unpacked."""
    server.answers(reply(body=gzip.compress(b"x" * 100_000), Content_Encoding="gzip"))

    assert server.client().ask("x").body == b"x" * 100_000
    assert "sent more than 99999 bytes" in unanswered(lambda: server.client(limits=Limits(size=99_999)).ask("x"))


@pytest.mark.parametrize(
    "bad", [reply(500), reply(502), reply(503), reply(504), reply(429), dropped, reset, truncated, stalled]
)
def test_what_may_pass_is_asked_again(server: Server, bad: Callable[[BaseHTTPRequestHandler], None]) -> None:
    """A bad moment of the other side is none of ours."""
    server.answers(bad, bad, reply(body=b"fine"))

    assert server.client().ask("x").body == b"fine"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (reply(500), " answered 500"),
        (reply(503), " answered 503"),
        (reply(429, Retry_After="0"), " answered 429"),
        (reply(403, X_RateLimit_Remaining="0"), " answered 403"),
        (dropped, ": ConnectionError: "),
        (truncated, ": "),
        (reset, ": "),
        (stalled, ": "),
    ],
)
def test_what_does_not_pass_is_unanswered(
    server: Server, bad: Callable[[BaseHTTPRequestHandler], None], said: str
) -> None:
    """After the last attempt the origin and the cause are told; it is never taken for "not there"."""
    server.answers(bad)

    text = unanswered(lambda: server.client().ask(f"x?token={CANARY}"))

    assert text.startswith(f"{server.base[:-1]}{said}")
    assert text.endswith(f"\n  expected: an answer\n{AGAIN}")
    assert len(server.requests) == 3


def test_a_refused_connection_is_unanswered() -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    text = unanswered(lambda: Http(f"http://127.0.0.1:{port}/", attempts=2, pause=0.001).ask(CANARY))

    assert text.startswith(f"http://127.0.0.1:{port}: ConnectionError: Connection refused\n")


@pytest.mark.parametrize("wish", ["1", lambda: formatdate(time.time() + 2, usegmt=True)])
def test_the_server_says_how_long_to_wait(server: Server, wish: str | Callable[[], str]) -> None:
    """Retry-After in seconds or as a date."""
    server.answers(reply(429, Retry_After=wish if isinstance(wish, str) else wish()), reply())
    began = time.monotonic()

    server.client().ask("x")

    assert 0.9 < time.monotonic() - began < 4


def test_a_wait_that_is_too_long_is_told_at_once(server: Server) -> None:
    """An hour is a person's decision."""
    server.answers(reply(429, Retry_After="3600"))

    assert "answered 429 and asks to wait 3600 s" in unanswered(lambda: server.client().ask("x"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("wish", ["", "²", "-1", "soon", "9" * 400 + "x", "Thu, 99 Foo 2026"])
def test_a_wish_that_is_none_is_not_waited_for(server: Server, wish: str) -> None:
    """A broken header breaks nothing."""
    server.answers(reply(503, Retry_After=wish.encode().decode("latin-1")), reply())

    assert server.client().ask("x").status == 200


def test_a_reply_that_drips_has_an_end(server: Server) -> None:
    """Steadily a byte is still for ever."""
    server.answers(dripping)
    began = time.monotonic()

    assert "was not done after 0.3 s" in unanswered(lambda: server.client(limits=Limits(seconds=0.3)).ask("x"))
    assert time.monotonic() - began < 2


def test_a_reply_that_is_too_large_is_not_read(server: Server) -> None:
    """Memory is not the other side's to fill."""
    server.answers(reply(body=b"x" * 1001))

    assert f"{server.base[:-1]} sent more than 1000 bytes\n  expected: at most 1000 bytes\n{AGAIN}" == unanswered(
        lambda: server.client(limits=Limits(size=1000)).ask(CANARY)
    )


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"{", b"[" * 100_000])
def test_what_is_not_json_is_told(server: Server, body: bytes) -> None:
    """A proxy's error page is no answer."""
    server.answers(reply(body=body))

    found = server.client().ask(CANARY)

    text = f"{server.base[:-1]} answered with something that is not JSON\n  expected: JSON\n{AGAIN}"
    assert text == unanswered(found.node)


# What changes the world.


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("bad", [reply(500), reply(502), reply(429), dropped, reset, truncated, stalled])
def test_what_may_change_something_is_sent_once(
    server: Server, method: str, bad: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    """Without an answer it is not known whether it was carried out, so it is not sent again."""
    server.answers(bad)

    unanswered(lambda: server.client().send(method, "x", json={"a": 1}))

    assert [method] == [request.method for request in server.requests]


def test_json_and_bytes_are_sent(server: Server) -> None:
    """With the type that they have."""
    server.answers(reply(201))

    server.client().send("POST", "x", json={"ä": [1]})
    server.client().send("PUT", "x", data=b"\x00\xff", headers={"Content-Type": "application/octet-stream"})

    assert json.loads(server.requests[0].body) == {"ä": [1]}
    assert [
        server.requests[1].body,
        server.requests[1].headers["Content-Type"],
    ] == [(b"\x00\xff"), "application/octet-stream"]
    assert server.requests[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_may_change_something_follows_no_redirect(server: Server, other: Server, status: int) -> None:
    """A redirect is a reply for whoever sent the request."""
    server.answers(reply(status, Location=other.base))
    other.answers(reply())

    assert status == server.client().send("POST", "x", json={}).status
    assert other.requests == []


# Files.


def test_a_file_is_fetched_and_measured(server: Server, tmp_path: Path) -> None:
    """The digest is that of the bytes that were written."""
    body = bytes(range(256)) * 1000
    server.answers(reply(500), truncated, reply(body=body))

    digest = server.client().download("x", tmp_path / "file", cap=1_000_000)

    assert sha256(body).hexdigest() == digest == sha256((tmp_path / "file").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("bad", "said"),
    [(reply(404), "answered 404\n  expected: file"), (reply(body=b"x" * 11), "sent more than 10 bytes")],
)
def test_a_file_that_is_not_there_or_too_large_is_told(
    server: Server, tmp_path: Path, bad: Callable[[BaseHTTPRequestHandler], None], said: str
) -> None:
    """By its name, not by its address, which may be signed."""
    server.answers(bad)

    assert said in unanswered(lambda: server.client().download(f"x?sig={CANARY}", tmp_path / "file", cap=10))


# Redirects.

TOKEN = {"Authorization": Secret(f"Bearer {CANARY}")}


def test_a_redirect_within_the_origin_keeps_the_credential(server: Server) -> None:
    """It is the same server."""
    server.answers(reply(302, Location="/there"), reply())

    assert server.client(headers=TOKEN).ask("here", headers={"X-Token": "mine"}).status == 200
    assert server.paths == ["/here", "/there"]
    assert [f"Bearer {CANARY}"] * 2 == [request.headers["Authorization"] for request in server.requests]
    assert server.requests[1].headers["X-Token"] == "mine"


def test_the_body_of_a_redirect_is_not_read(server: Server) -> None:
    """It may be of any size."""
    server.answers(endless, reply(body=b"fine"))

    assert server.client().ask("x").body == b"fine"


def test_a_redirect_to_another_origin_does_not_carry_the_credential(server: Server, other: Server) -> None:
    """Neither the client's, nor one that came with this question; what to accept goes along."""
    server.answers(reply(307, Location=f"{other.base}there"))
    other.answers(reply(body=b"fine"))
    extra = {"authorization": CANARY, "X-Token": CANARY, "Cookie": CANARY, "Accept": "text/plain", "Range": "bytes=0-"}

    assert server.client(headers=TOKEN).ask("here", headers=extra, params={"q": CANARY}).body == b"fine"

    assert "CANARY" not in repr(other.requests)
    assert (other.requests[0].headers["Accept"], other.requests[0].headers["Range"]) == ("text/plain", "bytes=0-")


def test_a_credential_goes_to_its_origin_only(server: Server, other: Server) -> None:
    """An absolute URL of another origin is asked without the client's credential."""
    other.answers(reply())

    server.client(headers=TOKEN).ask(other.base)

    assert "CANARY" not in repr(other.requests)


def test_a_redirect_that_does_not_end_is_unanswered(server: Server) -> None:
    """Five are enough, and it is not tried again."""
    server.answers(reply(302, Location="/round"))

    assert "redirected more than 5 times" in unanswered(lambda: server.client().ask("x"))
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    "location",
    [
        "http://example.com/",
        "file:///etc/passwd",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/",
        f"https://user:{CANARY}@example.com/",
        "https://[broken",
        "https://example.com:99999/",
        "gopher://127.0.0.1/",
    ],
)
def test_a_redirect_that_leads_astray_is_not_followed(server: Server, location: str) -> None:
    """The server's fault, not the configuration's; asked once."""
    server.answers(reply(302, Location=location))

    assert f"{server.base[:-1]} redirected to " in unanswered(lambda: server.client().ask("x"))
    assert len(server.requests) == 1


# Credentials.


def test_netrc_is_not_read(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only credentials that were meant for it are sent anywhere."""
    (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login user password {CANARY}\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HOME", str(tmp_path))
    server.answers(reply(302, Location="/there"), reply())

    server.client().ask("here")
    server.client().send("POST", "here", json={})

    assert len(server.requests) == 3
    assert not [request for request in server.requests if "Authorization" in request.headers]


def test_plain_http_to_this_machine_goes_through_no_proxy(
    server: Server, other: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but HTTPS leaves this machine, whatever the environment says about proxies."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, other.base)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.answers(reply())
    other.answers(reply())

    server.client(headers=TOKEN).ask("x")

    assert (other.requests, len(server.requests)) == ([], 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        f"https://user:{CANARY}@example.com/",
        f"https://{CANARY}@example.com/",
        f"http://user:{CANARY}@127.0.0.1/",
        "file:///etc/passwd",
        "https://",
        "",
        "example.com",
        "https://[broken",
        "https://example.com:99999/",
    ],
)
def test_an_unsafe_url_is_refused_and_its_password_not_shown(server: Server, url: str) -> None:
    """As the client's base, as a question's address, and by itself."""
    uses: list[Callable[[], object]] = [lambda: refuse_unsafe(url), lambda: Http(url)]
    if "//" in url:
        uses.append(lambda: server.client().ask(url))
    for use in uses:
        with pytest.raises(Usage) as caught:
            use()
        assert " cannot be used\n  expected: https:// to a public host, without a password" in str(caught.value)
        assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("value", [f"{CANARY}\n", f"{CANARY}\r\nX: y", f" {CANARY}", f"{CANARY}ä", f"{CANARY}\0"])
def test_a_credential_that_no_header_can_carry_is_refused(server: Server, value: str) -> None:
    """A token that was read from a file with its line break is the usual case."""
    with pytest.raises(Usage) as caught:
        server.client(headers={"Authorization": Secret(value)}).ask("x")

    assert (
        str(caught.value)
        == "the value of the header Authorization has a line break, a space around it or a letter that is not ASCII\n"
        "  expected: a credential as it was given out, without a line break at its end\n"
        "  type:     export VARIABLE=…   (the one that holds it, without the line break)"
    )
    assert server.requests == []


@pytest.mark.parametrize("kind", ["Bearer", "Basic"])
def test_a_credential_that_the_server_repeats_is_not_told(server: Server, kind: str) -> None:
    """Some error pages show the request."""
    value = CANARY if kind == "Bearer" else base64.b64encode(f"user:{CANARY}".encode()).decode()
    client = server.client(headers={"Authorization": Secret(f"{kind} {value}")})
    server.answers(reply(403, f"you sent {value}, that is {CANARY}".encode()))

    found = client.ask("x")

    for tell in (lambda: refused(found, "x"), lambda: expected(found, (200,), "x")):
        with pytest.raises(ReleaseError) as caught:
            tell()
        assert "you sent" in str(caught.value)
        assert not [word for word in (value, CANARY) if word in str(caught.value) + found.said() + repr(found)]


# Reading a reply.


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_is_unanswered(status: int) -> None:
    """It says nothing about what is there."""
    found = Reply("https://example.com/x?y", status, {}, b"bad\n  credentials")

    with pytest.raises(Unanswered) as caught:
        refused(found, "the release", "gh auth login")
    with pytest.raises(Unanswered):
        expected(found, (200,), "the release")
    assert (
        f"https://example.com refused our credential for the release: {status} bad credentials\n"
        "  expected: a credential that may do this\n  type:     gh auth login" == str(caught.value)
    )


def test_another_refusal_is_a_conflict_in_the_servers_words() -> None:
    """What was expected is told with it; what was expected passes."""
    found = Reply("https://example.com:443/x", 422, {}, b'{"message": "already_exists"}')

    refused(found, "x")
    assert found is expected(found, (201, 422), "x")
    with pytest.raises(Conflict) as caught:
        expected(found, (200, 201), "the release v1.2.0")

    assert (
        str(caught.value) == 'the release v1.2.0: https://example.com answered 422 {"message": "already_exists"}\n'
        "  expected: 200 or 201\n  type:     invoke status"
    )


def test_waiting_is_silent(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    """The report is the only one that prints."""
    server.answers(reply(503), reply())

    server.client().ask("x")

    assert capfd.readouterr() == ("", "")
