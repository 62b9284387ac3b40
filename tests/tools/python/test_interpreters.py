"""The Python that fits what a package requires."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from contd_release.errors import NotReady, Usage
from contd_release.tools.python import interpreters


@pytest.mark.parametrize("requires", ["", ">=3.11", ">=3.8,<4"])
def test_this_python_is_taken_where_it_fits(requires: str) -> None:
    """Others are not even looked for."""
    assert Path(sys.executable) == interpreters.fitting(requires).path


def test_another_python_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Where this one does not fit, the newest that does is taken; one of pyenv's is found although no version is chosen.
    """
    for version in ("3.90.1", "3.90.2", "4.0.0"):
        python = tmp_path / "versions" / version / "bin" / "python3"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    found = interpreters.fitting(">=3.90,<4")
    assert ("Python 3.90.2", tmp_path / "versions/3.90.2/bin/python3") == (str(found), found.path)


def test_no_python_fits() -> None:
    """The command that installs one is named, and is one that uv knows."""
    with pytest.raises(
        NotReady, match="no Python on this machine fits requires-python '>=9'; this one is 3"
    ) as refused:
        interpreters.fitting(">=9")
    assert refused.value.type_next.endswith("python -m uv python install '>=9'")


def test_not_a_specifier() -> None:
    """What nobody could install is an error of the project."""
    with pytest.raises(Usage, match="requires-python is 'three'"):
        interpreters.fitting("three")
