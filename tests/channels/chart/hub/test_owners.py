"""The file that tells Artifact Hub who owns the chart, in a registry and on a branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from charted import git, login, look, release_of, walk

from contd_release.channels.chart.hub import owners
from contd_release.engine.step import State, Step
from contd_release.errors import Conflict
from contd_release.project.release import Release
from contd_release.sandbox.world import World
from contd_release.tools.helm import registry

# Each pushes to a registry and to a git remote.
pytestmark = pytest.mark.slow

TEXT = "repositoryID: 1\nowners:\n  - name: ada\n"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own."""
    with World(tmp_path / "world") as started:
        yield started


@pytest.fixture
def release(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Release:
    """A release of a project with that file and a classic repository."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ann@example.com")
    login(monkeypatch, world.accounts.publisher.password.reveal(), world.accounts.publisher.user)
    found = release_of(tmp_path, world.registry, "1.2.0", **{owners.FILE: TEXT})
    git(tmp_path, "init", "-q", "--bare", str(tmp_path / "remote.git"))
    git(found.project.root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    assert found.project.settings.chart
    chart = replace(found.project.settings.chart, artifact_hub_file=owners.FILE, pages="gh-pages")
    return replace(found, project=replace(found.project, settings=replace(found.project.settings, chart=chart)))


def steps(release: Release, *, is_public: bool = True) -> tuple[Step, ...]:
    """The steps of a version that is out, or not yet."""
    return owners.steps(release, lambda _: is_public)


def test_file_is_published_once(release: Release, world: World) -> None:
    """Registry and branch have the file after one push each; walked again, no request changes anything."""
    assert [look(step)[0] for step in steps(release)] == [State.ABSENT] * 2

    walk(release, *steps(release))
    before = world.ledger.effects()
    walk(release, *steps(release))

    there = registry.repository(f"oci://{world.registry}/charts/demo")
    artifact, (_, layer) = owners.manifest(TEXT)
    assert there.digest(owners.TAG) == artifact.digest
    assert there.blob(layer.digest, 100).decode() == TEXT
    remote = release.project.root.parent / "remote.git"
    assert git(remote, "show", f"gh-pages:{owners.FILE}") == TEXT.strip()
    assert git(remote, "log", "--format=%s", "gh-pages") == f"{owners.FILE} as in 1.2.0"
    assert world.ledger.effects() == before
    assert [look(step)[0] for step in steps(release, is_public=False)] == [State.ABSENT] * 2


def test_file_of_a_higher_version_stays(release: Release) -> None:
    """A hotfix of an old line leaves it as it is, and so does a pre-release."""
    git(release.project.root, "push", "-q", "origin", "HEAD:refs/tags/v2.0.0")

    walk(release, *steps(release))

    assert [look(step) for step in steps(release)] == [(State.DONE, "it stays as in 2.0.0")] * 2


def test_what_is_no_such_file_is_not_replaced(release: Release, world: World) -> None:
    """The tag names something else: the release stops."""
    there = registry.repository(f"oci://{world.registry}/charts/demo")
    artifact, _ = owners.manifest(TEXT)
    walk(release, steps(release)[0])
    there.put(owners.TAG, replace(artifact, content=artifact.content.replace(b"repository-metadata", b"other")))

    with pytest.raises(Conflict, match="and no file of Artifact Hub"):
        look(steps(release)[0])


def test_missing_file_is_found_beforehand(release: Release) -> None:
    """The setting names a file that git does not have: `access` says so."""
    assert [look(step)[0] for step in owners.present(release)] == [State.DONE]
    settings = release.project.settings
    assert settings.chart
    chart = replace(settings.chart, artifact_hub_file="other.yml")
    without = replace(release, project=replace(release.project, settings=replace(settings, chart=chart)))

    assert [look(step) for step in owners.present(without)] == [(State.ABSENT, "the release commit has no other.yml")]
