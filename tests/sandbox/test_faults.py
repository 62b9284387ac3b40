"""Each misfortune, met by a real client, and whether the world changed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as some

from contd_release.errors import Usage
from contd_release.sandbox.faults import Order
from contd_release.sandbox.misfortunes import MISFORTUNES
from contd_release.sandbox.world import World

Upload: TypeAlias = Callable[..., requests.Response]


@pytest.fixture
def wheel(make_wheel: Callable[..., Path]) -> Path:
    """A wheel to upload."""
    return make_wheel("1.0.0")


def stored(world: World) -> list[str]:
    """The files that were stored, as the ledger has it."""
    return list(world.ledger.effects().elements())


@pytest.mark.parametrize("what", ["refuse", "drop", "cut"])
def test_a_connection_that_ends_before_the_act_changes_nothing(
    world: World, upload: Upload, wheel: Path, what: str
) -> None:
    """The client gets no answer, and the file is not there; the next try goes through."""
    world.faults.order(f"POST /legacy/ 1 {what}")
    with pytest.raises(requests.ConnectionError):
        upload(wheel)
    assert stored(world) == []
    assert upload(wheel).status_code == 200
    assert [f"file {wheel.name}"] == stored(world)


def test_a_body_in_chunks_is_cut_too(world: World, wheel: Path) -> None:
    """The part is not told that half a body is a whole one."""
    world.faults.order("POST /legacy/ 1 cut")
    content = wheel.read_bytes()
    with pytest.raises(requests.ConnectionError):
        requests.post(world.upload_url, data=(content for _ in range(200)), timeout=5)
    assert stored(world) == []
    assert not (world.directory / "errors.log").exists()


@pytest.mark.parametrize("what", ["accept-then-drop", "accept-then-refuse", "reset", "truncate"])
def test_a_connection_that_ends_after_the_act_has_changed_the_world(
    world: World, upload: Upload, wheel: Path, what: str
) -> None:
    """The client gets no whole answer, and the file is there; the same bytes again change nothing."""
    world.faults.order(f"POST /legacy/ 1 {what}")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        upload(wheel)
    assert [f"file {wheel.name}"] == stored(world)
    assert upload(wheel).status_code == 200
    assert [f"file {wheel.name}"] == stored(world)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504, 599])
def test_a_status_is_answered_and_nothing_done(world: World, upload: Upload, wheel: Path, status: int) -> None:
    """A refusal, whatever its number, leaves the world as it was."""
    world.faults.order(f"POST /legacy/ 1 {status}")
    reply = upload(wheel)
    assert (status, []) == (reply.status_code, stored(world))
    assert "as ordered" in reply.text
    assert (status == 401) == ("WWW-Authenticate" in reply.headers)


def test_a_status_can_ask_to_wait(world: World) -> None:
    """429 names the seconds."""
    world.faults.order("GET /simple/ every 429=7")
    assert requests.get(world.index_url, timeout=5).headers["Retry-After"] == "7"


def test_a_gateway_that_fails_after_the_act(world: World, upload: Upload, wheel: Path) -> None:
    """5xx after the file was stored: the answer says no, the world says yes."""
    world.faults.order("POST /legacy/ 1 accept-then-502")
    assert upload(wheel).status_code == 502
    assert [f"file {wheel.name}"] == stored(world)


def test_a_lie_is_believed_and_nothing_done(world: World, upload: Upload, wheel: Path) -> None:
    """Success is answered for a file that is not there."""
    world.faults.order("POST /legacy/ 1 lie", "POST /legacy/ 2 lie=201")
    assert [upload(wheel).status_code for _ in range(2)] == [200, 201]
    assert stored(world) == []


@pytest.mark.parametrize("what", ["reset", "truncate"])
def test_a_broken_answer_has_arrived_half(world: World, upload: Upload, wheel: Path, what: str) -> None:
    """A download that breaks off is seen as such, after a part of it has come."""
    upload(wheel)
    url = requests.get(f"{world.url}/pypi/contd-demo/json", timeout=5).json()["urls"][0]["url"]
    world.faults.order(f"GET /packages/* 1 {what}")
    arrived = b""
    with (
        requests.get(url, timeout=5, stream=True) as reply,
        pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)),
    ):
        assert wheel.stat().st_size == int(reply.headers["Content-Length"])
        for chunk in reply.iter_content(16):
            arrived += chunk
    assert 0 < len(arrived) < wheel.stat().st_size
    assert wheel.read_bytes() == requests.get(url, timeout=5).content


def test_slow_and_trickling_answers_are_right_in_the_end(world: World) -> None:
    """Nothing but time is lost."""
    expected = requests.get(world.index_url, timeout=5).text
    world.faults.order("GET /simple/ 1 slow=0.3", "GET /simple/ 2 trickle=0.1")
    for _ in range(2):
        start = time.monotonic()
        assert expected == requests.get(world.index_url, timeout=5).text
        assert 0.3 <= time.monotonic() - start < 3


@pytest.mark.parametrize(("what", "effects"), [("stall", 0), ("accept-then-stall", 1)])
def test_a_stalled_answer_does_not_hold_the_world_up(
    world: World, upload: Upload, wheel: Path, what: str, effects: int
) -> None:
    """The client waits in vain; the world stops all the same."""
    world.faults.order(f"POST /legacy/ 1 {what}", "GET /simple/ every stall")
    with pytest.raises(requests.Timeout):
        requests.get(world.index_url, timeout=0.2)
    with pytest.raises(requests.Timeout):
        upload(wheel, timeout=0.5)
    assert effects == len(stored(world))
    start = time.monotonic()
    world.stop()
    assert time.monotonic() - start < 1


def test_an_order_concerns_some_requests_only(world: World) -> None:
    """Method, path and turn all have to fit."""
    world.faults.order("GET /simple/* 2-3 500", "HEAD * every 403")
    asked = ("GET simple/", "GET simple/x/", "GET pypi/x/json", "GET simple/", "GET simple/", "HEAD simple/")
    pairs = [one.split() for one in asked]
    expected = [200, 500, 404, 500, 200, 403]
    assert expected == [requests.request(how, f"{world.url}/{path}", timeout=5).status_code for how, path in pairs]


def test_an_upload_is_a_request_with_a_file(world: World, upload: Upload, wheel: Path) -> None:
    """Trying a login with an empty form is none, so the first upload is the first file, whatever was asked before."""
    world.faults.order("UPLOAD * 1 507")
    replies = (
        requests.post(world.upload_url, data={":action": "file_upload"}, timeout=5),
        requests.post(world.upload_url, json={}, timeout=5),
        requests.post(world.upload_url, timeout=5),
    )
    assert [one.status_code for one in replies] == [403] * 3
    assert [upload(wheel).status_code for _ in range(2)] == [507, 200]


def test_of_several_orders_the_first_counts(world: World) -> None:
    """Later orders wait, and count on."""
    world.faults.order("GET /simple/ 1 500", "GET /simple/ 1-2 403")
    assert [requests.get(world.index_url, timeout=5).status_code for _ in range(3)] == [500, 403, 200]


def test_ordered_again_it_goes_on_counting(world: World) -> None:
    """A rehearsal that is continued with the words it was begun with does not meet its bad day twice."""
    for expected in (500, 200, 200):
        world.faults.order("GET /simple/ 1 500")
        assert expected == requests.get(world.index_url, timeout=5).status_code


def test_orders_are_counted_on_after_a_restart(tmp_path: Path) -> None:
    """The second request is the second one, even if the world was stopped between."""
    with World(tmp_path) as world:
        world.faults.order("GET /simple/ 2 500")
        assert requests.get(world.index_url, timeout=5).status_code == 200
    with World(tmp_path) as world:
        assert requests.get(world.index_url, timeout=5).status_code == 500
        assert requests.get(world.index_url, timeout=5).status_code == 200


def test_the_ledger_knows_what_met_a_request(world: World) -> None:
    """A request that was refused is in the ledger, with the order and without an answer."""
    world.faults.order("GET /simple/ 1 refuse")
    with pytest.raises(requests.ConnectionError):
        requests.get(world.index_url, timeout=5)
    asked = world.ledger.requests()[0]
    assert (asked.fault, asked.status) == ("GET /simple/ 1 refuse", 0)


@pytest.mark.parametrize(
    "line",
    [
        "POST /legacy/ 1 accept-then-drop",
        "* * every 429=7",
        "GET /simple/* 2-4 slow=0.5",
        "PUT /v2/* 3- accept-then-lie=201",
    ],
)
def test_an_order_reads_as_it_was_written(line: str) -> None:
    """What is shown can be ordered again."""
    assert line == str(Order.of(line))


@given(
    some.builds(
        Order,
        method=some.sampled_from(["GET", "POST", "UPLOAD", "*"]),
        path=some.text("/az*.-", max_size=20).map("/{}".format),
        when=some.sampled_from(["every", "1", "12", "2-5", "3-"]),
        what=some.sampled_from([*MISFORTUNES, "404", "503"]),
        amount=some.integers(0, 900).map(float) | some.sampled_from([0.25, 1.5]),
        is_accepted=some.booleans(),
    )
)
def test_every_order_can_be_written_down(order: Order) -> None:
    """An order and its line say the same."""
    assert order == Order.of(str(order))


@pytest.mark.parametrize(
    "line",
    ["", "POST /legacy/", "POST legacy/ 1 drop", "POST /legacy/ 0 drop", "POST /legacy/ 1 explode", "GET / 1 99"],
)
def test_what_is_no_order_is_refused(world: World, line: str) -> None:
    """A misspelt order is told, and no other of the same call is taken."""
    with pytest.raises(Usage) as caught:
        world.faults.order("GET / 1 drop", line)
    assert str(caught.value) == (
        f"{line!r} is not an order\n"
        "  expected: METHOD PATH WHEN WHAT, where WHAT is a status or one of refuse, drop, cut, reset, truncate, slow, "
        "trickle, stall, lie\n"
        '  type:     invoke rehearse --fault "UPLOAD /legacy/ 1 accept-then-drop"'
    )
    assert world.faults.standing() == ()


def test_orders_over_http(world: World) -> None:
    """Another process orders by text or JSON, reads what stands, and clears it."""
    control = f"{world.url}/_world/faults"
    requests.post(control, data="GET /simple/ 1 500\n\nGET /simple/ 2 502\n", timeout=5)
    requests.post(control, json=["GET /simple/ 3 504"], timeout=5)
    assert [requests.get(world.index_url, timeout=5).status_code for _ in range(4)] == [500, 502, 504, 200]
    assert requests.get(control, timeout=5).json()[0] == {"order": "GET /simple/ 1 500", "seen": 4}
    assert requests.post(control, data="nonsense", timeout=5).status_code == 400
    assert requests.delete(control, timeout=5).json() == []
    assert requests.put(control, timeout=5).status_code == 405


def test_the_ledger_over_http(world: World, upload: Upload, wheel: Path) -> None:
    """Another process counts what was changed."""
    upload(wheel)
    assert {f"file {wheel.name}": 1} == requests.get(f"{world.url}/_world/effects", timeout=5).json()
    asked = requests.get(f"{world.url}/_world/ledger", timeout=5).json()
    assert [(one["method"], one["path"], one["status"]) for one in asked] == [("POST", "/legacy/", 200)]
    assert [one.number for one in world.ledger.mutating()] == [1]
    assert world.ledger.mutating(after=1) == ()


def test_the_page_names_every_misfortune() -> None:
    """What can be ordered is documented, in the same words."""
    page = (Path(__file__).parents[2] / "docs" / "rehearsing.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z]+)(?:=\d+)?` \| (.*) \|$", page, re.MULTILINE))
    assert set(MISFORTUNES) == set(rows)
    for name in ("refuse", "drop", "reset", "truncate", "stall"):
        assert (MISFORTUNES[name].__doc__ or "").strip().rstrip(".").lower() == rows[name].lower()
