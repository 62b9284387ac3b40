"""Which release is the latest on GitHub, where a repository has several packages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from github_release import build, release_of, state, walk
from github_server import Github

from contd_release.channels.github import channel, withdraw
from contd_release.channels.github.promote import promoted
from contd_release.channels.withdrawal import Rollback
from contd_release.engine.step import State
from contd_release.project.latest import Leading, withdrawal_of
from contd_release.project.release import Release
from contd_release.project.tag_format import TagFormat
from contd_release.tools.github import api, releases

# Each walks releases through GitHub.
pytestmark = pytest.mark.slow

LEADING = Leading("core", TagFormat(), withdrawal_of("core"))
TAGS = {"core": "v{version}", "cli": "cli-v{version}"}


def planned(github: Github, folder: Path, name: str, version: str) -> Release:
    """A release of one of two packages, built and sealed."""
    found = release_of(github, folder, version)
    settings = replace(found.project.settings, tag_format=TAGS[name])
    project = replace(found.project, settings=settings, table=name, leading=LEADING)
    release = replace(found, project=project)
    build(release, github.head)
    return release


def released(github: Github, folder: Path, name: str, version: str) -> Release:
    """A public release of one of two packages."""
    release = planned(github, folder, name, version)
    walk(*channel.stage(release), log=folder)
    github.tag(release.tag)
    walk(promoted(release), log=folder)
    return release


def latest(release: Release) -> str:
    """The tag of the release that GitHub shows as the latest."""
    found = releases.latest(api.connected(release.project))
    return found.tag if found else ""


def test_a_release_of_another_package_is_not_the_latest(github: Github, tmp_path: Path) -> None:
    """The first package stays the latest, whatever the others release, and walked again nothing is sent."""
    core = released(github, tmp_path / "core", "core", "1.2.0")
    cli = released(github, tmp_path / "cli", "cli", "7.0.0")
    assert latest(core) == "v1.2.0"
    before = github.changes()
    walk(promoted(core), promoted(cli), log=tmp_path)
    assert github.changes() == before


def test_the_latest_is_given_back(github: Github, tmp_path: Path) -> None:
    """A release of another package that somebody made the latest is not right, and the first package gets it back."""
    core = released(github, tmp_path / "core", "core", "1.2.0")
    cli = released(github, tmp_path / "cli", "cli", "7.0.0")
    repository = api.connected(cli.project)
    public = releases.release_of_tag(repository, cli.tag)
    assert public
    releases.publish(repository, public.id, prerelease=False, make_latest="true")
    assert state(promoted(cli)) is State.PARTIAL
    walk(promoted(cli), log=tmp_path)
    assert latest(core) == "v1.2.0"
    assert [state(promoted(one)) for one in (core, cli)] == [State.DONE] * 2


def test_a_package_that_releases_before_the_first_one(github: Github, tmp_path: Path) -> None:
    """Whatever GitHub shows is right until the first package is out, and then that is the latest."""
    cli = released(github, tmp_path / "cli", "cli", "7.0.0")
    assert state(promoted(cli)) is State.DONE
    core = released(github, tmp_path / "core", "core", "1.2.0")
    assert latest(core) == "v1.2.0"


def test_a_rollback_of_the_latest_leads_to_the_same_package(github: Github, tmp_path: Path) -> None:
    """The version before it is the latest again, and no release of another package."""
    released(github, tmp_path / "old", "core", "1.2.0")
    core = released(github, tmp_path / "core", "core", "1.3.0")
    released(github, tmp_path / "cli", "cli", "7.0.0")
    walk(*withdraw.steps(Rollback(core, "It is bad.")), log=tmp_path)
    assert latest(core) == "v1.2.0"


def test_a_rollback_of_another_package_leaves_the_latest(github: Github, tmp_path: Path) -> None:
    """It is marked, and the latest is not touched."""
    core = released(github, tmp_path / "core", "core", "1.2.0")
    cli = released(github, tmp_path / "cli", "cli", "7.0.0")
    walk(*withdraw.steps(Rollback(cli, "It is bad.")), log=tmp_path)
    assert latest(core) == "v1.2.0"


def test_the_releases_of_another_package_are_not_offered(github: Github, tmp_path: Path) -> None:
    """A look at what is public finds those of its own package, and those of none."""
    core = released(github, tmp_path / "core", "core", "1.2.0")
    released(github, tmp_path / "cli", "cli", "7.0.0")
    repository = api.connected(core.project)
    stranger = releases.create_draft(repository, "clean-up", github.head, "theirs", prerelease=False)
    releases.publish(repository, stranger.id, prerelease=False, make_latest="false")
    project = replace(core.project, others=(TagFormat(TAGS["cli"]),))
    pages = {one.name for one in channel.offers(project) if "/" not in one.name}
    assert pages == {"v1.2.0", "clean-up"}
