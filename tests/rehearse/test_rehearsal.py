"""A rehearsal begins from nothing, whatever a killed one has left."""

from __future__ import annotations

import pytest

from contd_release.rehearse.rehearsal import rehearsal_of
from contd_release.sandbox import remotes
from contd_release.tools import git
from tests.conftest import Place


def test_what_a_killed_git_has_locked_is_removed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file lies among the checkouts, where git was killed while it wrote an index."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(place.directory / "cache"))
    rehearsal = rehearsal_of(git.clone(place.clone))
    rehearsal.cache.mkdir(parents=True)
    (rehearsal.cache / "v0.2.0").mkdir()
    (rehearsal.cache / "v0.2.0-bump.index.lock").write_bytes(b"")
    rehearsal.prepare()
    assert list(rehearsal.cache.iterdir()) == []


def test_what_a_killed_git_has_locked_goes_with_the_worktree(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that ends leaves no lock beside the worktree that it removes; that of another version stays."""
    cache = place.directory / "cache"
    cache.mkdir()
    locks = [cache / name for name in ("v0.2.0-bump.index.lock", "v0.2.0.1-bump.index.lock")]
    for one in locks:
        one.write_bytes(b"")
    git.remove_worktree(place.clone, cache / "v0.2.0").function()
    assert list(cache.iterdir()) == [locks[1]]


def test_the_branch_of_a_classic_chart_repository_is_there(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rehearsed release meets the index that the real one would meet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(place.directory / "cache"))
    with (place.clone / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('[tool.contd-release.chart]\npath = "helm/contd"\nregistry = "oci://localhost/charts"\n')
        settings.write('pages = "gh-pages"\n')
    place.publish("Publish the chart in two places")
    place.git("push", "-q", "origin", "HEAD~1:refs/heads/gh-pages")
    rehearsal = rehearsal_of(git.clone(place.clone))
    rehearsal.prepare()
    assert remotes.refs(rehearsal.remote)["refs/heads/gh-pages"] == place.git("rev-parse", "HEAD~1")
