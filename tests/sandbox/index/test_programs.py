"""twine and pip do not notice the difference: the same tests against our index, pypiserver and devpi."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
import requests
from pypi_simple import NoSuchProjectError, PyPISimple

from contd_release.sandbox.index.api import Index
from contd_release.sandbox.world import World

Make: TypeAlias = Callable[..., Path]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Place:
    """
    An index to publish to.

    Args:
        takes_again: whether it says yes to bytes it has already.
    """

    upload_url: str
    index_url: str
    user: str
    password: str
    takes_again: bool = True


@dataclass(frozen=True)
class Done:
    """How a program ended, and what it said."""

    code: int
    said: str


@contextmanager
def ours(folder: Path) -> Iterator[Place]:
    """The index of a world."""
    with World(folder) as world:
        yield Place(world.upload_url, world.index_url, "__token__", world.accounts.publisher.password.reveal())


@contextmanager
def pypiserver(folder: Path) -> Iterator[Place]:
    """The real pypiserver."""
    (folder / "files").mkdir()
    digest = base64.b64encode(hashlib.sha1(b"good password", usedforsecurity=False).digest()).decode()
    (folder / "htpasswd").write_text(f"publisher:{{SHA}}{digest}\n")
    url = f"http://127.0.0.1:{(port := free_port())}"
    options = ("run", "-i", "127.0.0.1", "-p", str(port), "-P", str(folder / "htpasswd"), "--disable-fallback")
    with served("pypi-server", (*options, str(folder / "files")), url, folder):
        yield Place(url, f"{url}/simple/", "publisher", "good password", takes_again=False)


@contextmanager
def devpi(folder: Path) -> Iterator[Place]:
    """The real devpi-server."""
    data = str(folder / "data")
    subprocess.run(
        [program("devpi-init"), "--serverdir", data, "--no-root-pypi", "--root-passwd", "root password"],
        check=True,
        capture_output=True,
    )
    url = f"http://127.0.0.1:{(port := free_port())}"
    options = ("--serverdir", data, "--host", "127.0.0.1", "--port", str(port), "--offline-mode")
    with served("devpi-server", options, url, folder):
        login = requests.post(f"{url}/+login", json={"user": "root", "password": "root password"}, timeout=20).json()
        token = base64.b64encode(f"root:{login['result']['password']}".encode()).decode()
        answer = requests.put(
            f"{url}/root/dev", json={"bases": [], "volatile": False}, headers={"X-Devpi-Auth": token}, timeout=20
        )
        answer.raise_for_status()
        yield Place(f"{url}/root/dev/", f"{url}/root/dev/+simple/", "root", "root password")


PLACES = {"ours": ours, "pypiserver": pypiserver, "devpi": devpi}


@pytest.fixture(
    scope="module",
    params=[
        "ours",
        pytest.param("pypiserver", marks=pytest.mark.integration),
        pytest.param("devpi", marks=(pytest.mark.integration, pytest.mark.slow)),
    ],
)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Each of the three, started once."""
    with PLACES[request.param](tmp_path_factory.mktemp(request.param)) as place:
        yield place


def test_a_wheel_and_an_sdist(place: Place, make_wheel: Make, make_sdist: Make) -> None:
    """Twine uploads both, and the index lists them with the sha256 of their bytes."""
    files = (make_wheel("1.0.0", "contd_both"), make_sdist("1.0.0", "contd_both"))
    done = twine(place, *files)
    assert done.code == 0, done.said
    assert {one.name: sha256(one) for one in files} == listed(place, "contd-both")


@pytest.mark.slow
def test_the_same_bytes_again(place: Place, make_wheel: Make) -> None:
    """Nothing changes, whether the index says yes or no."""
    wheel = make_wheel("1.0.0", "contd_again")
    assert twine(place, wheel).code == 0
    assert (0 if place.takes_again else 1) == twine(place, wheel).code
    assert {wheel.name: sha256(wheel)} == listed(place, "contd-again")


@pytest.mark.slow
def test_other_bytes_under_the_same_name(place: Place, make_wheel: Make) -> None:
    """They are refused, and the first ones stay."""
    wheel = make_wheel("1.0.0", "contd_other")
    first = sha256(wheel)
    assert twine(place, wheel).code == 0
    done = twine(place, make_wheel("1.0.0", "contd_other", says="something else"))
    assert done.code == 1
    assert "400" in done.said or "409" in done.said
    assert {wheel.name: first} == listed(place, "contd-other")


@pytest.mark.slow
def test_a_wrong_password(place: Place, make_wheel: Make) -> None:
    """Twine is told 401 or 403, and nothing is stored."""
    stranger = Place(place.upload_url, place.index_url, place.user, "wrong password")
    done = twine(stranger, make_wheel("1.0.0", "contd_wrong"))
    assert done.code == 1
    assert "401" in done.said or "403" in done.said
    with pytest.raises(NoSuchProjectError):
        listed(place, "contd-wrong")


def test_pip_installs_from_it_alone_with_hashes(place: Place, make_wheel: Make, tmp_path: Path) -> None:
    """Pip finds the file, takes it for the sha256 of the one that was built, and refuses another hash."""
    wheel = make_wheel("1.2.3", "contd_pip")
    assert twine(place, wheel).code == 0
    wanted = tmp_path / "requirements.txt"
    wanted.write_text(f"contd-pip==1.2.3 --hash=sha256:{sha256(wheel)}\n")
    done = pip("install", place, "--require-hashes", "--target", tmp_path / "site", "-r", wanted)
    assert done.code == 0, done.said
    assert "VERSION = '1.2.3'" in (tmp_path / "site" / "contd_pip.py").read_text()
    wanted.write_text(f"contd-pip==1.2.3 --hash=sha256:{'0' * 64}\n")
    done = pip("install", place, "--require-hashes", "--target", tmp_path / "other", "-r", wanted)
    assert done.code == 1
    assert "DO NOT MATCH THE HASHES" in done.said


@pytest.mark.slow
def test_pip_downloads_any_spelling(place: Place, make_wheel: Make, tmp_path: Path) -> None:
    """The very bytes that were uploaded arrive, whatever spelling of the name pip is given."""
    wheel = make_wheel("1.0.0", "contd_download")
    assert twine(place, wheel).code == 0
    done = pip("download", place, "--no-deps", "--dest", tmp_path / "down", "Contd_Download")
    assert done.code == 0, done.said
    assert sha256(wheel) == sha256(tmp_path / "down" / wheel.name)


@pytest.mark.slow
def test_pip_passes_by_what_needs_another_python(place: Place, make_wheel: Make, tmp_path: Path) -> None:
    """Requires-Python counts."""
    assert (
        twine(place, make_wheel("1.0.0", "contd_python"), make_wheel("2.0.0", "contd_python", requires=">99")).code == 0
    )
    done = pip("download", place, "--no-deps", "--dest", tmp_path / "down", "contd-python")
    assert [one.name for one in (tmp_path / "down").iterdir()] == ["contd_python-1.0.0-py3-none-any.whl"], done.said


@pytest.mark.slow
def test_pip_passes_by_what_is_yanked(tmp_path: Path, make_wheel: Make) -> None:
    """A yanked release is installed only when its very version is asked for, and then with the reason."""
    with World(tmp_path / "world") as world:
        token = world.accounts.publisher.password.reveal()
        place = Place(world.upload_url, world.index_url, "__token__", token)
        assert twine(place, make_wheel("1.0.0"), make_wheel("1.1.0")).code == 0
        world.part(Index).yank("contd-demo", "1.1.0", "it burns")
        assert pip("download", place, "--no-deps", "--dest", tmp_path / "down", "contd-demo").code == 0
        assert [one.name for one in (tmp_path / "down").iterdir()] == ["contd_demo-1.0.0-py3-none-any.whl"]
        done = pip("download", place, "--no-deps", "--dest", tmp_path / "down", "contd-demo==1.1.0")
        assert done.code == 0
        assert "it burns" in done.said
        assert {"contd_demo-1.0.0-py3-none-any.whl", "contd_demo-1.1.0-py3-none-any.whl"} == {
            effect.removeprefix("file ") for effect in world.ledger.effects()
        }


def twine(place: Place, *files: Path) -> Done:
    """Upload as a person does."""
    secrets = {"TWINE_USERNAME": place.user, "TWINE_PASSWORD": place.password}
    options = ("--non-interactive", "--disable-progress-bar", "--verbose", "--repository-url", place.upload_url)
    return run(("twine", "upload", *options, *map(str, files)), secrets)


def pip(verb: str, place: Place, *words: object) -> Done:
    """Ask this index and no other, whatever this machine's configuration says."""
    options = ("--isolated", verb, "--disable-pip-version-check", "--no-cache-dir", "--index-url", place.index_url)
    return run(("pip", *options, *map(str, words)), {"PIP_CONFIG_FILE": os.devnull})


def run(words: tuple[str, ...], env: dict[str, str]) -> Done:
    """Run a module of this Python with nothing in its environment but this."""
    clean = {"PATH": os.environ["PATH"], "HOME": os.devnull, "NO_COLOR": "1", "COLUMNS": "300"}
    argv = [sys.executable, "-W", "ignore", "-m", *words]
    done = subprocess.run(argv, env=clean | env, check=False, capture_output=True, text=True, timeout=60)
    return Done(done.returncode, done.stdout + done.stderr)


def listed(place: Place, project: str) -> dict[str, str]:
    """The files of a project and their sha256, as the index tells them."""
    with PyPISimple(place.index_url) as client:
        return {one.filename: one.digests["sha256"] for one in client.get_project_page(project).packages}


def sha256(path: Path) -> str:
    """Of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def program(name: str) -> str:
    """A program of this environment; without it the test is skipped, or fails where CI should have installed it."""
    path = BIN / name
    if not path.exists():
        reason = f"{name} is not here: pip install --group integration"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return str(path)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextmanager
def served(name: str, options: tuple[str, ...], url: str, folder: Path) -> Iterator[None]:
    """Run a server until it is no longer needed."""
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([program(name), *options], stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + 120
            while not answers(url):
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(20)


def answers(url: str) -> bool:
    """Whether somebody listens there."""
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False
