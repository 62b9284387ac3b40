"""A world that is killed with SIGKILL, in the middle of what it does."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest
import requests

from contd_release.sandbox.accounts import Accounts
from contd_release.sandbox.index.api import Index
from contd_release.sandbox.world import World

Make: TypeAlias = Callable[..., Path]
Upload: TypeAlias = Callable[..., requests.Response]


@contextmanager
def another_process(folder: Path) -> Iterator[tuple[str, int]]:
    """A world in a process of its own: its address and process id. It is killed in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "contd_release.sandbox", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as out:
        try:
            yield out.readline().strip(), process.pid
        finally:
            process.kill()
            process.wait(10)


def test_killed_in_the_middle_of_an_upload(tmp_path: Path, make_wheel: Make) -> None:
    """Half a file that arrived is not in the index, and the same address answers when the world is back."""
    wheel = make_wheel("1.0.0")
    with another_process(tmp_path / "world") as (url, pid):
        request = prepared(f"{url}/legacy/", wheel, Accounts.of(tmp_path / "world").publisher.password.reveal())
        assert isinstance(request.body, bytes)
        with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port or 0)) as connection:
            head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
            connection.sendall(f"POST /legacy/ HTTP/1.1\r\nHost: here\r\n{head}\r\n".encode())
            connection.sendall(request.body[: len(request.body) // 2])
            time.sleep(0.1)
            os.kill(pid, signal.SIGKILL)
    with World(tmp_path / "world") as world:
        assert url == world.url
        assert world.part(Index).distributions.projects() == ()
        assert [(one.method, one.status) for one in world.ledger.requests()] == [("POST", 0)]


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.06])
def test_killed_while_it_stores(tmp_path: Path, make_wheel: Make, delay: float) -> None:
    """Whenever it happens, a file is in the index whole or not at all, and the upload can be repeated."""
    wheel = make_wheel("1.0.0", says="x" * 6_000_000)
    with another_process(tmp_path / "world") as (url, pid):
        token = Accounts.of(tmp_path / "world").publisher.password.reveal()
        thread = threading.Thread(target=send, args=(f"{url}/legacy/", wheel, token))
        thread.start()
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
        thread.join()
    with World(tmp_path / "world") as world:
        expected = hashlib.sha256(wheel.read_bytes()).hexdigest()
        assert all(expected == digest for digest in served(world))
        assert send(world.upload_url, wheel, token) == 200
        assert [expected] == served(world)


def test_ended_politely(tmp_path: Path) -> None:
    """SIGTERM ends the process with 0."""
    command = [sys.executable, "-m", "contd_release.sandbox", str(tmp_path / "world")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert requests.get(f"{url}/simple/", timeout=5).status_code == 200
        process.terminate()
        assert process.wait(10) == 0


def test_ended_politely_before_it_serves(tmp_path: Path) -> None:
    """SIGTERM is heard from the moment at which the world's folder appears."""
    world = tmp_path / "world"
    with subprocess.Popen([sys.executable, "-m", "contd_release.sandbox", str(world)]) as process:
        while not world.exists():
            assert process.poll() is None
            time.sleep(0.001)
        process.terminate()
        assert process.wait(10) == 0


def prepared(url: str, wheel: Path, token: str) -> requests.PreparedRequest:
    """An upload."""
    content = wheel.read_bytes()
    fields = {":action": "file_upload", "name": "contd-demo", "version": "1.0.0", "filetype": "bdist_wheel"}
    fields["sha256_digest"] = hashlib.sha256(content).hexdigest()
    files = {"content": (wheel.name, content)}
    return requests.Request("POST", url, data=fields, files=files, auth=("__token__", token)).prepare()


def send(url: str, wheel: Path, token: str) -> int:
    """Upload; 0 when no answer came."""
    try:
        with requests.Session() as session:
            return session.send(prepared(url, wheel, token), timeout=20).status_code
    except requests.RequestException:
        return 0


def served(world: World) -> list[str]:
    """The sha256 of every file that can be downloaded."""
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    page = requests.get(f"{world.index_url}contd-demo/", headers=accept, timeout=5)
    files = page.json()["files"] if page.ok else []
    return [hashlib.sha256(requests.get(one["url"], timeout=5).content).hexdigest() for one in files]
