"""What the table of `invoke verify` says of files: on GitHub, and on a package index that lags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from github_release import build, release_of, walk
from github_server import Github, serving
from packaging.version import Version
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from contd_release.channels.github import channel
from contd_release.channels.github.draft import attached, drafted
from contd_release.channels.github.promote import promoted
from contd_release.channels.pypi import channel as pypi
from contd_release.errors import Unanswered
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Pypi, Settings
from contd_release.sandbox.github.records import Asset

WHEEL = "contd-1.2.0-py3-none-any.whl"


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Github]:
    """A judged GitHub, and a token for it in the environment."""
    monkeypatch.delenv("GH_TOKEN", raising=False)
    with serving(tmp_path) as github:
        monkeypatch.setenv("GITHUB_TOKEN", github.token)
        yield github


def told(release: Release) -> dict[str, str]:
    """The verdict on every file on GitHub."""
    return {one.name: one.look().verdict.value for one in channel.readings(release)}


def test_files_on_github(github: Github, tmp_path: Path) -> None:
    """Absent, in a draft and so stale, as built once public; a half one is stale, another one is wrong."""
    release = release_of(github, tmp_path)
    assert told(release) == {}
    build(release, github.head)
    assert {"absent"} == set(told(release).values())
    walk(drafted(release), attached(release), log=tmp_path)
    assert {"stale"} == set(told(release).values())
    github.tag("v1.2.0")
    walk(promoted(release), log=tmp_path)
    assert {"as built"} == set(told(release).values())
    assert len(told(release)) == 5
    assert all(one.is_promoted for one in channel.readings(release))
    assets = github.place.shelf(Asset)
    half, other = list(assets)[:2]
    assets.put(replace(half, state="starter"))
    assets.put(replace(other, digest="sha256:" + "0" * 64))
    found = told(release)
    assert (found[half.name], found[other.name]) == ("stale", "wrong")
    github.world.faults.order("GET * every 502")
    with pytest.raises(Unanswered):
        told(release)


@pytest.fixture
def index() -> Iterator[tuple[str, dict[str, list[dict[str, object]]]]]:
    """An index whose list and whose JSON API are two caches, and what each holds."""
    held: dict[str, list[dict[str, object]]] = {"simple": [], "json": []}

    @Request.application
    def answer(request: Request) -> Response:
        if request.path == "/simple/contd/":
            body = json.dumps({"files": held["simple"], "meta": {"api-version": "1.1"}, "name": "contd"})
            return Response(body, mimetype="application/vnd.pypi.simple.v1+json")
        if request.path == "/pypi/contd/1.2.0/json" and held["json"]:
            return Response(json.dumps({"urls": held["json"]}), mimetype="application/json")
        return Response(status=404)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/simple/", held
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def look(tmp_path: Path, index: tuple[str, object]) -> Callable[[], tuple[str, str]]:
    """Looks for the wheel of a release on that index: the verdict and what is there."""
    settings = Settings(pypi=Pypi("http://127.0.0.1:1/legacy/", index[0]))
    project = Project(tmp_path, tmp_path / "state", "contd", settings, News())
    release = Release(project, Version("1.2.0"), Version("1.1.0"), "0" * 40, 1)
    release.dist.mkdir(parents=True)
    (release.dist / WHEEL).write_text("wheel", encoding="utf-8")
    assert pypi.readings(release) == ()
    wheel = artifacts.measured(release.dist / WHEEL, "wheel")
    artifacts.seal(release.dist, Sealed("contd", "1.2.0", "0" * 40, 1, (wheel,)))

    def found() -> tuple[str, str]:
        (reading,) = pypi.readings(release)
        seen = reading.look()
        return seen.verdict.value, seen.what

    return found


def test_an_index_that_lags_is_stale(
    look: Callable[[], tuple[str, str]], index: tuple[str, dict[str, list[dict[str, object]]]]
) -> None:
    """
    Nothing anywhere is absent; known to the index and not listed for installers is stale; listed is as built, or wrong.
    """
    held, ours = index[1], hashlib.sha256(b"wheel").hexdigest()
    assert look() == ("absent", "not there")
    held["json"] = [{"filename": WHEEL}]
    assert look() == ("stale", "the index knows it, and does not list it yet")
    held["simple"] = [{"filename": WHEEL, "url": WHEEL, "hashes": {"sha256": ours}}]
    assert ("as built", f"sha256:{ours}") == look()
    held["simple"] = [{"filename": WHEEL, "url": WHEEL, "hashes": {"sha256": "0" * 64}}]
    assert ("wrong", f"sha256:{'0' * 64}") == look()
    held["simple"] = [{"filename": WHEEL, "url": WHEEL, "hashes": {}}]
    with pytest.raises(Unanswered, match="without a sha256"):
        look()
