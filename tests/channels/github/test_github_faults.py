"""Every request that changes something on GitHub, met by every misfortune in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from github_release import build, release_of, state, walk
from github_server import Github, serving

from contd_release.channels.github import channel
from contd_release.engine.checklist import Item
from contd_release.engine.step import State
from contd_release.errors import ReleaseError
from contd_release.project.release import Release

FAULTS = (
    "refuse drop cut reset truncate lie 401 403 404 409 422 429=1 500 502 504 accept-then-drop accept-then-502 "
    "accept-then-500 accept-then-422"
).split()
# A draft, five files, the publication.
CHANGES = 7


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Github]:
    """A judged GitHub, and a token for it in the environment."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serving(tmp_path) as github:
        monkeypatch.setenv("GITHUB_TOKEN", github.token)
        yield github


@pytest.fixture
def release(github: Github, tmp_path: Path) -> Release:
    """1.2.0, built, and tagged beforehand, since the tag is another channel's."""
    release = release_of(github, tmp_path)
    build(release, github.tag("v1.2.0"))
    return release


def _items(release: Release) -> tuple[Item, ...]:
    return (*channel.stage(release), *channel.promote(release))


def test_the_count_of_changes_is_right(github: Github, release: Release, tmp_path: Path) -> None:
    """The sweep below meets every one of them."""
    walk(*_items(release), log=tmp_path)
    assert len(github.changes()) == CHANGES


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("number", range(1, CHANGES + 1))
def test_any_change_may_go_wrong(github: Github, release: Release, tmp_path: Path, number: int, fault: str) -> None:
    """It converges, or stops with a named cause and converges when walked again; nothing is there twice, or lost."""
    method, path, at = ("POST", "/api/v3/*", 1) if number == 1 else ("POST", "/uploads/*", number - 1)
    if number == CHANGES:
        method, path, at = "PATCH", "/api/v3/*", 1
    github.world.faults.order(f"{method} {path} {at} {fault}")
    try:
        walk(*_items(release), log=tmp_path)
    except ReleaseError as error:
        assert error.what_is
        assert github.token not in str(error)
        walk(*_items(release), log=tmp_path)
    assert [state(one) for one in _items(release)] == [State.DONE] * 4
    _assert_once(github)
    before = github.changes()
    walk(*_items(release), log=tmp_path)
    assert before == github.changes()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["404", "lie", "401"])
@pytest.mark.parametrize("number", range(1, 25))
def test_any_question_may_go_wrong(github: Github, release: Release, tmp_path: Path, number: int, fault: str) -> None:
    """A wrong answer makes nothing twice: not even "not found" for what is there."""
    github.world.faults.order(f"GET /api/v3/* {number} {fault}")
    try:
        walk(*_items(release), log=tmp_path)
    except ReleaseError as error:
        assert github.token not in str(error)
        walk(*_items(release), log=tmp_path)
    assert [state(one) for one in _items(release)] == [State.DONE] * 4
    _assert_once(github)


def _assert_once(github: Github) -> None:
    """One draft, one publication, each file once."""
    effects = github.world.ledger.effects()
    made = {name for name in effects if re.match(r"(draft|release|asset) ", name)}
    assert len(made) == 7
    assert dict.fromkeys(made, 1) == {name: effects[name] for name in made}
    assert sum("deleted draft" in name for name in effects) == 0
