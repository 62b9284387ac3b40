"""What comes back: read whole or in pieces, and divided into answers, refusals and passing failures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contd_release.errors import Conflict, ReleaseError, Unanswered
from contd_release.process.redaction import Redactor
from contd_release.tools.http.address import origin
from contd_release.tools.http.limits import Budget
from contd_release.tools.http.node import Node, node

if TYPE_CHECKING:
    import requests


_PASSING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Reply:
    """An HTTP reply, read whole."""

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    redact: Redactor = field(default=Redactor(None), repr=False, compare=False)

    def node(self) -> Node:
        """
        The body as JSON, to be read by type.

        Raises:
            Unanswered: it is not JSON.
        """
        return node(self.body, origin(self.url))

    def said(self) -> str:
        """The beginning of the body, on one line, for an error message; a credential of ours in it is not repeated."""
        return " ".join(self.redact(self.body.decode(errors="replace"))[:300].split())


class Refused(Unanswered):
    """A credential was not accepted: asking again with it is of no use."""

    when = "with a credential that may do this"


def may_pass(failure: ReleaseError) -> bool:
    """Whether a failure may be gone at the next try, which begins with a look at what is there."""
    return isinstance(failure, Unanswered) and not isinstance(failure, Refused)


class Passing(Exception):
    """A failure that may be gone at the next try."""

    def __init__(self, what: str, retry_after: float = 0) -> None:
        super().__init__(what)
        self.retry_after = retry_after


def refused(reply: Reply, what: str, type_next: str = "") -> None:
    """
    Tell a refused credential from an answer.

    Raises:
        Refused: the reply is 401 or 403.
    """
    if reply.status in (401, 403):
        raise Refused(
            f"{origin(reply.url)} refused our credential for {what}: {reply.status} {reply.said()}",
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
            f"{what}: {origin(reply.url)} answered {reply.status} {reply.said()}",
            expected=" or ".join(map(str, statuses)),
        )
    return reply


def refuse_passing(reply: requests.Response) -> None:
    """Raise what may be gone at the next try: overload, rate limits, a gateway's bad day."""
    after = reply.headers.get("Retry-After", "")
    spent = reply.headers.get("x-ratelimit-remaining") == "0"
    limited = reply.status_code == 403 and (spent or bool(after))
    if reply.status_code in _PASSING or limited:
        wait = _seconds(after)
        asks = f" and asks to wait {wait:.0f} s" if wait else ""
        limit = ": too many requests for now" if limited else ""
        raise Passing(f"{origin(reply.url)} answered {reply.status_code}{limit}{asks}", wait)


def _seconds(retry_after: str) -> float:
    """How long `Retry-After` asks to wait: seconds, or a date (RFC 9110, 10.2.3). What is neither asks for nothing."""
    from email.utils import parsedate_to_datetime

    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        return max(parsedate_to_datetime(retry_after).timestamp() - time.time(), 0)
    except (ValueError, TypeError, OverflowError):
        return 0


def chunks(reply: requests.Response, budget: Budget) -> Iterator[bytes]:
    """
    The body in pieces: no more than is left of the question's limits, and as much as was announced.

    Raises:
        Passing: it ended early.
        Unanswered: it is too large or too slow.
    """
    total = 0
    for chunk in _pieces(reply, budget):
        total += len(chunk)
        budget.within(total, origin(reply.url))
        yield chunk
    length = reply.headers.get("Content-Length", "")
    whole = length.isdigit() and "Content-Encoding" not in reply.headers and reply.request.method != "HEAD"
    if whole and total < int(length):
        raise Passing(f"{origin(reply.url)} sent {total} of {length} bytes")


def _pieces(reply: requests.Response, budget: Budget) -> Iterator[bytes]:
    """The body as it comes: requests' own iterator waits for whole blocks, and checks no time limit meanwhile."""
    from urllib3.exceptions import HTTPError

    try:
        while piece := reply.raw.read1(1 << 16, decode_content=True):
            yield piece
    except HTTPError as error:
        budget.within(0, origin(reply.url))
        raise Passing(f"{origin(reply.url)}: {cause(error)}") from error


def unanswered(failure: Passing) -> Unanswered:
    """A failure that did not pass."""
    return Unanswered(str(failure), expected="an answer")


def cause(error: BaseException) -> str:
    """The innermost reason, without the URL (which may hold a secret) that requests puts into its messages."""
    reason: BaseException = error
    while (inner := reason.__cause__ or reason.__context__) is not None:
        reason = inner
    text = isinstance(reason, OSError) and reason.strerror
    return f"{type(error).__name__}: {text or type(reason).__name__}"
