"""
The one HTTP client: requests for the wire, stamina for the patience.

Questions are repeated where repeating can help; what changes the world is sent once, and whoever sent it looks whether
it arrived. No redirect is followed with a credential, no netrc is read, nothing but HTTPS leaves this machine.
"""

from __future__ import annotations

import hashlib
import json as json_module
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from contd_release.errors import Conflict, Unanswered, Usage
from contd_release.secret import Secret

if TYPE_CHECKING:
    import requests

MEBIBYTE = 1 << 20
Answered = TypeVar("Answered")

_LONGEST_WAIT = 60.0
_PASSING = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = 5


@dataclass(frozen=True)
class Reply:
    """
    An HTTP reply, read whole.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """
        The body as JSON.

        Raises:
            Unanswered: it is not JSON.
        """
        try:
            return json_module.loads(self.body)
        except ValueError as error:
            raise Unanswered(f"{_shown(self.url)} answered with something that is not JSON", expected="JSON") from error

    def said(self) -> str:
        """
        The beginning of the body, on one line, for an error message.
        """
        return " ".join(self.body[:300].decode(errors="replace").split())


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
    """

    base: str
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    attempts: int = 4
    timeout: tuple[float, float] = (10, 60)

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
                    raise Unanswered(f"{_shown(reply.url)} answered {reply.status_code}", expected="the file")
                digest = hashlib.sha256()
                with open(to, "wb") as out:
                    for chunk in _chunks(reply, cap):
                        digest.update(chunk)
                        out.write(chunk)
                return digest.hexdigest()

        return self._patiently(fetch)

    def _patiently(self, ask: Callable[[], Answered]) -> Answered:
        """
        Ask again while the failure may pass, as long as the server wishes us to wait.
        """
        import stamina

        def worth_another_try(error: Exception) -> bool | float:
            return isinstance(error, Passing) and (min(error.retry_after, _LONGEST_WAIT) or True)

        try:
            for attempt in stamina.retry_context(
                on=worth_another_try, attempts=self.attempts, timeout=None, wait_initial=0.2, wait_max=5
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
            return Reply(reply.url, reply.status_code, reply.headers, b"".join(_chunks(reply, cap)))

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

        target = urljoin(self.base, url)
        try:
            for _ in range(_REDIRECTS):
                refuse_unsafe(target)
                reply = self._session.request(
                    method,
                    target,
                    headers=self._headers_for(target) | dict(headers or {}),
                    params=params,
                    data=body,
                    timeout=self.timeout,
                    stream=True,
                    allow_redirects=False,
                )
                with reply:
                    if not (reply.is_redirect and method in ("GET", "HEAD")):
                        yield reply
                        return
                    target, params = urljoin(target, reply.headers["Location"]), None
        except requests.RequestException as error:
            raise Passing(f"{_origin(target)}: {_cause(error)}") from error
        raise Unanswered(f"{_origin(target)} redirected more than {_REDIRECTS} times", expected="an answer")

    def _headers_for(self, target: str) -> dict[str, str]:
        from contd_release import __version__

        own = {"User-Agent": f"contd-release/{__version__}"}
        if _origin(target) == _origin(self.base):
            own |= {name: v.reveal() if isinstance(v, Secret) else v for name, v in self.headers.items()}
        return own

    @cached_property
    def _session(self) -> requests.Session:
        import requests

        session = requests.Session()
        # Any `auth` keeps requests from looking into ~/.netrc.
        session.auth = lambda request: request
        return session


def refuse_unsafe(url: str) -> None:
    """
    Refuse every URL but HTTPS; plain HTTP only on this machine's loopback, where the sandbox lives.

    Raises:
        Usage: another scheme, no host, a password in the URL.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname and not parts.password:
        return
    if parts.scheme == "http" and parts.hostname and not parts.password and is_loopback(parts.hostname):
        return
    raise Usage(
        f"{_origin(url) or 'a URL without a host'} cannot be used",
        expected="https://, without a password in the URL (http:// only for 127.0.0.1)",
    )


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
        what = f"{_origin(reply.url)} answered {reply.status_code}{': too many requests for now' * limited}"
        raise Passing(what, float(after) if after.isdigit() else 0)


def _chunks(reply: requests.Response, cap: int) -> Iterator[bytes]:
    total = 0
    for chunk in reply.iter_content(1 << 16):
        total += len(chunk)
        if total > cap:
            raise Unanswered(f"{_shown(reply.url)} sent more than {cap} bytes", expected=f"at most {cap} bytes")
        yield chunk
    length = reply.headers.get("Content-Length", "")
    whole = length.isdigit() and "Content-Encoding" not in reply.headers and reply.request.method != "HEAD"
    if whole and total < int(length):
        raise Passing(f"{_origin(reply.url)} sent {total} of {length} bytes")


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
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}" if parts.hostname else ""


def _shown(url: str) -> str:
    """
    A URL without its query: the one that a download was redirected to may hold a signature.
    """
    return url.partition("?")[0]


def is_loopback(host: str) -> bool:
    """
    Whether this host is this machine, so that nothing said to it can be overheard.
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
