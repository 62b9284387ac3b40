"""Which packages a call is about."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from two_packages import write

from contd_release.procedures.selection import packages_of
from contd_release.process.hints import PACKAGE

IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")


@pytest.mark.parametrize(
    ("option", "is_several", "expected"),
    [
        ("all", True, ("core", "cli")),
        ("all", False, ("",)),
        ("cli", True, ("cli",)),
        ("cli, core,cli,", True, ("cli", "core")),
        (",", True, ("",)),
        (",", False, ("",)),
    ],
)
@pytest.mark.parametrize("begins", [False, True])
def test_the_packages_that_an_option_names(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    is_several: bool,
    expected: tuple[str, ...],
    begins: bool,
) -> None:
    """Each is named once; all packages of a repository that has one are that one."""
    if is_several:
        write(tmp_path)
    else:
        (tmp_path / "pyproject.toml").write_text('[project]\nname = "acme"\nversion = "0.1.0"\n', encoding="utf-8")
    commit = ("commit", "--quiet", "--message", "Begin")
    for words in (("init", "--quiet"), ("remote", "add", "origin", "elsewhere"), ("add", "."), commit):
        subprocess.run(("git", *IDENTITY, *words), cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(PACKAGE, raising=False)
    assert packages_of(option, begins=begins) == expected


@pytest.mark.parametrize(("version", "expected"), [("1.4.0", ("core",)), ("v2.0.0", ("core", "cli"))])
def test_one_version_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, expected: tuple[str, ...]
) -> None:
    """Every package gets it, with fragments or without; one that is at it already is left out."""
    write(tmp_path)
    (tmp_path / "packages/cli/newsfragments/+greet.feature.md").unlink()
    commit = ("commit", "--quiet", "--message", "Begin")
    for words in (("init", "--quiet"), ("remote", "add", "origin", "elsewhere"), ("add", "."), commit):
        subprocess.run(("git", *IDENTITY, *words), cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(PACKAGE, raising=False)
    assert packages_of("all", version, begins=True) == expected
