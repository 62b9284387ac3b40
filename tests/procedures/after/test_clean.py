"""`invoke clean`: what releases left on this machine is listed, and removed on `--yes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contd_release.records import lock

if TYPE_CHECKING:
    from tests.conftest import Place

MINOR = ("release", "--part", "minor", "--yes")


def test_nothing_is_left(place: Place) -> None:
    """Before the first release there is nothing to remove."""
    said = place.say("clean")
    assert (said.code, said.out) == (0, "releases left nothing on this machine that can be removed\n")


@pytest.mark.slow
def test_a_release_is_cleaned_up(release: Place) -> None:
    """The checkouts go; logs, artifacts, the journal and all that is the maintainer's stay; `verify` still works."""
    assert release.say(*MINOR).code == 0
    cache = next((release.cache / "contd-release").glob("contd-*"))
    checkouts = {path.name for path in cache.iterdir()}
    assert checkouts == {"v0.2.0", "v0.2.0-proof", "v0.2.0-proof-source", "v0.2.0-pypi"}
    before, state = release.everything(), [*release.state.rglob("*")]
    said = release.say("clean")
    assert said.code == 0, said.text
    assert f"checkout of 0.2.0  {cache}/v0.2.0\n" in said.out
    assert said.out.endswith("logs, sealed artifacts and the journal stay\ntype: invoke clean --yes\n")
    assert before == release.everything()
    with release.untouched():
        said = release.say("clean", "--yes")
    assert said.code == 0, said.text
    assert list(cache.iterdir()) == []
    assert [path for path in state if not path.exists()] == []
    assert release.git("worktree", "list", "--porcelain").count("worktree ") == 1
    said = release.say("verify", "--version", "0.2.0")
    assert said.code == 0, said.text


@pytest.mark.slow
def test_a_release_in_progress_is_left_alone(release: Place) -> None:
    """What a release that can be continued needs is neither listed nor removed, and the release continues."""
    assert release.say("build", "--part", "minor").code == 0
    said = release.say("clean", "--yes")
    assert (said.code, said.out) == (0, "releases left nothing on this machine that can be removed\n")
    assert release.say("release", "--yes").code == 0


def test_a_release_that_runs(release: Place) -> None:
    """While another process releases here, nothing is looked at."""
    with lock.held(release.state / "lock"):
        said = release.say("clean", "--yes")
    assert said.code == 3
    assert "another release runs in this clone" in said.err


@pytest.mark.slow
def test_a_hotfix_that_is_out(release: Place) -> None:
    """The folder of a hotfix is removed once it is released, unless something in it would be lost."""
    assert release.say(*MINOR).code == 0
    assert release.say("hotfix.start", "--of", "0.2.0").code == 0
    tree = release.clone.with_name("clone-hotfix-v0.2.1")
    assert str(tree) not in release.say("clean").out
    (tree / "newsfragments" / "+fix.bugfix.md").write_text("Fixed.\n", encoding="utf-8")
    release.git("add", "--all", where=tree)
    release.git("commit", "-qm", "Fix it", where=tree)
    release.git("push", "-q", "origin", "HEAD", where=tree)
    said = release.say("hotfix.finish", "--version", "0.2.1", "--yes")
    assert said.code == 0, said.text
    (tree / "notes.txt").write_text("mine\n", encoding="utf-8")
    said = release.say("clean", "--yes")
    assert f"kept: {tree}: it has changes that are not committed\n" in said.out
    assert (tree / "notes.txt").exists()
    (tree / "notes.txt").unlink()
    said = release.say("clean", "--yes")
    assert said.code == 0, said.text
    assert not tree.exists()
    assert "hotfix/v0.2.1" in release.git("branch", "--list", "hotfix/*")


@pytest.mark.slow
def test_a_rehearsal(place: Place) -> None:
    """One that was stopped is kept until it is continued to its end; then its folder and its cache go."""
    place.write("newsfragments/12.feat.md", "Better.\n")
    place.publish()
    assert place.run("rehearse", "--without-proof").code == 2
    said = place.say("clean", "--yes")
    assert "a rehearsal is in progress; invoke rehearse continues it\n" in said.out
    place.git("mv", "newsfragments/12.feat.md", "newsfragments/12.bugfix.md")
    place.publish()
    done = place.run("rehearse", "--without-proof")
    assert done.code == 0, done.text
    said = place.say("clean", "--yes")
    assert said.code == 0, said.text
    assert [path for path in (place.cache / "contd-release").rglob("*") if path.is_file()] == []
