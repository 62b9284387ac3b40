"""R3 and R4 against an index that is not ours: one request disturbed on its way, then continued."""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cases import Cases
from fault_proxy import FAULTS, disturbing

if TYPE_CHECKING:
    from tests.conftest import Place

# The first POST tries the login, the next two are the uploads.
# CONTD_RELEASE_REFEREES=all takes every case; a seed takes the same few again.
WANTED = os.environ.get("CONTD_RELEASE_REFEREES", "0")
EVERY = tuple(itertools.product((1, 2, 3), FAULTS))
CASES = EVERY if WANTED == "all" else tuple(random.Random(int(WANTED)).sample(EVERY, 3))  # noqa: S311


@contextmanager
def pypiserver(folder: Path) -> Iterator[tuple[int, Path]]:
    """The real pypiserver with a password, its port, and the folder that keeps its files."""
    program = Path(sys.executable).with_name("pypi-server")
    if not program.exists():
        pytest.skip("pypi-server is missing; type: pip install pypiserver")
    (files := folder / "files").mkdir(parents=True)
    digest = base64.b64encode(hashlib.sha1(b"good password", usedforsecurity=False).digest()).decode()
    (folder / "htpasswd").write_text(f"publisher:{{SHA}}{digest}\n", encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    options = ("run", "-i", "127.0.0.1", "-p", str(port), "-P", str(folder / "htpasswd"), "--disable-fallback")
    argv = (str(program), *options, str(files))
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield port, files
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    """Wait until a server answers."""
    for _ in range(200):
        with socket.socket() as there:
            if there.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("pypiserver did not start")


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize(("at", "fault"), CASES)
def test_an_upload_to_pypiserver_is_disturbed(place: Place, cases: Cases, tmp_path: Path, at: int, fault: str) -> None:
    """After a few continuations, each file is stored once, with the bytes that were built."""
    print(f"\nCONTD_RELEASE_REFEREES={WANTED}: {fault} at upload {at}")  # noqa: T201
    with pypiserver(tmp_path / "index") as (port, files), disturbing(port, "POST", at, fault) as proxy:
        overlay = place.directory / "overlay.toml"
        overlay.write_text(f'[pypi]\nrepository = "{proxy.url}"\nindex = "{proxy.url}/simple/"\n', encoding="utf-8")
        place.env.update(CONTD_RELEASE_CONFIG=str(overlay), TWINE_USERNAME="publisher", TWINE_PASSWORD="good password")
        said = place.say("release", "--part", "minor", "--yes")
        for _ in range(3):
            if said.code == 0:
                break
            said = place.say("release", "--yes")
            if "nothing is under way" in said.text:
                said = place.say("release", "--part", "minor", "--yes")
        assert said.code == 0, said.text
        cases.add("referees")
        assert proxy.seen >= at
        assert proxy.stored == 2
    built = {one.name: one.read_bytes() for one in place.state.rglob("contd-0.2.0*") if one.is_file()}
    kept = {one.name: one.read_bytes() for one in files.iterdir()}
    assert {"contd-0.2.0.tar.gz", "contd-0.2.0-py3-none-any.whl"} == set(kept)
    assert kept == {name: built[name] for name in kept}
