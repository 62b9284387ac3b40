"""A release of the repository in a test's GitHub, with small sealed files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from github_server import NAME, Github, git
from packaging.version import Version

from contd_release.engine.checklist import Checklist, Event, Item
from contd_release.engine.step import Found, State, Step
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Github as Settings
from contd_release.project.settings import Settings as AllSettings

FILES = {"contd-1.2.0-py3-none-any.whl": "wheel", "contd-1.2.0.tar.gz": "sdist", "contd-1.2.0.tgz": "chart"}


def release_of(github: Github, folder: Path, version: str = "1.2.0") -> Release:
    """A release whose release commit is the tip of the clone; nothing is built."""
    settings = Settings(NAME, github.world.api_url, github.world.uploads_url)
    project = Project(folder / "root", folder / "state", "contd", AllSettings(github=settings), News())
    notes = project.root / f"changelog.d/{version}.md"
    notes.parent.mkdir(parents=True, exist_ok=True)
    if not (project.root / ".git").exists():
        git(project.root, "init", "-q")
        git(project.root, "remote", "add", "origin", str(github.place.remote))
    notes.write_text(f"## {version}\n\n- Everything is new.\n", encoding="utf-8")
    return Release(project, Version(version), Version("1.1.0"), github.head, 1_700_000_000)


def build(release: Release, commit: str, *, says: str = "") -> Sealed:
    """Make and seal a wheel, an sdist, a chart and an image."""
    release.dist.mkdir(parents=True, exist_ok=True)
    for name in (*FILES, "image.tar"):
        (release.dist / name).write_text(f"{name} {says}", encoding="utf-8")
    found = [artifacts.measured(release.dist / name, kind) for name, kind in FILES.items()]
    found.append(artifacts.measured(release.dist / "image.tar", "image", "sha256:" + "0" * 64, "linux/amd64"))
    sealed = Sealed("contd", str(release.version), commit, release.epoch, tuple(found))
    artifacts.seal(release.dist, sealed)
    return sealed


def elsewhere(release: Release, folder: Path) -> Release:
    """The same release on another machine, where nothing is built."""
    return replace(release, project=replace(release.project, state=folder))


def walk(*items: Item, log: Path) -> list[Event]:
    """Walk these steps; the events."""
    events: list[Event] = []
    Checklist(items).walk(events.append, Running(log / "logs"))
    return events


def undo(*items: Item, log: Path) -> None:
    """Undo these steps."""
    Checklist(items).undo(lambda _: None, Running(log / "logs"))


def state(step: Item) -> State:
    """The state of one step."""
    return found(step).state


def found(step: Item) -> Found:
    """What one step finds."""
    assert isinstance(step, Step)
    return step.observe()
