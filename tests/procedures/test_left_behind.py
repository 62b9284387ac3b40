"""A killed and continued release leaves no secret anywhere, and nothing of ours beyond what the documentation lists."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from processes import children

from contd_release.records.entries import Ended
from contd_release.records.journal import Journal
from contd_release.sandbox.world import World

if TYPE_CHECKING:
    from tests.conftest import Place

pytestmark = pytest.mark.slow(minutes=2)

# What docs/recovering.md lists, in the clone's git directory and in the cache.
STATE = {"journal.jsonl", "lock", "v0.2.0"}
RELEASE = {"building-chart", "dist", "events.jsonl", "logs", "requirements.txt"}
CACHE = {"charts", "v0.2.0", "v0.2.0-chart", "v0.2.0-proof", "v0.2.0-proof-source", "v0.2.0-pypi"}
MOMENTS = 24
WORDS = ("release", "--part", "minor", "--yes")


@pytest.fixture
def place(release: Place, world: World, tmp_path: Path) -> Place:
    """A place that publishes a wheel, an sdist and a chart, with a folder of its own for temporary files."""
    pytest.importorskip("helm_python", reason="the extra `helm` is not installed")
    overlay = Path(release.env["CONTD_RELEASE_CONFIG"])
    chart = f'[chart]\npath = "helm/contd"\nregistry = "oci://{world.registry}/charts"\n'
    overlay.write_text(overlay.read_text(encoding="utf-8") + chart, encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    account = world.accounts.publisher
    release.env.update(
        TMPDIR=str(tmp_path / "tmp"),
        CONTD_REGISTRY_USERNAME=account.user,
        CONTD_REGISTRY_PASSWORD=account.password.reveal(),
    )
    return release


def test_after_any_kill(place: Place, world: World, tmp_path: Path) -> None:
    """Everything is killed at many moments of a release, and the release continued."""
    password = world.accounts.publisher.password.reveal()
    began, left = time.monotonic(), 0
    for number in range(MOMENTS):
        process = place.start(*WORDS)
        try:
            process.wait(0.6 + (number % 12) * 0.25)
        except subprocess.TimeoutExpired:
            kill(process)
        process.communicate()
        left += any((tmp_path / "tmp").iterdir())
        assert [path for path in files(tmp_path, world) if shows(path, password)] == []
        if is_out(place):
            break
    if not is_out(place):
        said = place.run(*WORDS)
        assert said.code == 0, said.text

    sys.stdout.write(f"{number + 1} kills in {time.monotonic() - began:.0f} s, {left} of them left temporary files\n")
    assert left
    assert [path for path in files(tmp_path, world) if shows(path, password)] == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert names(place.state) == STATE
    assert names(place.state / "v0.2.0") <= RELEASE
    # uv keeps a cache of its own, which every project of the user shares.
    assert names(place.cache) - {"uv"} == {"contd-release"}
    assert {path.name for path in place.cache.glob("contd-release/*/*")} <= CACHE
    assert list(place.directory.rglob("*.half")) == []


def is_out(place: Place) -> bool:
    """Whether the release has ended."""
    return Journal(place.state / "journal.jsonl").last(Ended) is not None


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process and everything that it started, in whatever group."""
    for pid in (*descendants(process.pid), process.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and theirs; each is stopped first, so that it starts no more."""
    try:
        os.kill(pid, signal.SIGSTOP)
    except ProcessLookupError:
        return
    for child in children(pid):
        yield from descendants(child)
        yield child


def names(folder: Path) -> set[str]:
    """What is in a folder."""
    return {path.name for path in folder.iterdir()}


def files(folder: Path, world: World) -> Iterator[Path]:
    """All files but those of the world, which has to know its passwords."""
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_relative_to(world.directory))


def shows(path: Path, password: str) -> bool:
    """Whether a file holds a password, as it is or in base64."""
    content = path.read_bytes()
    encoded = base64.b64encode(f"publisher:{password}".encode()).rstrip(b"=")
    return password.encode() in content or encoded in content
