"""The ledger says what was asked, what changed and what was answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from contd_release.sandbox.ledger import Asked, Ledger, effect, fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def part(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """A part that changes one thing on POST, two on PUT, and breaks after a change on PATCH."""
    changes = {"POST": 1, "PUT": 2, "PATCH": 1}.get(environ["REQUEST_METHOD"], 0)
    for number in range(changes):
        effect(environ, f"thing {number}")
    if environ["REQUEST_METHOD"] == "PATCH":
        raise ConnectionAbortedError
    return Response("done", 201 if changes else 200)(environ, start_response)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """An empty one."""
    return Ledger(tmp_path / "ledger.jsonl")


def test_requests_effects_and_answers(ledger: Ledger) -> None:
    """Each in the order of arrival; an effect is there although the answer was lost."""
    client = Client(ledger.record(part))
    client.get("/a?b=c")
    client.put("/d")
    with pytest.raises(ConnectionAbortedError):
        client.patch("/e")
    assert (
        Asked(1, "GET", "/a?b=c", 200),
        Asked(2, "PUT", "/d", 201, ("thing 0", "thing 1")),
        Asked(3, "PATCH", "/e", 0, ("thing 0",)),
    ) == ledger.requests()
    assert ledger.effects() == {"thing 0": 2, "thing 1": 1}
    assert [one.number for one in ledger.mutating()] == [2, 3]


def test_another_process_reads_and_continues(ledger: Ledger) -> None:
    """Numbers go on where they were, and a line that is half there is left out."""
    Client(ledger.record(part)).post("/")
    again = Ledger(ledger.path)
    Client(again.record(part)).get("/")
    with open(ledger.path, "a", encoding="utf-8") as out:
        out.write('{"number": 3, "met')
    assert [one.number for one in ledger.requests()] == [1, 2]


def test_many_at_once(ledger: Ledger) -> None:
    """No two requests share a number, and none is lost."""
    client = Client(ledger.record(part))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.post("/"), range(50)))
    assert list(range(1, 51)) == [one.number for one in ledger.requests()]
    assert ledger.effects() == {"thing 0": 50}


def test_without_a_ledger_nothing_is_noted() -> None:
    """A part can be tried by itself."""
    assert Client(part).post("/").status_code == 201
    fault({}, "GET / 1 drop")
