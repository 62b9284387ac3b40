"""A release to tell of, a world to tell it to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.engine.checklist import Checklist, Item
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact, Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.records import journal
from contd_release.records.entries import Verified
from contd_release.records.journal import Journal
from contd_release.sandbox.chat import Chat
from contd_release.sandbox.world import World

NOTES = "### Added\n\n- Ledgers can be kept in a file (#12)\n\n### Fixed\n\n- An empty ledger is no error (#14)\n"


@dataclass(frozen=True)
class Made:
    """Makes releases of one clone, sealed and verified."""

    folder: Path

    def release(self, version: str = "1.2.0", settings: Settings | None = None) -> Release:
        """A release that was built."""
        project = Project(self.folder / "root", self.folder / "state", "contd", settings or Settings(), News())
        found = Release(project, Version(version), Version("1.1.0"), "0" * 40, 1_790_000_000)
        found.dist.mkdir(parents=True, exist_ok=True)
        wheel = Artifact("contd-1.2.0-py3-none-any.whl", "wheel", "a" * 64, 1)
        artifacts.seal(found.dist, Sealed("contd", version, "0" * 40, 1_790_000_000, (wheel,)))
        return found

    def verified(self, release: Release, *channels: str) -> Release:
        """The same release, read back from these channels."""
        sealed = release.sealed()
        assert sealed is not None
        for channel in channels:
            self.journal(release).append(Verified(version=str(release.version), channel=channel, seal=sealed.digest()))
        return release

    def walk(self, release: Release, *items: Item) -> None:
        """Walk these steps."""
        Checklist(items).walk(lambda event: None, Running(release.logs))

    @staticmethod
    def journal(release: Release) -> Journal:
        """The journal of the clone."""
        return journal.of(release.project)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Releases."""
    return Made(tmp_path / "clone")


@pytest.fixture
def chat(world: World) -> Chat:
    """The world's chat."""
    return world.part(Chat)
