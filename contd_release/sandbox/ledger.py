"""
What was asked of a world, what changed in it, and what was answered.

One line of JSON each, appended when it happens: a request, the effects it had, its answer. A request without an answer
was never answered; an effect is there even if the answer was lost.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_KEY: Final = "contd.request"
_ASKING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Asked:
    """
    One request.

    Args:
        number: in the order of arrival, from 1.
        path: with the query.
        status: of the answer; 0 when there was none.
        effects: what it changed, such as `file contd-0.2.0.tar.gz`.
        fault: the order that came between, if any.
    """

    number: int
    method: str
    path: str
    status: int = 0
    effects: tuple[str, ...] = ()
    fault: str = ""

    @property
    def is_mutating(self) -> bool:
        """Whether it asked for a change."""
        return self.method not in _ASKING


class Ledger:
    """The ledger in one file. Any process may read it; the world writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._last = 0

    def requests(self) -> tuple[Asked, ...]:
        """Every request, in the order of arrival."""
        found: dict[int, dict[str, Any]] = {}
        for line in self._lines():
            one = found.setdefault(line.pop("number"), {"effects": ()})
            one["effects"] += (line.pop("effect"),) if "effect" in line else ()
            one |= line
        return tuple(Asked(number, **found[number]) for number in sorted(found))

    def effects(self) -> Counter[str]:
        """How often each thing was changed. Nothing is published twice: no count is above one."""
        return Counter(effect for asked in self.requests() for effect in asked.effects)

    def mutating(self, after: int = 0) -> tuple[Asked, ...]:
        """The requests that asked for a change, leaving out the first ones."""
        return tuple(asked for asked in self.requests() if asked.is_mutating and asked.number > after)

    def text(self) -> str:
        """The requests as JSON."""
        return json.dumps([asdict(asked) for asked in self.requests()], indent=1) + "\n"

    def record(self, application: WSGIApplication) -> WSGIApplication:
        """The same application, with every request written down; the numbers go on from those that are there."""
        self._last = len(self.requests())

        def recorded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            query = environ.get("QUERY_STRING", "")
            path = environ["PATH_INFO"] + (f"?{query}" if query else "")
            number = self._arrived(environ["REQUEST_METHOD"], path)
            environ[_KEY] = partial(self._write, number=number)

            def start(status: str, *rest: Any) -> Any:
                self._write(number=number, status=int(status[:3]))
                return start_response(status, *rest)

            return application(environ, start)

        return recorded

    def _arrived(self, method: str, path: str) -> int:
        with self._lock:
            self._last += 1
            self._append(number=self._last, method=method, path=path)
            return self._last

    def _write(self, **line: object) -> None:
        with self._lock:
            self._append(**line)

    def _append(self, **line: object) -> None:
        with open(self.path, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        with open(self.path, encoding="utf-8") as stream:
            # The last line may be half there while another process writes it.
            for line in stream:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue


def effect(environ: WSGIEnvironment, what: str) -> None:
    """
    Say that the request under way has changed something. Every part calls it, right after the change.

    Args:
        what: a kind and a name, such as `file contd-0.2.0.tar.gz` or `tag owner/contd:1.2.0`.
    """
    _note(environ, effect=what)


def fault(environ: WSGIEnvironment, order: str) -> None:
    """Say that an ordered fault meets the request under way."""
    _note(environ, fault=order)


def _note(environ: WSGIEnvironment, **line: object) -> None:
    if write := environ.get(_KEY):
        write(**line)
