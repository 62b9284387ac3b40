"""
The one HTTP client: requests for the wire, stamina for the patience.

Questions are repeated where repeating can help; what changes the world is sent once, and the caller observes whether
it arrived. No redirect is followed with a credential, no netrc is read, nothing but HTTPS leaves this machine.
"""

from __future__ import annotations

import hashlib
import json as json_module
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from contd_release.errors import Unanswered
from contd_release.process.redaction import Redactor, Secret
from contd_release.project.rules import is_loopback
from contd_release.tools.http.address import joined, origin, refuse_unsafe, safely_joined
from contd_release.tools.http.headers import headers, redactor
from contd_release.tools.http.limits import QUESTION, TRANSFER, Budget, Limits
from contd_release.tools.http.reply import Passing, Reply, cause, chunks, refuse_passing, unanswered

if TYPE_CHECKING:
    import requests


Answered = TypeVar("Answered")

_LONGEST_WAIT = 60.0
_REDIRECTS = 5
_NO_PROXIES: dict[str, str] = dict.fromkeys(("http", "https", "all"), "")


@dataclass(frozen=True)
class _Request:
    """One request. The body is bytes, or a file that is sent from disk."""

    method: str
    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str] | None = None
    body: bytes | IO[bytes] | None = None


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
        limits: what one question may take.
    """

    base: str
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    attempts: int = 4
    timeout: tuple[float, float] = (10, 60)
    pause: float = 0.2
    limits: Limits = QUESTION

    def __post_init__(self) -> None:
        refuse_unsafe(self.base)

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        budget: Budget | None = None,
    ) -> Reply:
        """
        A question (GET or HEAD), repeated while the failure may pass; 404 and other refusals are replies.

        Args:
            budget: the rest of the limits, for a question that has several pages.

        Raises:
            Unanswered: refused, reset, stalled, truncated, too large, or 429 or 5xx to the end.
        """
        question, left = _Request(method, url, headers or {}, params), budget or Budget(self.limits)
        return self._patiently(lambda: self._once(question, left), left)

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
        request = _Request(method, url, extra, params, body)
        budget = Budget(TRANSFER if data else self.limits)
        if repeatable:
            return self._patiently(lambda: self._once(request, budget), budget)
        try:
            return self._once(request, budget)
        except Passing as failure:
            raise unanswered(failure) from failure

    def download(self, url: str, to: Path, *, headers: Mapping[str, str] | None = None, cap: int) -> str:
        """
        Fetch a file; the sha256 of its bytes in hexadecimal.

        Raises:
            Unanswered: it is not there, not whole, or larger than `cap` bytes.
        """
        budget = Budget(replace(TRANSFER, size=cap, total=cap))

        def fetch() -> str:
            with self._reply(_Request("GET", url, headers or {}), budget) as reply:
                refuse_passing(reply)
                if reply.status_code != 200:
                    raise Unanswered(f"{origin(reply.url)} answered {reply.status_code}", expected=to.name)
                digest = hashlib.sha256()
                with open(to, "wb") as out:
                    for chunk in chunks(reply, budget):
                        digest.update(chunk)
                        out.write(chunk)
                return digest.hexdigest()

        return self._patiently(fetch, budget)

    def _patiently(self, ask: Callable[[], Answered], budget: Budget) -> Answered:
        """Ask again while the failure may pass, as long as the server wishes us to wait."""
        import stamina

        # Without a handler, Python would print each new attempt on standard error.
        if not (log := logging.getLogger("stamina")).handlers:
            log.addHandler(logging.NullHandler())

        def worth_another_try(error: Exception) -> bool | float:
            if not isinstance(error, Passing) or error.retry_after > min(_LONGEST_WAIT, budget.left):
                return False
            return error.retry_after or True

        try:
            for attempt in stamina.retry_context(
                on=worth_another_try,
                attempts=self.attempts,
                timeout=budget.left,
                wait_initial=self.pause,
                wait_jitter=self.pause,
                wait_max=5,
            ):
                with attempt:
                    return ask()
        except Passing as failure:
            raise unanswered(failure) from failure
        raise AssertionError("stamina returns or raises")

    def _once(self, request: _Request, budget: Budget) -> Reply:
        with self._reply(request, budget) as reply:
            refuse_passing(reply)
            whole = b"".join(chunks(reply, budget))
            budget.page(len(whole), origin(reply.url))
            return Reply(reply.url, reply.status_code, reply.headers, whole, self._redact)

    @contextmanager
    def _reply(self, request: _Request, budget: Budget) -> Iterator[requests.Response]:
        """The reply as it begins. Redirects of questions are followed by hand: the credential stays with its origin."""
        import requests
        from urllib3.exceptions import HTTPError

        from contd_release.tools.http.timed import DEADLINE

        first = target = joined(self.base, request.url)
        params = request.params
        refuse_unsafe(target)
        within = DEADLINE.set(budget.deadline)
        try:
            for _ in range(_REDIRECTS):
                reply = self._session.request(
                    request.method,
                    target,
                    headers=self._headers_for(target, first, request.headers),
                    params=params,
                    data=request.body,
                    timeout=self.timeout,
                    stream=True,
                    allow_redirects=False,
                    # Plain HTTP to this machine must not leave it through a proxy.
                    proxies=_NO_PROXIES if is_loopback(urlsplit(target).hostname or "") else None,
                )
                with reply:
                    if not (reply.is_redirect and request.method in ("GET", "HEAD")):
                        yield reply
                        return
                    target, params = safely_joined(target, reply.headers["Location"]), None
        except (requests.RequestException, HTTPError) as error:
            budget.within(0, origin(target))
            raise Passing(f"{origin(target)}: {cause(error)}") from error
        finally:
            DEADLINE.reset(within)
        raise Unanswered(f"{origin(target)} redirected more than {_REDIRECTS} times", expected="an answer")

    def _headers_for(self, target: str, first: str, extra: Mapping[str, str]) -> dict[str, str]:
        ours = self.headers if origin(target) == origin(self.base) else {}
        return headers(ours, extra, stays=origin(target) == origin(first))

    @cached_property
    def _redact(self) -> Redactor:
        return redactor(self.headers)

    @cached_property
    def _session(self) -> requests.Session:
        from contd_release.tools.http.timed import session

        return session()
