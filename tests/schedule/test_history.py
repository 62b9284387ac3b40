"""What was released, read from the tags of a real clone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from contd_release.errors import NotReady
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.settings import Settings
from contd_release.schedule import history


def git(where: Path, *words: str, at: str = "2026-01-31T23:30:00+02:00") -> None:
    """Run git at a moment."""
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
           for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"), ("DATE", at))}  # fmt: skip
    subprocess.run(("git", *words), cwd=where, check=True, capture_output=True, env=os.environ | who)


def at(root: Path, tag_format: str = "v{version}") -> Project:
    """A project whose tags have this format."""
    return Project(root, root / "state", "contd", Settings(tag_format=tag_format), News())


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with annotated, lightweight and foreign tags."""
    path = tmp_path / "clone"
    path.mkdir()
    git(path, "init", "--quiet")
    git(path, "commit", "--quiet", "--allow-empty", "-m", "one")
    git(path, "tag", "v1.0.0")
    git(path, "tag", "-a", "-m", "x", "v1.1.0rc1", at="2026-02-20T00:00:00+00:00")
    git(path, "tag", "-a", "-m", "x", "v1.1.0", at="2026-02-28T12:00:00+00:00")
    for foreign in ("v2", "1.2.0", "v1.2.0.post1", "vendor/v9.9.9", "release"):
        git(path, "tag", foreign)
    return path


def test_tags_are_releases(clone: Path) -> None:
    """Oldest first: the moment of an annotated tag, of the commit of a lightweight one; other tags are nothing."""
    assert [(str(one.version), one.at.isoformat()) for one in history.shipped(at(clone))] == [
        ("1.0.0", "2026-01-31T23:30:00+02:00"),
        ("1.1.0rc1", "2026-02-20T00:00:00+00:00"),
        ("1.1.0", "2026-02-28T12:00:00+00:00"),
    ]


@pytest.mark.parametrize(
    ("tag_format", "versions"), [("{version}", ["1.2.0"]), ("vendor/v{version}", ["9.9.9"]), ("x-{version}", [])]
)
def test_tags_are_those_of_the_format(clone: Path, tag_format: str, versions: list[str]) -> None:
    """A repository without v, or of several packages, is not judged by the tags of others."""
    assert [str(one.version) for one in history.shipped(at(clone, tag_format))] == versions


def test_shallow_clone_is_refused(clone: Path, tmp_path: Path) -> None:
    """Where tags may be missing nothing is called due."""
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "two")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{clone}", str(shallow))

    with pytest.raises(NotReady) as caught:
        history.shipped(at(shallow))

    assert caught.value.type_next == "git fetch --unshallow --tags"


def test_new_project_has_no_history(tmp_path: Path) -> None:
    """No tag, no release."""
    git(tmp_path, "init", "--quiet")

    assert history.shipped(at(tmp_path)) == ()
