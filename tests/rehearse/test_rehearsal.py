"""A rehearsal begins from nothing, whatever a killed one has left."""

from __future__ import annotations

import pytest

from contd_release.rehearse.rehearsal import rehearsal_of
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
