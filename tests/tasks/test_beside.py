"""Our tasks beside those that a repository has: none hides another, and hints name commands that work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contd_release.process.printed import as_named

OWN = """\
from invoke import task
from contd_release.tasks.beside import beside

@task
def {name}(c):
    \"\"\"The old way.\"\"\"

namespace = beside(__name__{collection})
"""


def listed(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """What `invoke --list` says of this tasks.py."""
    (folder / "tasks.py").write_text(text, encoding="utf-8")
    argv = [sys.executable, "-m", "invoke", "--list"]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_in_a_collection(tmp_path: Path) -> None:
    """Both are there, each under its name."""
    said = listed(tmp_path, OWN.format(name="release", collection=', name="rel"'))
    assert said.returncode == 0, said.stderr
    names = [line.split()[0] for line in said.stdout.splitlines() if line.startswith("  ")]
    assert {"release", "rel.release", "rel.hotfix.start"} <= set(names)


def test_without_one(tmp_path: Path) -> None:
    """The names are as short as they can be."""
    said = listed(tmp_path, OWN.format(name="serve", collection=""))
    names = [line.split()[0] for line in said.stdout.splitlines() if line.startswith("  ")]
    assert {"serve", "release", "hotfix.start"} <= set(names)


def test_a_name_that_is_taken_is_an_error(tmp_path: Path) -> None:
    """Neither task hides the other."""
    said = listed(tmp_path, OWN.format(name="release", collection=""))
    assert said.returncode != 0
    assert "these tasks are there already: release" in said.stderr


@pytest.mark.parametrize(
    ("collection", "expected"),
    [
        (', name="rel"', "type: invoke rel.release, then invoke rel.hotfix.start"),
        ("", "type: invoke release, then invoke hotfix.start"),
    ],
)
def test_hints_name_commands_that_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collection: str, expected: str
) -> None:
    """In the folder of the tasks, and in those below it; `invoke --list` and sentences stay."""
    (tmp_path / "tasks.py").write_text(OWN.format(name="release", collection=collection), encoding="utf-8")
    (tmp_path / "docs").mkdir()
    for folder in (tmp_path, tmp_path / "docs"):
        monkeypatch.chdir(folder)
        assert as_named("type: invoke release, then invoke hotfix.start") == expected
        assert as_named("invoke --list: invoke finds the tasks") == "invoke --list: invoke finds the tasks"
