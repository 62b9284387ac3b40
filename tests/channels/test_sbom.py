"""The bill of materials, made by CycloneDX from a real environment."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.channels import sbom
from contd_release.channels.pypi import channel as pypi
from contd_release.engine.checklist import Checklist, Section
from contd_release.engine.step import State, Step
from contd_release.errors import FailedCommand, ReleaseError
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact, Sealed, Tampered
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Pypi, Sbom, Settings
from contd_release.records import commit
from contd_release.tools import cyclonedx

# Each installs a package to list its environment.
pytestmark = pytest.mark.slow

EPOCH = 1_700_000_000
PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "demo-app"
version = "1.2.0"
"""
# Builds a wheel, and beside it one of what it depends on, as an index would have it.
BACKEND = """\
import io, pathlib, tarfile, zipfile
def wheel(folder, name, version, requires=""):
    path = f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder, path), "w") as out:
        out.writestr(f"{name}.py", "")
        told = f"Metadata-Version: 2.1\\nName: {name.replace('_', '-')}\\nVersion: {version}\\n{requires}"
        out.writestr(info + "METADATA", told)
        out.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        out.writestr(info + "RECORD", "")
    return path
def build_wheel(folder, settings=None, metadata=None):
    wheel(folder, "brought_along", "3.0.0")
    wheel(folder, "on_request", "4.0.0")
    needs = "Requires-Dist: brought-along\\nProvides-Extra: more\\nRequires-Dist: on-request; extra == 'more'\\n"
    return wheel(folder, "demo_app", "1.2.0", needs)
def build_sdist(folder, settings=None):
    with tarfile.open(pathlib.Path(folder, "demo_app-1.2.0.tar.gz"), "w:gz") as out:
        for name in ("pyproject.toml", "backend.py"):
            out.add(name, f"demo_app-1.2.0/{name}")
        info = tarfile.TarInfo("demo_app-1.2.0/PKG-INFO")
        told = b"Metadata-Version: 2.1\\nName: demo-app\\nVersion: 1.2.0\\n"
        info.size = len(told)
        out.addfile(info, io.BytesIO(told))
    return "demo_app-1.2.0.tar.gz"
"""


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No index and no cache of this machine; the extra `sbom` is needed."""
    if not cyclonedx.is_here():
        told = "CycloneDX is not here: pip install 'contd-release[sbom]'"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ann@example.com")


def release_of(root: Path, *extras: str, backend: str = BACKEND) -> Release:
    """A release of a package with a dependency, its commit made, nothing built."""
    clone = root / "clone"
    clone.mkdir(parents=True)
    (clone / "pyproject.toml").write_text(PYPROJECT)
    (clone / "backend.py").write_text(backend)
    (clone / "demo_app.py").touch()

    def git(where: Path, *words: str) -> str:
        return subprocess.check_output(("git", "-C", str(where), *words), text=True).strip()

    git(root, "init", "-q", "-b", "main", str(clone))
    git(clone, "add", "--all")
    git(clone, "commit", "-qm", "Begin")
    settings = Settings(pypi=Pypi(isolated=False), sbom=Sbom(extras))
    project = Project(clone, clone / ".git" / "contd-release", "demo-app", settings, News())
    release = Release(project, Version("1.2.0"), Version("1.1.0"), git(clone, "rev-parse", "HEAD"), EPOCH)
    git(clone, "worktree", "add", "-q", "--detach", str(release.tree))
    git(release.tree, "commit", "-q", "--allow-empty", "-m", "Release 1.2.0")
    commit.note(release)
    return release


def walk(release: Release, *steps: Step) -> None:
    """Walk these steps as the checklist does."""
    Checklist((Section("build", steps),)).walk(lambda _: None, Running(release.logs))


def made(release: Release) -> Artifact:
    """The bill of materials, made now."""
    walk(release, *sbom.build(release))
    (mine,) = sbom.built(release)
    return mine


def names(release: Release) -> tuple[str, list[str]]:
    """What the document is about, and what it lists."""
    found = json.loads((release.dist / "demo_app-1.2.0.cdx.json").read_text())
    about = found["metadata"]["component"]
    return f"{about['name']} {about['version']}", sorted(
        f"{one['name']} {one['version']}" for one in found["components"]
    )


def test_it_lists_what_pip_brings_along(tmp_path: Path) -> None:
    """The package and what it needs are told, this machine's tools and paths are not."""
    release = release_of(tmp_path)
    mine = made(release)
    assert (mine.name, mine.kind) == ("demo_app-1.2.0.cdx.json", "sbom")
    assert names(release) == ("demo-app 1.2.0", ["brought-along 3.0.0"])
    text = (release.dist / mine.name).read_text()
    assert (str(tmp_path) in text, "2023-11-14T22:13:20" in text) == (False, True)


@pytest.mark.slow
def test_extras_are_described_where_they_are_named(tmp_path: Path) -> None:
    """The configuration says which extras users install."""
    release = release_of(tmp_path, "more")
    made(release)
    assert names(release)[1] == ["brought-along 3.0.0", "on-request 4.0.0"]


@pytest.mark.slow
def test_two_are_equal(tmp_path: Path) -> None:
    """Made again elsewhere from the same packages, it has the same bytes."""
    assert made(release_of(tmp_path / "a")) == made(release_of(tmp_path / "b"))


def test_making_it_is_observed_in_each_state(tmp_path: Path) -> None:
    """Nothing, made, sealed, changed, taken back."""
    release = release_of(tmp_path)
    step = sbom.described(release)
    assert step.observe().state == State.ABSENT
    mine = made(release)
    assert (State.DONE, f"sha256 {mine.sha256[:12]}") == (step.observe().state, step.observe().detail)
    artifacts.seal(release.dist, Sealed("demo-app", "1.2.0", release.base, EPOCH, (mine,)))
    assert step.observe().detail == "sealed"
    (release.dist / mine.name).write_text("swapped")
    with pytest.raises(Tampered):
        step.observe()
    artifacts.seal(release.dist, Sealed("demo-app", "1.2.0", release.base, EPOCH, ()))
    Checklist((Section("build", (step,)),)).undo(lambda _: None, Running(release.logs))
    assert (step.observe().state, step.observe().detail) == (State.ABSENT, "demo_app-1.2.0.cdx.json is not made")


def test_a_package_that_cannot_be_installed_stops_with_pip_s_words(tmp_path: Path) -> None:
    """Nothing is written for an environment that is not whole."""
    release = release_of(tmp_path, "more")
    backend = release.tree / "backend.py"
    backend.write_text(backend.read_text().replace('wheel(folder, "on_request", "4.0.0")', "pass"))
    subprocess.run(("git", "-C", str(release.tree), "commit", "-qam", "Lose one"), check=True)
    commit.note(release)
    with pytest.raises(ReleaseError) as error:
        walk(release, *sbom.build(release))
    assert isinstance(error.value, FailedCommand)
    assert "No matching distribution found for on-request" in str(error.value)
    assert not (release.dist / "demo_app-1.2.0.cdx.json").exists()


def test_it_is_on_where_the_project_asks_for_it(tmp_path: Path) -> None:
    """The table turns it on; the tool that it needs is asked for beforehand."""
    release = release_of(tmp_path)
    off = replace(release.project, settings=replace(release.project.settings, sbom=None))
    assert (sbom.is_on(release.project), sbom.is_on(off)) == (True, False)
    (step,) = sbom.access(release)
    assert (step.observe().state, step.observe().detail) == (State.DONE, "CycloneDX is here")


@pytest.mark.slow
def test_a_wheel_has_the_same_document_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in the wheel that is tried and sealed, and has the bytes of the one beside it."""
    others = tmp_path / "others"
    others.mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(others))
    backend = BACKEND
    for name in ("brought_along", "on_request"):
        backend = backend.replace(f'wheel(folder, "{name}"', f'wheel("{others}", "{name}"')
    release = release_of(tmp_path, backend=backend)
    settings = replace(release.project.settings, sbom=Sbom(inside_wheel=True))
    release = replace(release, project=replace(release.project, settings=settings))
    made(release)
    walk(release, *(one for one in pypi.build(release) if isinstance(one, Step)))
    beside = (release.dist / "demo_app-1.2.0.cdx.json").read_bytes()
    with zipfile.ZipFile(release.dist / release.wheels[0]) as wheel:
        inside = "demo_app-1.2.0.dist-info/sboms/demo_app-1.2.0.cdx.json"
        assert wheel.read(inside) == beside
        assert f"{inside},sha256=" in wheel.read("demo_app-1.2.0.dist-info/RECORD").decode()
