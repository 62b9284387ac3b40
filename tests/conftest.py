"""
A small project, its remote, a clone of it, a world to release into, and the product run there as a person runs it.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from unittest.mock import patch

import pytest
from github_server import Github, serving
from hypothesis import settings

from contd_release.project.release import Release
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World

pytest_plugins = ("cases", "image_bench", "rollback_bench")
EXAMPLE = Path(__file__).parents[1] / "examples" / "contd"
EPOCH = 1_800_000_000
WHO = {
    name: value
    for role, at in (("AUTHOR", EPOCH - 3600), ("COMMITTER", EPOCH - 3600))
    for name, value in (
        (f"GIT_{role}_NAME", "Ada"),
        (f"GIT_{role}_EMAIL", "ada@example.com"),
        (f"GIT_{role}_DATE", f"{at} +0000"),
    )
}
# A backend in the tree needs nothing installed, and builds in the blink of an eye.
BACKEND = Path(__file__).parent / "small_backend.py"

# How long one example takes says how busy the machine is, not whether it is right.
settings.register_profile("contd-release", deadline=None)
settings.load_profile("contd-release")


# A test run in the background may have been told to ignore Ctrl-C, and every process it starts would ignore it as well.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Begin with what takes minutes, in every process: at the end nothing should wait for it.

    pytest-xdist gives each process a piece of the list, the shorter ones first, and takes nothing from one that has two
    tests left. `-m` has taken its tests out of the list before.
    """

    def minutes(item: pytest.Item) -> int:
        mark = item.get_closest_marker("slow")
        return int(mark.kwargs.get("minutes", 0)) if mark else 0

    items.sort(key=minutes, reverse=True)
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    pieces = sorted((items[first::processes] for first in range(processes)), key=len)
    items[:] = [one for piece in pieces for one in piece]


@dataclass(frozen=True)
class Said:
    """How a run of the product ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """What a person reads."""
        return self.out + self.err


@dataclass(frozen=True)
class Place:
    """A clone in which releases are made, with a home and a cache of its own."""

    directory: Path
    clone: Path
    remote: Path
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, env: Mapping[str, str] | None = None, timeout: float = 120) -> Said:
        """Run the product in the clone, with no terminal."""
        done = subprocess.run(
            self.argv(*words),
            cwd=self.clone,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def say(self, *words: str, env: Mapping[str, str] | None = None) -> Said:
        """Run the product in this very process: the same program, without the seconds that a start takes."""
        from contd_release.__main__ import main

        out, err, before = io.StringIO(), io.StringIO(), Path.cwd()
        with (
            patch.dict(os.environ, self.environment(env), clear=True),
            patch.object(sys, "argv", ["contd-release", *words]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            os.chdir(self.clone)
            try:
                main()
            except SystemExit as ended:
                return Said(int(ended.code or 0), out.getvalue(), err.getvalue())
            finally:
                os.chdir(before)
        return Said(0, out.getvalue(), err.getvalue())

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the product in a session of its own."""
        return subprocess.Popen(
            self.argv(*words),
            cwd=self.clone,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @staticmethod
    def argv(*words: str) -> tuple[str, ...]:
        """The product as a program."""
        return (sys.executable, "-P", "-m", "contd_release", *words)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the product sees of this machine: programs, and a home with nothing in it."""
        home = self.directory / "home"
        mine = {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "GIT_CONFIG_NOSYSTEM": "1"}
        found = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "SOURCE_DATE_EPOCH": str(EPOCH)}
        return {name: value for name, value in (found | mine | self.env | dict(more or {})).items() if value}

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let this process see of the machine what the product sees, and be in the clone."""
        found = self.environment()
        for name in os.environ.keys() - {"PYTEST_CURRENT_TEST"}:
            monkeypatch.delenv(name)
        for name, value in found.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(self.clone)

    def git(self, *words: str, where: Path | None = None) -> str:
        """What git says in the clone."""
        return git(where or self.clone, *words)

    def write(self, path: str, text: str) -> None:
        """Write a file of the clone."""
        (self.clone / path).parent.mkdir(parents=True, exist_ok=True)
        (self.clone / path).write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace text in a file of the clone, which must have it."""
        text = (self.clone / path).read_text(encoding="utf-8")
        assert old in text
        (self.clone / path).write_text(text.replace(old, new), encoding="utf-8")

    def publish(self, message: str = "Change something") -> None:
        """Commit everything in the clone, and push it to main."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        self.git("push", "--quiet", "origin", "HEAD:main")

    @property
    def state(self) -> Path:
        """Where the clone keeps journal, logs and artifacts."""
        return self.clone / ".git" / "contd-release"

    @property
    def cache(self) -> Path:
        """Where worktrees are."""
        return self.directory / "home" / ".cache"

    def mine(self) -> dict[str, str]:
        """All that belongs to the maintainer: files, index, stashes, branches, what is checked out, configuration."""
        kept = ("contd-release", "objects", "worktrees", "refs/tags", "refs/remotes", "logs/refs/remotes")
        ours = tuple(f".git/{path}" for path in kept)
        return {path: digest for path, digest in contents(self.clone).items() if not path.startswith(ours)}

    def everything(self) -> dict[str, str]:
        """Every file of the clone, its git directory, the remote and the home."""
        return contents(self.directory)

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """What happens meanwhile changes nothing that is the maintainer's, and nothing of the remote."""
        before = self.mine(), contents(self.remote)
        yield
        assert before == (self.mine(), contents(self.remote))


def git(where: Path, *words: str) -> str:
    """What git says."""
    env = os.environ | WHO | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(("git", *words), cwd=where, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def contents(folder: Path) -> dict[str, str]:
    """Every path below a folder, with what it is: digest and mode of a file, target of a link."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        else:
            found[name] = "folder"
    return found


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare remote with the example as its first commit, made to prove and build in no time."""
    directory = tmp_path_factory.mktemp("project")
    source = directory / "source"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist"))
    text = (source / "pyproject.toml").read_text(encoding="utf-8")
    kept = text[text.index("[project]") : text.index("[tool.setuptools]")]
    towncrier = text[text.index("[tool.towncrier]") : text.index("[tool.contd-release]")]
    ours = 'proof = ["python -c pass"]\n[tool.contd-release.pypi]\nrepository = "pypi"\nisolated = false\n'
    backend = '[build-system]\nrequires = []\nbuild-backend = "small_backend"\nbackend-path = ["backend"]\n'
    (source / "pyproject.toml").write_text(f"{backend}{kept}{towncrier}[tool.contd-release]\n{ours}", encoding="utf-8")
    (source / "backend").mkdir()
    shutil.copy(BACKEND, source / "backend")
    git(source, "init", "--quiet", "--initial-branch=main")
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "-m", "Begin")
    remote = remotes.make(directory / "remotes", "origin")
    git(source, "push", "--quiet", str(remote), "HEAD:refs/heads/main")
    return remote


@pytest.fixture
def place(tmp_path: Path, small_project: Path) -> Place:
    """A clone of the small project, with a remote of its own; nothing answers at the index."""
    directory = tmp_path / "place"
    shutil.copytree(small_project, directory / "origin.git")
    return cloned(directory, directory / "origin.git", "clone")


@pytest.fixture
def release(place: Place, world: World) -> Place:
    """A clone of the small project from which releases go into a world."""
    return pointed(place, world)


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who runs the tests is not who commits in them."""
    for role in ("AUTHOR", "COMMITTER"):
        for what in ("NAME", "EMAIL", "DATE"):
            monkeypatch.delenv(f"GIT_{role}_{what}", raising=False)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world that runs."""
    with World(tmp_path / "world") as world:
        yield world


Beginning: TypeAlias = Callable[..., Release]


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Github]:
    """A judged GitHub, and a token for it in the environment."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GH_TOKEN", raising=False)
    with serving(tmp_path) as github:
        monkeypatch.setenv("GITHUB_TOKEN", github.token)
        yield github


@pytest.fixture
def here(release: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The clone as the current folder of this process, with the environment that the product sees."""
    release.enter(monkeypatch)
    return release


@pytest.fixture
def beginning(here: Place) -> Beginning:
    """The release that some words would begin now, or that is under way; a new value each time."""

    def begin(part: str = "minor", **words: str) -> Release:
        from contd_release.prepare import committed
        from contd_release.procedures import progress, selection
        from contd_release.procedures.options import Words

        found = selection.chosen(committed.current_project(), Words(part, **words))  # type: ignore[arg-type]
        progress.begin(found)
        return found

    return begin


@pytest.fixture
def upload(world: World) -> Callable[[str], None]:
    """Put a file of this name on the index, with bytes of its own."""

    def send(name: str) -> None:
        import requests

        account, content = world.accounts.publisher, packed(name)
        project, version = name.removesuffix(".tar.gz").split("-")[:2]
        form = {":action": "file_upload", "protocol_version": "1", "metadata_version": "2.1", "name": project}
        form |= {"version": version, "filetype": "bdist_wheel" if name.endswith(".whl") else "sdist"}
        form |= {"pyversion": "py3", "sha256_digest": hashlib.sha256(content).hexdigest()}
        auth = (account.user, account.password.reveal())
        answer = requests.post(world.upload_url, data=form, files={"content": (name, content)}, auth=auth, timeout=10)
        assert answer.ok, answer.text

    return send


@pytest.fixture
def other(release: Place) -> Callable[[], Place]:
    """Another clone of the same remote, of another person."""

    def clone() -> Place:
        directory = release.directory.with_name("other")
        found = cloned(directory, release.remote, "clone")
        found.env.update(release.env)
        return found

    return clone


@pytest.fixture
def foreign() -> Callable[[str], bytes]:
    """The bytes of a wheel or an sdist of this name that somebody else has made."""
    return packed


def packed(name: str) -> bytes:
    """The bytes of a wheel or an sdist of this name that somebody else has made."""
    project, version = name.removesuffix(".tar.gz").split("-")[:2]
    metadata = f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\nSummary: not ours\n"
    content = io.BytesIO()
    if name.endswith(".whl"):
        with zipfile.ZipFile(content, "w") as wheel:
            for path, text in (("METADATA", metadata), ("WHEEL", "Wheel-Version: 1.0\n"), ("RECORD", "")):
                wheel.writestr(zipfile.ZipInfo(f"{project}-{version}.dist-info/{path}"), text)
    else:
        with tarfile.open(fileobj=content, mode="w:gz") as sdist:
            for path, text in (("PKG-INFO", metadata), ("pyproject.toml", "")):
                member = tarfile.TarInfo(f"{project}-{version}/{path}")
                member.size = len(text)
                sdist.addfile(member, io.BytesIO(text.encode()))
    return content.getvalue()


def cloned(directory: Path, remote: Path, name: str) -> Place:
    """A place with a clone of this remote."""
    (directory / "home").mkdir(parents=True)
    git(directory, "clone", "--quiet", str(remote), name)
    place = Place(directory, directory / name, remote)
    place.git("config", "user.name", "Ada")
    place.git("config", "user.email", "ada@example.com")
    return place


def pointed(place: Place, world: World) -> Place:
    """The place, with a configuration that points it at a world, and a login there."""
    overlay = place.directory / "overlay.toml"
    overlay.write_text(f'[pypi]\nrepository = "{world.upload_url}"\nindex = "{world.index_url}"\n', encoding="utf-8")
    account = world.accounts.publisher
    place.env.update(
        CONTD_RELEASE_CONFIG=str(overlay), TWINE_USERNAME=account.user, TWINE_PASSWORD=account.password.reveal()
    )
    return place
