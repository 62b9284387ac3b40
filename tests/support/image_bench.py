"""Images made in milliseconds, a world to put them into, and a release that has one."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
import stamina
from packaging.version import Version
from programs import needed

from contd_release.channels.image import channel as image
from contd_release.channels.image import names as image_names
from contd_release.channels.image.names import archive
from contd_release.engine.checklist import Checklist, Section
from contd_release.engine.step import Found
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Github, Image, Settings
from contd_release.records import commit
from contd_release.sandbox.registry.api import Registry
from contd_release.sandbox.world import World
from contd_release.tools.oci.archive import Archive
from contd_release.tools.oci.manifest import MANIFEST
from contd_release.tools.oci.pack import pack

EPOCH = 1_790_000_000
PLATFORMS = ("linux/amd64", "linux/arm64")


@dataclass(frozen=True)
class Images:
    """Makes OCI archives by hand, as a builder writes them."""

    folder: Path

    def one(self, platform: str = "linux/amd64", says: str = "hello", labels: dict[str, str] | None = None) -> Archive:
        """The image of one platform: one layer with one file."""
        path = self.folder / f"{platform.replace('/', '-')}-{hashlib.sha256(says.encode()).hexdigest()[:6]}.tar"
        system, _, architecture = platform.partition("/")
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w") as layer:
            member = tarfile.TarInfo("says.txt")
            member.size = len(says.encode())
            layer.addfile(member, io.BytesIO(says.encode()))
        packed = gzip.compress(plain.getvalue(), mtime=0)
        config = json.dumps(
            {
                "architecture": architecture,
                "os": system,
                "config": {"Labels": labels or {}},
                "rootfs": {"type": "layers", "diff_ids": [_digest(plain.getvalue())]},
            }
        ).encode()
        kinds = "application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar+gzip"
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": _descriptor(kinds[0], config),
                "layers": [_descriptor(kinds[1], packed)],
            }
        ).encode()
        index = json.dumps({"schemaVersion": 2, "manifests": [_descriptor(MANIFEST, manifest)]}).encode()
        with tarfile.open(path, "w") as tar:
            for name, content in [
                ("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'),
                ("index.json", index),
                *((f"blobs/sha256/{_digest(blob)[7:]}", blob) for blob in (packed, config, manifest)),
            ]:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        return Archive(path)

    def whole(self, name: str = "whole", says: str = "hello", labels: dict[str, str] | None = None) -> Archive:
        """The image of two platforms."""
        path = self.folder / f"{name}.tar"
        pack([(one, self.one(one, f"{says} {one}", labels)) for one in PLATFORMS], path, "1.2.0", EPOCH)
        return Archive(path)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _descriptor(kind: str, content: bytes) -> dict[str, object]:
    return {"mediaType": kind, "digest": _digest(content), "size": len(content)}


@dataclass
class Bench:
    """A release with an image, in a world."""

    world: World
    release: Release
    running: Running
    images: Images

    @property
    def registry(self) -> Registry:
        """The world's registry, to look into it and to change its rules."""
        return self.world.part(Registry)

    def seal(self, says: str = "hello") -> Sealed:
        """Seal an image that was made by hand, as if it was built."""
        commit = self.commit()
        whole = self.images.whole("built", says, image_names.labels(self.release, commit))
        self.release.dist.mkdir(parents=True, exist_ok=True)
        shutil.copy(whole.path, archive(self.release))
        sealed = Sealed(self.release.project.name, str(self.release.version), commit, EPOCH, image.built(self.release))
        artifacts.seal(self.release.dist, sealed)
        return sealed

    def commit(self) -> str:
        """The release commit."""
        return git(self.release.tree, "rev-parse", "HEAD")

    def checklist(self, *names: str) -> Checklist:
        """Some sections of the image channel."""
        return Checklist(tuple(Section(name, getattr(image, name)(self.release)) for name in names))

    def walk(self, *names: str) -> None:
        """Walk some sections of the image channel."""
        self.checklist(*names).walk(lambda _: None, self.running)

    def states(self, *names: str) -> list[str]:
        """What is seen of each step: its state, or the name of the error."""
        seen = self.checklist(*names).status()
        return [one.found.state.value if one.found else type(one.error).__name__ for one in seen]

    def found(self, name: str) -> list[Found]:
        """What is found by the steps of one section, each of which has an answer."""
        seen = [one.found for one in self.checklist(name).status()]
        assert None not in seen
        return [one for one in seen if one]

    @property
    def image(self) -> Image:
        """What the project says about its image."""
        assert self.release.project.settings.image
        return self.release.project.settings.image

    def mutating(self, *names: str) -> list[str]:
        """The requests for a change that a walk sends."""
        before = len(self.world.ledger.requests())
        self.walk(*names)
        return [f"{one.method} {one.path}" for one in self.world.ledger.mutating(before)]


def git(where: Path, *words: str) -> str:
    """What git says."""
    done = subprocess.run(("git", *words), cwd=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def images(tmp_path: Path) -> Images:
    """Makes images."""
    folder = tmp_path / "images"
    folder.mkdir()
    return Images(folder)


@pytest.fixture
def impatient() -> Iterator[None]:
    """What is asked again is asked at once."""
    stamina.set_testing(True, attempts=4)
    yield
    stamina.set_testing(False)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No login and no identity of this machine is used."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_RUNTIME_DIR", "GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Maintainer")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "maintainer@example.org")


@pytest.fixture
def publisher(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """We are who may push."""
    monkeypatch.setenv("CONTD_REGISTRY_USERNAME", "publisher")
    monkeypatch.setenv("CONTD_REGISTRY_PASSWORD", world.accounts.publisher.password.reveal())


@pytest.fixture
def bench(tmp_path: Path, world: World, publisher: None, images: Images) -> Bench:
    """A release of 1.2.0 whose commit is made."""
    return make_bench(tmp_path, world, images)


@pytest.fixture
def bench_of(tmp_path: Path, world: World, publisher: None, images: Images) -> Callable[[str], Bench]:
    """Makes a release of any version, in a clone of its own."""
    return lambda version: make_bench(tmp_path / version, world, images, version)


def make_bench(folder: Path, world: World, images: Images, version: str = "1.2.0") -> Bench:
    """A clone with a Dockerfile, and a release of it whose commit is made in a worktree."""
    root = folder / "clone"
    (root / "lib").mkdir(parents=True)
    (root / "Dockerfile").write_text("ARG BASE=scratch\nFROM ${BASE}\nCOPY lib/ /lib/\n", encoding="utf-8")
    (root / "lib" / "says.txt").write_text("hello\n", encoding="utf-8")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "Begin")
    git(folder, "init", "--quiet", "--bare", "origin.git")
    git(root, "remote", "add", "origin", str(folder / "origin.git"))
    settings = Settings(image=Image(name=f"{world.registry}/owner/contd"), github=Github("owner/contd"))
    project = Project(root, root / ".git" / "contd-release", "contd", settings, News())
    base = git(root, "rev-parse", "HEAD")
    release = Release(project, Version(version), Version("0.1.0"), base, EPOCH)
    git(root, "worktree", "add", "--quiet", "--detach", str(release.tree), base)
    git(release.tree, "commit", "--quiet", "--allow-empty", "-m", f"Release {version}")
    commit.note(release)
    return Bench(world, release, Running(release.logs, stop=Event()), images)


@pytest.fixture
def buildah() -> None:
    """buildah is here."""
    needed("buildah")


@pytest.fixture
def skopeo() -> None:
    """skopeo is here."""
    needed("skopeo")
