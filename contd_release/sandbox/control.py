"""
`/_world/`: the faults and the ledger of a world, for another process.

- `GET /_world/faults`: the orders and how many requests each has seen; `POST`: one order a line, or a JSON list of
  them; `DELETE`: none any more.
- `GET /_world/ledger`: every request; `GET /_world/effects`: how often each thing was changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from contd_release.errors import Usage
from contd_release.sandbox.faults import Faults
from contd_release.sandbox.ledger import Ledger

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PREFIX: Final = "/_world/"


class Control:
    """The way to see and to change a world from outside. It is not recorded, and no fault is put before it."""

    def __init__(self, ledger: Ledger, faults: Faults) -> None:
        self.ledger = ledger
        self.faults = faults

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        request = Request(environ)
        match request.method, request.path.removeprefix(PREFIX):
            case "GET", "ledger":
                answer = _json(self.ledger.text())
            case "GET", "effects":
                answer = _json(json.dumps(self.ledger.effects(), indent=1))
            case "GET", "faults":
                answer = self._standing()
            case "POST", "faults":
                answer = self._order(request)
            case "DELETE", "faults":
                self.faults.clear()
                answer = self._standing()
            case _, "ledger" | "effects" | "faults":
                return MethodNotAllowed()(environ, start_response)
            case _:
                return NotFound()(environ, start_response)
        return answer(environ, start_response)

    def _standing(self) -> Response:
        return _json(json.dumps([{"order": str(one.order), "seen": one.seen} for one in self.faults.standing()]))

    def _order(self, request: Request) -> Response:
        text = request.get_data(as_text=True)
        lines = request.get_json() if request.is_json else [line for line in text.splitlines() if line.strip()]
        try:
            self.faults.order(*map(str, lines))
        except Usage as error:
            return Response(f"{error}\n", 400)
        return self._standing()


def _json(text: str) -> Response:
    return Response(text, content_type="application/json")
