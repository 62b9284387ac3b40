"""`invoke bump`: the release commit, in a worktree of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Place


def test_bump_commits_in_a_worktree(release: Place) -> None:
    """The version files of the worktree say 0.2.0; the clone, its branches and the remote are as they were."""
    with release.untouched():
        said = release.say("bump", "--part", "minor")
        assert said.code == 0, said.text
    (tree,) = release.cache.glob("contd-release/contd-*/v0.2.0")
    assert 'version = "0.2.0"' in (tree / "pyproject.toml").read_text(encoding="utf-8")
    assert "version: 0.2.0" in (tree / "helm/contd/Chart.yaml").read_text(encoding="utf-8")
    assert release.git("log", "-1", "--format=%s", where=tree) == "Release 0.2.0"


def test_bump_without_a_part(release: Place) -> None:
    """Nothing is in progress and no part is named: the fragments say which part is enough."""
    said = release.say("bump")
    assert said.code == 2
    assert "type:     invoke bump --part minor\n" in said.err
