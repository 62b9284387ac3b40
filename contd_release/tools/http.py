"""
The one HTTP client: requests for the wire, stamina for the patience.

Questions are repeated where repeating can help; what changes the world is sent once, and whoever sent it looks whether
it arrived. No redirect is followed with a credential, no netrc is read, nothing but HTTPS leaves this machine.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json as json_module
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from contd_release.errors import Conflict, Unanswered, Usage
from contd_release.secret import Redactor, Secret
from contd_release.validation import URL, is_loopback, is_safe_url

if TYPE_CHECKING:
    import requests

MEBIBYTE = 1 << 20
Answered = TypeVar("Answered")

_LONGEST_WAIT = 60.0
_PASSING = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = 5
_NO_PROXIES: dict[str, str] = dict.fromkeys(("http", "https", "all"), "")
# What may go along to another origin than the one it was meant for.
_PLAIN = frozenset({"accept", "accept-encoding", "cache-control", "if-none-match", "range", "user-agent"})


@dataclass(frozen=True)
class Reply:
    """
    An HTTP reply, read whole.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    redact: Redactor = field(default=Redactor(None), repr=False, compare=False)

    def json(self) -> Any:
        """
        The body as JSON.

        Raises:
            Unanswered: it is not JSON.
        """
        try:
            return json_module.loads(self.body)
        except (ValueError, RecursionError) as error:
            what = f"{_origin(self.url)} answered with something that is not JSON"
            raise Unanswered(what, expected="JSON") from error

    def said(self) -> str:
        """
        The beginning of the body, on one line, for an error message; a credential of ours in it is not repeated.
        """
        return " ".join(self.redact(self.body.decode(errors="replace"))[:300].split())


class Refused(Unanswered):
    """
    A credential was not accepted: asking again with it is of no use.
    """


class Passing(Exception):
    """
    A failure that may be gone at the next try.
    """

    def __init__(self, what: str, retry_after: float = 0) -> None:
        super().__init__(what)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Http:
    """
    A client for one origin.

    Args:
        base: the URL that relative ones are joined to; credentials go to its origin only.
        headers: sent with every request to that origin.
        attempts: how often a question is asked.
        timeout: seconds to connect, and between two bytes.
        pause: seconds before a question is asked again, at first; it doubles, up to 5.
        longest: seconds that a whole reply may take, however steadily it drips.
    """

    base: str
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    attempts: int = 4
    timeout: tuple[float, float] = (10, 60)
    pause: float = 0.2
    longest: float = 1800

    def __post_init__(self) -> None:
        refuse_unsafe(self.base)

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        cap: int = 64 * MEBIBYTE,
    ) -> Reply:
        """
        A question (GET or HEAD), repeated while the failure may pass; 404 and other refusals are replies.

        Raises:
            Unanswered: refused, reset, stalled, truncated, too large, or 429 or 5xx to the end.
        """
        return self._patiently(lambda: self._once(method, url, headers, params, None, cap))

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
        data: bytes | IO[bytes] | None = None,
        repeatable: bool = False,
    ) -> Reply:
        """
        A request that may change something: sent once.

        Args:
            repeatable: whether it means the same when it arrives twice; then it is repeated like a question.

        Raises:
            Unanswered: no reply came, so it is not known whether it was carried out; or 429 or 5xx.
        """
        extra = dict(headers or {})
        body: bytes | IO[bytes] | None = data
        if json is not None:
            body = json_module.dumps(json).encode()
            extra.setdefault("Content-Type", "application/json")
        if repeatable:
            return self._patiently(lambda: self._once(method, url, extra, params, body, 64 * MEBIBYTE))
        try:
            return self._once(method, url, extra, params, body, 64 * MEBIBYTE)
        except Passing as failure:
            raise _unanswered(failure) from failure

    def download(self, url: str, to: Path, *, headers: Mapping[str, str] | None = None, cap: int) -> str:
        """
        Fetch a file; the sha256 of its bytes in hexadecimal.

        Raises:
            Unanswered: it is not there, not whole, or larger than `cap` bytes.
        """

        def fetch() -> str:
            with self._reply("GET", url, headers, None, None) as reply:
                _refuse_passing(reply)
                if reply.status_code != 200:
                    raise Unanswered(f"{_origin(reply.url)} answered {reply.status_code}", expected=to.name)
                digest = hashlib.sha256()
                with open(to, "wb") as out:
                    for chunk in _chunks(reply, cap, self.longest):
                        digest.update(chunk)
                        out.write(chunk)
                return digest.hexdigest()

        return self._patiently(fetch)

    def _patiently(self, ask: Callable[[], Answered]) -> Answered:
        """
        Ask again while the failure may pass, as long as the server wishes us to wait.
        """
        import stamina

        # Without a handler of anybody's, Python would print each new attempt on standard error.
        if not (log := logging.getLogger("stamina")).handlers:
            log.addHandler(logging.NullHandler())

        def worth_another_try(error: Exception) -> bool | float:
            if not isinstance(error, Passing) or error.retry_after > _LONGEST_WAIT:
                return False
            return error.retry_after or True

        try:
            for attempt in stamina.retry_context(
                on=worth_another_try,
                attempts=self.attempts,
                timeout=None,
                wait_initial=self.pause,
                wait_jitter=self.pause,
                wait_max=5,
            ):
                with attempt:
                    return ask()
        except Passing as failure:
            raise _unanswered(failure) from failure
        raise AssertionError("stamina returns or raises")

    def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
        body: bytes | IO[bytes] | None,
        cap: int,
    ) -> Reply:
        with self._reply(method, url, headers, params, body) as reply:
            _refuse_passing(reply)
            whole = b"".join(_chunks(reply, cap, self.longest))
            return Reply(reply.url, reply.status_code, reply.headers, whole, self._redact)

    @contextmanager
    def _reply(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str] | None,
        body: bytes | IO[bytes] | None,
    ) -> Iterator[requests.Response]:
        """
        The reply as it begins. Redirects of questions are followed by hand: the credential stays with its origin.
        """
        import requests

        first = target = _joined(self.base, url)
        refuse_unsafe(target)
        try:
            for _ in range(_REDIRECTS):
                reply = self._session.request(
                    method,
                    target,
                    headers=self._headers_for(target, first, headers or {}),
                    params=params,
                    data=body,
                    timeout=self.timeout,
                    stream=True,
                    allow_redirects=False,
                    # Plain HTTP to this machine must not leave it through a proxy.
                    proxies=_NO_PROXIES if is_loopback(urlsplit(target).hostname or "") else None,
                )
                with reply:
                    if not (reply.is_redirect and method in ("GET", "HEAD")):
                        yield reply
                        return
                    target, params = _redirected(target, reply.headers["Location"]), None
        except requests.RequestException as error:
            raise Passing(f"{_origin(target)}: {_cause(error)}") from error
        raise Unanswered(f"{_origin(target)} redirected more than {_REDIRECTS} times", expected="an answer")

    def _headers_for(self, target: str, first: str, extra: Mapping[str, str]) -> dict[str, str]:
        from contd_release import __version__

        sent = {"User-Agent": f"contd-release/{__version__}"}
        if _origin(target) == _origin(self.base):
            sent |= {name: v.reveal() if isinstance(v, Secret) else v for name, v in self.headers.items()}
        stays = _origin(target) == _origin(first)
        sent |= {name: value for name, value in extra.items() if stays or name.lower() in _PLAIN}
        for name, value in sent.items():
            if not (value.isascii() and value.isprintable()) or value != value.strip():
                raise Usage(
                    f"the value of the header {name} has a line break, a space around it or a letter that is not ASCII",
                    expected="a credential as it was given out, without a line break at its end",
                )
        return sent

    @cached_property
    def _redact(self) -> Redactor:
        """
        Takes our credentials out of what a server repeats.
        """
        values = {v.reveal() for v in self.headers.values() if isinstance(v, Secret)}
        words = {word for value in values for word in value.split()}
        return Redactor.of(values | words | {_password(word) for word in words})

    @cached_property
    def _session(self) -> requests.Session:
        import requests

        session = requests.Session()
        # Any `auth` keeps requests from looking into ~/.netrc.
        session.auth = lambda request: request
        # Even without following it, requests parses where a redirect leads and reads its body, however large.
        session.get_redirect_target = lambda _: None  # type: ignore[method-assign, assignment]
        return session


def refuse_unsafe(url: str) -> None:
    """
    Refuse every URL but HTTPS; plain HTTP only on this machine's loopback, where the sandbox lives.

    Raises:
        Usage: another scheme, no host, an address of a private network, a credential in the URL.
    """
    if not is_safe_url(url):
        raise Usage(f"{_origin(url) or 'a URL without a host'} cannot be used", expected=URL.expected)


def refused(reply: Reply, what: str, type_next: str = "") -> None:
    """
    Tell a refused credential from an answer.

    Raises:
        Refused: the reply is 401 or 403.
    """
    if reply.status in (401, 403):
        raise Refused(
            f"{_origin(reply.url)} refused our credential for {what}: {reply.status} {reply.said()}",
            expected="a credential that may do this",
            type_next=type_next,
        )


def expected(reply: Reply, statuses: tuple[int, ...], what: str) -> Reply:
    """
    The reply, if its status is one of these.

    Raises:
        Refused: 401 or 403.
        Conflict: any other refusal, with the server's own words.
    """
    refused(reply, what)
    if reply.status not in statuses:
        raise Conflict(
            f"{what}: {_origin(reply.url)} answered {reply.status} {reply.said()}",
            expected=" or ".join(map(str, statuses)),
        )
    return reply


def _refuse_passing(reply: requests.Response) -> None:
    """
    Raise what may be gone at the next try: overload, rate limits, a gateway's bad day.
    """
    after = reply.headers.get("Retry-After", "")
    spent = reply.headers.get("x-ratelimit-remaining") == "0"
    limited = reply.status_code == 403 and (spent or bool(after))
    if reply.status_code in _PASSING or limited:
        wait = _seconds(after)
        asks = f" and asks to wait {wait:.0f} s" if wait else ""
        limit = ": too many requests for now" if limited else ""
        raise Passing(f"{_origin(reply.url)} answered {reply.status_code}{limit}{asks}", wait)


def _seconds(retry_after: str) -> float:
    """
    How long `Retry-After` asks to wait: seconds, or a date (RFC 9110, 10.2.3). What is neither asks for nothing.
    """
    from email.utils import parsedate_to_datetime

    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        return max(parsedate_to_datetime(retry_after).timestamp() - time.time(), 0)
    except (ValueError, TypeError, OverflowError):
        return 0


def _redirected(target: str, location: str) -> str:
    """
    Where a redirect leads.

    Raises:
        Unanswered: nowhere safe: not HTTPS, a private network, or from elsewhere into this machine.
    """
    to = _joined(target, location)
    safe = is_safe_url(to)
    inward = safe and is_loopback(urlsplit(to).hostname or "") and not is_loopback(urlsplit(target).hostname or "")
    if inward or not safe:
        raise Unanswered(
            f"{_origin(target)} redirected to {_origin(to) or 'nowhere'}", expected="a redirect to https:// elsewhere"
        )
    return to


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _chunks(reply: requests.Response, cap: int, longest: float) -> Iterator[bytes]:
    total, deadline = 0, time.monotonic() + longest
    for chunk in _pieces(reply):
        total += len(chunk)
        if total > cap:
            raise Unanswered(f"{_origin(reply.url)} sent more than {cap} bytes", expected=f"at most {cap} bytes")
        if time.monotonic() > deadline:
            raise Unanswered(f"{_origin(reply.url)} was not done after {longest:g} s", expected="the whole reply")
        yield chunk
    length = reply.headers.get("Content-Length", "")
    whole = length.isdigit() and "Content-Encoding" not in reply.headers and reply.request.method != "HEAD"
    if whole and total < int(length):
        raise Passing(f"{_origin(reply.url)} sent {total} of {length} bytes")


def _pieces(reply: requests.Response) -> Iterator[bytes]:
    """
    The body as it comes: requests' own iterator waits for whole blocks, and nobody looks at the clock meanwhile.
    """
    from urllib3.exceptions import HTTPError

    try:
        while piece := reply.raw.read1(1 << 16, decode_content=True):
            yield piece
    except HTTPError as error:
        raise Passing(f"{_origin(reply.url)}: {_cause(error)}") from error


def _unanswered(failure: Passing) -> Unanswered:
    return Unanswered(
        str(failure), expected="an answer", type_next="the same command again, when the other side is well"
    )


def _cause(error: BaseException) -> str:
    """
    The innermost reason, without the URL (which may hold a secret) that requests puts into its messages.
    """
    reason: BaseException = error
    while (inner := reason.__cause__ or reason.__context__) is not None:
        reason = inner
    told = isinstance(reason, OSError) and reason.strerror
    return f"{type(error).__name__}: {told or type(reason).__name__}"


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{host}{f':{port}' if port not in (None, usual) else ''}" if host else ""


def _password(word: str) -> str:
    """
    The password in the value of basic authentication; nothing in another value.
    """
    try:
        return base64.b64decode(word, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
