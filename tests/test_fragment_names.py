"""The hook that checks the names of fragments, which `nox -s changelog` runs on all of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import git

CONFIGURATION = Path(__file__).parents[1] / ".pre-commit-config.yaml"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "is_accepted"),
    [
        ("12.feature.md", True),
        ("12.feature.1.md", True),
        ("+an-orphan.bugfix.md", True),
        ("README.md", True),
        ("adopt.feature.md", False),
        ("12.improvement.md", False),
        ("+An_orphan.feature.md", False),
        ("12.feature.rst", False),
    ],
)
def test_names_that_the_hook_accepts(tmp_path: Path, name: str, is_accepted: bool) -> None:
    """A fragment has a number or `+WORDS`, a type, and the suffix `.md`."""
    shutil.copy(CONFIGURATION, tmp_path)
    (tmp_path / "newsfragments").mkdir()
    (tmp_path / "newsfragments" / name).touch()
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")

    words = (sys.executable, "-m", "pre_commit", "run", "fragment-names", "--all-files")
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)

    assert (done.returncode == 0) is is_accepted, done.stdout
