"""A proof that names a session that is not there is found before anything begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Place

NOXFILE = """
from pathlib import Path
import nox
from nox import Session

@nox.session
def tests(session): ...

@nox.session(name="doc-pages", python=["3.11", "3.12"])
def pages(session): ...
"""
COMPUTED = """
for extra in ("a", "b"):
    @nox.session(name=f"install-{extra}")
    def install(session): ...
"""
IMPORTED = "from sessions import *\n"


def checked(place: Place, proof: str, noxfile: str) -> str:
    """What `check` prints for a repository with this proof and this noxfile."""
    place.replace("pyproject.toml", '"python -c pass"', f'"{proof}"')
    if noxfile:
        place.write("noxfile.py", noxfile)
    else:
        place.git("rm", "-q", "noxfile.py")
    place.publish()
    said = place.say("check", "--part", "minor")
    assert said.code != 0
    return said.err


def test_a_missing_session_is_named(place: Place) -> None:
    """With the sessions that there are, and the one that is like it."""
    said = checked(place, "nox -s tests doc-page", NOXFILE)
    assert "noxfile.py has no session doc-page, and has tests, doc-pages; did you mean doc-pages?" in said
    assert "type:     $EDITOR pyproject.toml   (proof in [tool.contd-release])" in said


def test_a_missing_noxfile_is_named(place: Place) -> None:
    """`check` finds what `doctor` finds."""
    said = checked(place, "nox -s tests", "")
    assert "the proof is nox -s tests, and noxfile.py is not there" in said
    assert "noxfile.py is not there" in place.say("doctor").err


@pytest.mark.parametrize(
    ("proof", "more"),
    [
        ("nox", ""),
        ("nox -s tests", ""),
        ("nox -s doc-pages-3.12", ""),
        ("nox -t ci", ""),
        ("nox -s install-a", COMPUTED),
        ("nox -s lint", IMPORTED),
    ],
)
def test_a_session_that_may_be_there_is_not_missing(place: Place, proof: str, more: str) -> None:
    """Versions and parameters are part of a name, and a name may be made while the noxfile runs."""
    assert "session" not in checked(place, proof, NOXFILE + more)


def test_a_missing_dockerfile_is_found_by_check(place: Place) -> None:
    """It is named before anything is built."""
    with (place.clone / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('[tool.contd-release.image]\nname = "ghcr.io/contd/contd"\ndockerfile = "docker/Lost"\n')
    place.publish()
    assert "docker/Lost is not there" in place.say("check", "--part", "minor").err
