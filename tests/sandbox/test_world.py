"""A world continues with what it had."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from threading import Thread, active_count
from urllib.parse import urlsplit

import pytest
import requests
from processes import soon

from contd_release.errors import Conflict
from contd_release.sandbox.index.admission import IndexRules
from contd_release.sandbox.index.api import Index
from contd_release.sandbox.world import World


def test_started_again_it_has_the_same_address_accounts_and_ledger(tmp_path: Path) -> None:
    """URLs and passwords that a release under way knows stay good when the world comes back."""
    with World(tmp_path) as world:
        requests.get(world.index_url, timeout=5)
        before = (world.index_url, world.accounts, world.ledger.requests())
    with World(tmp_path) as again:
        assert before == (again.index_url, again.accounts, again.ledger.requests())
        requests.get(again.index_url, timeout=5)
        assert [one.number for one in again.ledger.requests()] == [1, 2]


def test_another_port_when_the_old_one_is_taken(tmp_path: Path) -> None:
    """A port that somebody else took in the meantime is left to them."""
    with World(tmp_path) as world:
        port = int(world.registry.partition(":")[2])
    with socket.create_server(("127.0.0.1", port)), World(tmp_path) as again:
        assert requests.get(again.index_url, timeout=5).status_code == 200
        assert world.directory == again.directory


def test_one_process_for_one_world(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers never write into one folder."""
    monkeypatch.setattr("contd_release.sandbox.world._PATIENCE", 0)
    for one in (World(world.directory), world):
        with pytest.raises(Conflict, match=r"runs in .* already"):
            one.start()


def test_what_another_process_did_meanwhile_is_seen(tmp_path: Path) -> None:
    """A world that waited for its folder begins with what the one before it left."""
    waiting = World(tmp_path)
    with World(tmp_path) as world:
        requests.get(world.index_url, timeout=5)
        world.part(Index).rules = IndexRules(lag=7)
    with waiting:
        requests.get(waiting.index_url, timeout=5)
        assert [one.number for one in waiting.ledger.requests()] == [1, 2]
        assert IndexRules(lag=7) == waiting.part(Index).rules


def test_a_world_stops_and_starts(tmp_path: Path) -> None:
    """The same world can be stopped for a while, as a server that is down."""
    world = World(tmp_path)
    for _ in range(2):
        with world:
            assert requests.get(world.index_url, timeout=5).status_code == 200
            address = world.index_url
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=5)


def test_it_stops_when_requests_under_way_are_answered(tmp_path: Path) -> None:
    """
    Who is in the middle of an upload is heard to the end; nothing is written into a folder that its world has left.
    """
    with World(tmp_path) as world, socket.create_connection(("127.0.0.1", urlsplit(world.url).port or 0)) as client:
        client.sendall(b"POST /chat/discord HTTP/1.1\r\nHost: world\r\nContent-Length: 10\r\n\r\n01234")
        while not world.ledger.requests():
            time.sleep(0.01)
        stopping = Thread(target=world.stop)
        stopping.start()
        stopping.join(0.3)
        assert stopping.is_alive()
        client.sendall(b"56789")
        assert client.recv(1 << 12).startswith(b"HTTP/1.1 4")
        stopping.join()
        assert [one.status for one in world.ledger.requests()] == [400]


def test_it_answers_nobody_once_it_has_stopped(tmp_path: Path) -> None:
    """Who connected before and asks afterwards gets no answer, and changes nothing."""
    with World(tmp_path) as world:
        threads = active_count()
        with socket.create_connection(("127.0.0.1", urlsplit(world.url).port or 0)) as client:
            assert soon(lambda: active_count() > threads)
            world.stop()
            client.sendall(b"POST /chat/discord HTTP/1.1\r\nHost: world\r\nContent-Length: 2\r\n\r\n{}")
            assert client.recv(1 << 16) == b""
        assert list(world.ledger.requests()) == []


def test_it_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never sends the rest of an upload does not keep a world from stopping."""
    monkeypatch.setattr("contd_release.sandbox.server._PATIENCE", 0.2)
    with World(tmp_path) as world, socket.create_connection(("127.0.0.1", urlsplit(world.url).port or 0)) as client:
        client.sendall(b"POST /chat/discord HTTP/1.1\r\nHost: world\r\nContent-Length: 10\r\n\r\n01234")
        while not world.ledger.requests():
            time.sleep(0.01)
        began = time.monotonic()
        world.stop()
        assert 0.2 <= time.monotonic() - began < 5


def test_accounts_are_private(world: World) -> None:
    """Nobody else on the machine reads the passwords."""
    assert (world.directory / "accounts.json").stat().st_mode & 0o777 == 0o600


def test_unknown_paths_are_404(world: World) -> None:
    """What no part serves is not there."""
    assert requests.get(f"{world.url}/nowhere", timeout=5).status_code == 404
    assert requests.get(f"{world.url}/_world/nowhere", timeout=5).status_code == 404


def test_a_part_that_breaks_is_heard_of(
    world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A bug in a part is a 500 with its traceback in a file of the world, and not a word on the terminal."""
    monkeypatch.setattr("contd_release.sandbox.index.listing.Listing.projects", lambda _: 1 / 0)
    assert requests.get(world.index_url, timeout=5).status_code == 500
    log, deadline = world.directory / "errors.log", time.monotonic() + 5
    while "ZeroDivisionError" not in (log.read_text() if log.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert capfd.readouterr() == ("", "")


def test_a_part_is_found_by_its_type(world: World) -> None:
    """Tests look into a part without going through HTTP."""
    assert isinstance(world.part(Index), Index)


def test_addresses_lie_in_the_world(world: World) -> None:
    """Each part has an address below the one port."""
    addresses = (world.index_url, world.upload_url, world.api_url, world.uploads_url, world.chat_url)
    assert all(one.startswith(f"http://{world.registry}/") for one in (*addresses, world.prometheus_url))
