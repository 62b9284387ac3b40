"""`invoke verify`: the table of what was built and what each channel serves."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import plugin
import pytest
from packaging.version import Version
from rich.console import Console

from contd_release.channels.readings import ComparedRow, Glance, Verdict
from contd_release.console import Json, Lines, Terminal
from contd_release.errors import Conflict, ReleaseError, Several, Unanswered, Unsettled
from contd_release.procedures.sections import comparison
from contd_release.procedures.sections.comparison import Patience
from contd_release.process.redaction import Redactor
from contd_release.project import project
from contd_release.project.release import Release

if TYPE_CHECKING:
    from tests.conftest import Place

READINGS = """
from contd_release.errors import Unanswered
from contd_release.channels.readings import Glance, Reading, Verdict, compared

looks = []

def is_on(project):
    return True

def unanswered():
    raise Unanswered("the mirror answered 502")

def readings(release):
    said = {
        "absent": lambda: compared("sha256:aa", None),
        "stale": lambda: compared("sha256:aa", None, stale="still 1.1.0"),
        "wrong": lambda: compared("sha256:aa", "sha256:bb"),
        "late": lambda: compared("sha256:aa", "sha256:aa" if looks.append(1) or len(looks) > 2 else None),
        "unanswered": unanswered,
        "same": lambda: compared("sha256:aa", "sha256:aa"),
        "promoted": lambda: compared("sha256:aa", None),
    }
    names = release.project.settings.channels["mirror"]["names"]
    return tuple(Reading(name, "sha256:aa", said[name], is_promoted=name == "promoted") for name in names)
"""


@pytest.fixture
def mirrored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Release]:
    """A release with a channel, of an installed package, that finds what its settings say."""
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    monkeypatch.delitem(sys.modules, "contd_mirror", raising=False)
    (tmp_path / "site-packages").mkdir()
    plugin.install(tmp_path / "site-packages", "mirror", READINGS)

    def make(*names: str) -> Release:
        text = f'[project]\nname = "contd"\n[tool.contd-release.channels.mirror]\nnames = {json.dumps(names)}\n'
        found = project.read(tmp_path, tmp_path / "state", {"pyproject.toml": text}.get)
        return Release(found, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1)

    return make


def read(release: Release, patience: float = 0, *, promoted: bool = True) -> tuple[ComparedRow, ...]:
    """Read the table."""
    report = Lines(Redactor.of_environment())
    return comparison.read(release, (), report, Patience(patience, 0.01, 0.05), promoted=promoted)


def test_a_release_under_way_is_not_verified_before_it_is_out(release: Place) -> None:
    """Built and not tagged: nothing is looked for."""
    assert release.say("build", "--part", "minor").code == 0
    said = release.say("verify")
    assert (said.code, "contd 0.2.0 is under way: v0.2.0 is free on origin" in said.err) == (2, True), said.text


def test_absent_stale_and_wrong_are_told_apart(
    mirrored: Callable[..., Release], capsys: pytest.CaptureFixture[str]
) -> None:
    """One row for each, and an error for each that is not as built: something wrong decides the exit code."""
    with pytest.raises(Several) as stopped:
        read(mirrored("same", "absent", "stale", "wrong", "unanswered"))
    assert [(type(one).__name__, one.what_is) for one in stopped.value.errors] == [
        ("Conflict", "mirror: wrong is wrong: sha256:bb"),
        ("Unanswered", "mirror: unanswered is unanswered: the mirror answered 502"),
        ("Unsettled", "mirror: absent is absent: not there"),
        ("Unsettled", "mirror: stale is stale: still 1.1.0"),
    ]
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "channel  name        built      found",
        "mirror   same        sha256:aa  ✓ as built: sha256:aa",
        "mirror   absent      sha256:aa  ✗ absent: not there",
        "mirror   stale       sha256:aa  ✗ stale: still 1.1.0",
        "mirror   wrong       sha256:aa  ✗ wrong: sha256:bb",
        "mirror   unanswered  sha256:aa  ✗ unanswered: the mirror answered 502",
    ]


@pytest.mark.parametrize(
    ("name", "kind", "code"), [("absent", Unsettled, 5), ("stale", Unsettled, 5), ("unanswered", Unanswered, 4)]
)
def test_what_may_come_is_waited_for(
    mirrored: Callable[..., Release], capsys: pytest.CaptureFixture[str], name: str, kind: type[ReleaseError], code: int
) -> None:
    """What is not there yet is looked at again until the time is up; each look says for what."""
    with pytest.raises(kind) as stopped:
        read(mirrored(name), 0.5)
    assert code == stopped.value.exit_code
    assert f"not there yet: {name} is {name}; looked at again in 0 s" in capsys.readouterr().out


def test_what_comes_late_is_found(mirrored: Callable[..., Release]) -> None:
    """The third look finds it."""
    (row,) = read(mirrored("late"), 10)
    assert Verdict.SAME is row.seen.verdict


def test_what_is_wrong_is_not_waited_for(mirrored: Callable[..., Release], capsys: pytest.CaptureFixture[str]) -> None:
    """Other bytes do not become ours by waiting."""
    with pytest.raises(Several) as stopped:
        read(mirrored("wrong", "absent"), 600)
    assert any(isinstance(one, Conflict) for one in stopped.value.errors)
    assert "not there yet" not in capsys.readouterr().out


def test_what_is_promoted_later_is_not_asked_for(mirrored: Callable[..., Release]) -> None:
    """Before the promotion nobody misses what comes with it."""
    assert [row.name for row in read(mirrored("same", "promoted"), promoted=False)] == ["same"]
    with pytest.raises(Unsettled):
        read(mirrored("same", "promoted"))


def test_machines_read_objects(mirrored: Callable[..., Release], capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object for each thing that was built."""
    report = Json(Redactor.of_environment())
    comparison.read(mirrored("same"), (), report, Patience(0), promoted=True)
    assert json.loads(capsys.readouterr().out) == {
        "event": "reading",
        "channel": "mirror",
        "name": "same",
        "built": "sha256:aa",
        "verdict": "as built",
        "found": "sha256:aa",
        "warning": "",
    }


def test_a_terminal_shows_every_name_whole() -> None:
    """On a narrow terminal names and digests are folded, never cut."""
    out = io.StringIO()
    report = Terminal(Redactor.of_environment(), console=Console(file=out, width=40))
    row = ComparedRow(
        "image", "ghcr.io/owner/a-rather-long-name:1.2.0", f"sha256:{'a' * 64}", Glance(Verdict.WRONG, "sha256:b")
    )
    report.readings((row,))
    assert "-name:1.2" in out.getvalue()
    assert "…" not in out.getvalue()
    assert "wrong" in out.getvalue()


def test_a_channel_that_does_not_exist(release: Place) -> None:
    """The error names the channels that exist, and a `verify` of the nearest one."""
    said = release.say("verify", "--version", "0.1.5", "--only", "pypy")
    assert said.code == 2
    assert "there is no channel pypy; did you mean pypi?\n" in said.err
    assert "  type:     invoke verify --version 0.1.5 --only pypi" in said.err
