"""
Ordered faults: which requests fail, and how.

An order is one line, `METHOD PATH WHEN WHAT`, such as

    UPLOAD /legacy/ 1 accept-then-drop
    GET /simple/* every 503
    POST /v2/* 1-3 429=7

`METHOD` and `PATH` may hold `*`; `UPLOAD` stands for every method, when the request brings a file. `WHEN` says which of
the matching requests: `every`, `2`, `1-3`, `3-`. `WHAT` is a status from 400 (`429=7` with Retry-After: 7), or one of
`misfortunes.MISFORTUNES`, where `=` gives seconds or a status. `accept-then-` before it lets the part carry the request
out first.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Final

from contd_release.errors import Usage
from contd_release.process import files
from contd_release.sandbox import ledger
from contd_release.sandbox.misfortunes import MISFORTUNES, Exchange, answered

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACCEPTED: Final = "accept-then-"
UPLOAD: Final = "UPLOAD"
_NO_FILE: Final = frozenset({"", "application/json", "application/x-www-form-urlencoded"})
_ORDER: Final = re.compile(
    r"(?P<method>[A-Z*]+) (?P<path>/\S*|\*) (?P<when>every|[1-9]\d*(-\d*)?)"
    rf" (?P<accepted>{ACCEPTED})?(?P<what>[a-z-]+|[2-5]\d\d)(=(?P<amount>\d+(\.\d+)?))?"
)


@dataclass(frozen=True)
class Order:
    """
    One order.

    Args:
        when: `every`, the number of the matching request, or a range.
        what: a status, or a name of `MISFORTUNES`.
        amount: seconds or a status, as the misfortune takes it.
        is_accepted: whether the part carries the request out first.
    """

    method: str
    path: str
    when: str
    what: str
    amount: float = 0
    is_accepted: bool = False

    @classmethod
    def of(cls, line: str) -> Order:
        """
        The order that this line is.

        Raises:
            Usage: it is none.
        """
        match = _ORDER.fullmatch(" ".join(line.split()))
        if not match or not (match["what"].isdigit() or match["what"] in MISFORTUNES):
            raise Usage(
                f"{line!r} is not an order",
                expected=f"METHOD PATH WHEN WHAT, where WHAT is a status or one of {', '.join(MISFORTUNES)}",
                type_next='invoke rehearse --fault "UPLOAD /legacy/ 1 accept-then-drop"',
            )
        parts = match.groupdict(default="")
        return cls(
            parts["method"],
            parts["path"],
            parts["when"],
            parts["what"],
            float(parts["amount"] or 0),
            is_accepted=bool(parts["accepted"]),
        )

    def __str__(self) -> str:
        amount = f"={self.amount:g}" if self.amount else ""
        accepted = ACCEPTED if self.is_accepted else ""
        return f"{self.method} {self.path} {self.when} {accepted}{self.what}{amount}"

    def concerns(self, environ: WSGIEnvironment) -> bool:
        """Whether it is about such requests."""
        fits = brings_file(environ) if self.method == UPLOAD else fnmatchcase(environ["REQUEST_METHOD"], self.method)
        return fits and fnmatchcase(environ["PATH_INFO"], self.path)

    def strikes(self, match: int) -> bool:
        """Whether it meets the n-th request it is about."""
        if self.when == "every":
            return True
        first, dash, last = self.when.partition("-")
        return int(first) <= match <= (int(last or sys.maxsize) if dash else int(first))


def brings_file(environ: WSGIEnvironment) -> bool:
    """Whether the request has a body that is neither a plain form nor JSON."""
    return environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() not in _NO_FILE


@dataclass(frozen=True)
class Standing:
    """An order, and how many requests it has seen."""

    order: Order
    seen: int = 0


class Faults:
    """The orders of one world, kept in a file, so that a killed world continues counting."""

    def __init__(self, path: Path, stopped: Event) -> None:
        self.path = path
        self._stopped = stopped
        self._lock = Lock()

    def standing(self) -> tuple[Standing, ...]:
        """What is ordered now."""
        if not self.path.exists():
            return ()
        return tuple(Standing(Order.of(line), seen) for line, seen in json.loads(self.path.read_text("utf-8")))

    def order(self, *orders: Order | str) -> None:
        """
        Add orders. Of several that meet one request, the first counts; one that exists already continues counting.

        Raises:
            Usage: a line is not an order; then none is added.
        """
        added = tuple(Standing(Order.of(one) if isinstance(one, str) else one) for one in orders)
        with self._lock:
            before = self.standing()
            known = {one.order for one in before}
            self._keep((*before, *(one for one in added if one.order not in known)))

    def only(self, *orders: Order) -> None:
        """Take back every order but these; one that exists already continues counting."""
        with self._lock:
            seen = {one.order: one.seen for one in self.standing()}
            self._keep(Standing(one, seen.get(one, 0)) for one in dict.fromkeys(orders))

    def clear(self) -> None:
        """Take back every order."""
        with self._lock:
            self._keep(())

    def before(self, application: WSGIApplication) -> WSGIApplication:
        """The same application with the ordered faults in front of it."""

        def met(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            order = self._meets(environ)
            if order is None:
                return application(environ, start_response)
            ledger.fault(environ, str(order))
            exchange = Exchange(environ, start_response, application, self._stopped)
            if order.is_accepted:
                exchange = exchange.carried_out()
            if order.what.isdigit():
                return answered(exchange, int(order.what), order.amount)
            return MISFORTUNES[order.what](exchange, order.amount)

        return met

    def _meets(self, environ: WSGIEnvironment) -> Order | None:
        """Count this request with every order it concerns; the first order that strikes."""
        with self._lock:
            before = self.standing()
            after = tuple(replace(one, seen=one.seen + 1) if one.order.concerns(environ) else one for one in before)
            if after == before:
                return None
            self._keep(after)
        pairs = zip(before, after, strict=True)
        return next((b.order for b, a in pairs if a.seen > b.seen and b.order.strikes(a.seen)), None)

    def _keep(self, standing: Iterable[Standing]) -> None:
        files.write(self.path, json.dumps([(str(one.order), one.seen) for one in standing], indent=1) + "\n")
