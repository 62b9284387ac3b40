"""Bare remotes count what was pushed, and refuse what they are told to."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from contd_release.errors import Usage
from contd_release.sandbox import remotes
from contd_release.sandbox.remotes import Update

NOTHING = "0" * 40


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An empty remote."""
    return remotes.make(tmp_path, "origin")


@pytest.fixture
def clone(tmp_path: Path, remote: Path) -> Path:
    """A clone with one commit on main that was not pushed."""
    path = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(remote), str(path))
    git(path, "checkout", "--quiet", "-B", "main")
    commit(path)
    return path


def test_every_push_of_a_ref_is_counted(remote: Path, clone: Path) -> None:
    """Branches and tags, old and new hash, in order; a push that changes nothing is none."""
    first = head(clone)
    git(clone, "push", "--quiet", "origin", "main")
    git(clone, "push", "--quiet", "origin", "main")
    commit(clone)
    git(clone, "tag", "-a", "v1", "-m", "v1")
    git(clone, "push", "--quiet", "--atomic", "origin", "main", "v1")
    tag = git(clone, "rev-parse", "v1").strip()
    branch, last = "refs/heads/main", head(clone)
    expected = Update(branch, NOTHING, first), Update(branch, first, last), Update("refs/tags/v1", NOTHING, tag)
    assert expected == remotes.updates(remote)
    assert {branch: last, "refs/tags/v1": tag} == remotes.refs(remote)


def test_made_again_it_is_the_same(tmp_path: Path, remote: Path, clone: Path) -> None:
    """A rehearsal that continues finds what it pushed."""
    git(clone, "push", "--quiet", "origin", "main")
    assert remote == remotes.make(tmp_path, "origin")
    assert {"refs/heads/main": head(clone)} == remotes.refs(remote)


def test_a_protected_branch(remote: Path, clone: Path) -> None:
    """A push to it is refused with the reason; with --atomic nothing else of that push arrives either."""
    remotes.refuse(remote, "refs/heads/main", "protected branch")
    git(clone, "tag", "v1")
    done = pushed(clone, "--atomic", "origin", "main", "v1")
    assert done.returncode == 1
    assert "refs/heads/main is refused: protected branch" in done.stderr
    assert remotes.refs(remote) == {}
    assert pushed(clone, "origin", "main", "v1").returncode == 1
    assert list(remotes.refs(remote)) == ["refs/tags/v1"]


def test_a_refusal_can_be_taken_back(remote: Path, clone: Path) -> None:
    """What is allowed again goes through; patterns name many refs."""
    remotes.refuse(remote, "refs/tags/*", "no tags today")
    remotes.refuse(remote, "refs/heads/release/*")
    git(clone, "tag", "v1")
    assert pushed(clone, "origin", "v1").returncode == 1
    assert pushed(clone, "origin", "main:refs/heads/release/v1").returncode == 1
    remotes.allow(remote, "refs/tags/*")
    assert pushed(clone, "origin", "v1").returncode == 0
    assert pushed(clone, "origin", "main:refs/heads/release/v1").returncode == 1


@pytest.mark.parametrize("ref", ["main", "refs/heads/$(touch x)", "refs/heads/a b", "refs/heads/a\nrefs/heads/b"])
def test_only_whole_refs_are_refused(remote: Path, ref: str) -> None:
    """What is no ref is told, and nothing is written."""
    with pytest.raises(Usage, match="is not a whole ref"):
        remotes.refuse(remote, ref)
    assert not (remote / "refused").exists()


def git(folder: Path, *words: str) -> str:
    """What git says."""
    who = ("-c", "user.name=A Person", "-c", "user.email=person@example.org")
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def pushed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """How a push ended."""
    return subprocess.run(["git", "push", *words], cwd=folder, check=False, capture_output=True, text=True)


def commit(folder: Path) -> None:
    """One more commit."""
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "One more")


def head(folder: Path) -> str:
    """The hash of the commit that is checked out."""
    return git(folder, "rev-parse", "HEAD").strip()
