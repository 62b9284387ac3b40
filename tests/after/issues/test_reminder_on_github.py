"""The reminder, on the sandbox's GitHub, whose answers follow the published contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.after.issues import notice, reminder
from contd_release.engine.checklist import Checklist
from contd_release.errors import Unanswered
from contd_release.process.action import Running
from contd_release.project.settings import Schedule
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.schedule import due as schedule
from contd_release.schedule.due import DueRow, Pending, Shipped
from contd_release.schedule.plan import read
from contd_release.tools.github import issues
from contd_release.tools.github.api import GitHubRepository

DUE = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world with one repository."""
    with World(tmp_path / "world") as world:
        (world.directory / "git" / "owner").mkdir(parents=True)
        remotes.make(world.directory / "git" / "owner", "contd")
        yield world


@pytest.fixture
def repository(world: World) -> GitHubRepository:
    """The repository, and a token that may open issues."""
    return GitHubRepository("owner/contd", world.api_url, world.uploads_url, world.accounts.publisher.password)


@pytest.fixture
def rows() -> tuple[DueRow, ...]:
    """A minor release that is due."""
    shipped = [Shipped(Version("1.2.0"), datetime(2026, 10, 20, tzinfo=UTC))]
    return schedule.table(read(Schedule()), shipped, [Pending("1.md", "feature", "minor")], DUE)


def walk(repository: GitHubRepository, rows: tuple[DueRow, ...], tmp_path: Path) -> None:
    """What cron does."""
    step = reminder.reminded(rows, notice.tracker(repository))
    assert step is not None
    Checklist((step,)).walk(lambda event: None, Running(tmp_path / "logs"))


def test_one_issue_whatever_is_lost(
    world: World, repository: GitHubRepository, rows: tuple[DueRow, ...], tmp_path: Path
) -> None:
    """The answer to the request is lost, and cron runs again and again: one issue."""
    world.faults.order("POST /api/v3/repos/owner/contd/issues 1 accept-then-drop")

    for _ in range(3):
        walk(repository, rows, tmp_path)

    found = issues.issues(repository, closed=True)
    assert [one.title for one in found] == ["The minor release is due"]
    assert found[0].labels == ("release-due",)


def test_silent_forge_opens_nothing(
    world: World, repository: GitHubRepository, rows: tuple[DueRow, ...], tmp_path: Path
) -> None:
    """A list that cannot be read is not an empty one."""
    world.faults.order("GET /api/v3/repos/owner/contd/issues every 500")

    with pytest.raises(Unanswered):
        walk(repository, rows, tmp_path)

    assert world.ledger.mutating() == ()
