"""A bad day at the chart registry: what the Helm SDK meets there, and what a release makes of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from charted import image, login, look, raised, release_of, seal, walk

from contd_release.channels.chart import channel as chart
from contd_release.engine.step import State
from contd_release.errors import Conflict, FailedCommand, NotReady, ReleaseError, Unanswered, Unsettled
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.sandbox.registry.api import Registry, RegistryRules
from contd_release.sandbox.world import World
from contd_release.tools.helm import helm
from contd_release.tools.helm.registry import is_worth_another_try

# Each packs and pushes with the Helm SDK in a process of its own.
pytestmark = pytest.mark.slow

# Two blobs, the manifest that names them, and the tag.
WHOLE = 4


@dataclass(frozen=True)
class Bench:
    """A world, and a release with a sealed chart that goes there."""

    world: World
    release: Release
    mine: Artifact

    @property
    def registry(self) -> Registry:
        """The world's registry, to look into it."""
        return self.world.part(Registry)

    @property
    def effects(self) -> dict[str, int]:
        """What changed at the charts, and how often."""
        return {what: times for what, times in self.world.ledger.effects().items() if "charts/demo" in what}

    def struck(self) -> int:
        """How many requests met an ordered fault."""
        return sum(bool(asked.fault) for asked in self.world.ledger.requests())

    def pushes(self) -> int:
        """How often helm was started to push."""
        logs = "".join(path.read_text(encoding="utf-8") for path in self.release.logs.glob("*in-the-chart-registry*"))
        return sum(line.startswith("$ ") for line in logs.splitlines())

    def publish(self) -> None:
        """Walk the chart's part of `publish`."""
        walk(self.release, *chart.publish(self.release))

    def is_whole(self) -> None:
        """The registry has our chart under its version, each part of it put there once."""
        (step,) = chart.publish(self.release)
        assert (State.DONE, f"sha256 {self.mine.sha256[:12]}") == look(step)
        assert (WHOLE, {1}) == (len(self.effects), set(self.effects.values()))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Everything built, the image published, the chart not yet."""
    try:
        helm.here()
    except NotReady as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    for name in ("REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "DOCKER_CONFIG", "GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (("NAME", "Ann"), ("EMAIL", "ann@example.com")):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with World(tmp_path / "world") as world:
        login(monkeypatch, world.accounts.publisher.password.reveal(), world.accounts.publisher.user)
        release = release_of(tmp_path, world.registry)
        yield Bench(world, release, seal(release, image(release, world.registry)))


# What passes.


@pytest.mark.parametrize(
    "order",
    [
        pytest.param("GET /v2/token* 1 429=1", id="the token server has enough for a second"),
        pytest.param("POST /v2/* 1 429=1", id="enough uploads for a second"),
        pytest.param("PUT /v2/*/manifests/* 1 429=1", id="enough manifests for a second"),
        pytest.param("GET /v2/token* 1 503", id="no token at once"),
        pytest.param("PUT /v2/*/blobs/* 1 accept-then-502", id="502 after the blob was stored"),
        pytest.param("PUT /v2/*/blobs/* 2 accept-then-drop", id="the answer for the blob is lost"),
        pytest.param("PUT /v2/*/manifests/* 2 accept-then-502", id="502 after the manifest was stored"),
        pytest.param("PUT /v2/*/manifests/1.* 2 accept-then-502", id="502 after the tag was set"),
        pytest.param("PUT /v2/*/manifests/1.* 2 accept-then-drop", id="the answer for the tag is lost"),
        pytest.param("PUT /v2/*/blobs/* 1 cut", id="reset in the middle of a blob"),
        # Helm sends two at a time, and may give up on the other: these are two tries at least, and three at most.
        pytest.param("PUT /v2/*/blobs/* 1-3 cut", id="reset in the middle of three blobs"),
        pytest.param("PUT /v2/*/manifests/* 2 cut", id="reset in the middle of the manifest"),
        pytest.param("POST /v2/* 1 reset", id="reset in the middle of an answer"),
        pytest.param("HEAD /v2/*/blobs/* 1 refuse", id="one connection is refused"),
    ],
)
def test_what_passes_is_tried_again(bench: Bench, order: str) -> None:
    """One walk ends with our chart there, and with nothing there twice."""
    bench.world.faults.order(order)
    bench.publish()
    assert bench.struck()
    bench.is_whole()


def test_a_refusal_that_ends_in_a_token_is_none(bench: Bench) -> None:
    """The registry says 401 and where tokens are; with one that may push, the same request is taken."""
    bench.publish()
    asked = bench.world.ledger.requests()
    begun = [one.status for one in asked if one.method == "POST" and "/charts/demo/" in one.path]
    tokens = [one.path for one in asked if one.path.startswith("/v2/token")]
    assert {401, 202} == set(begun)
    assert any("charts%2Fdemo%3Apull%2Cpush" in path for path in tokens)
    bench.is_whole()


def test_a_registry_with_passwords_and_no_tokens(bench: Bench) -> None:
    """A plain htpasswd takes the same login."""
    bench.registry.rules = RegistryRules(login="basic")
    bench.publish()
    assert not [one for one in bench.world.ledger.requests() if "/v2/token" in one.path and "push" in one.path][1:]
    bench.is_whole()


# What does not.


@pytest.mark.parametrize(
    ("order", "status"),
    [
        pytest.param("PUT /v2/*/manifests/* every 405", 405, id="read-only"),
        pytest.param("POST /v2/*charts/* every 403", 403, id="forbidden"),
        pytest.param("PUT /v2/*/manifests/* every 401", 401, id="the login has ended"),
    ],
)
def test_a_refusal_stops_at_once(bench: Bench, order: str, status: int) -> None:
    """The registry's answer is told after one push, and nothing has the version's name; the next walk goes on."""
    bench.world.faults.order(order)
    told = raised(bench.publish, FailedCommand)
    assert f"response status code {status}" in told
    assert "type:     less " in told
    assert bench.pushes() == 1
    assert not [what for what in bench.effects if what.startswith("tag ")]
    bench.world.faults.clear()
    bench.publish()
    bench.is_whole()


def test_resets_that_outlast_every_try(bench: Bench) -> None:
    """The push is tried four times and then told, with nothing under the version's name; the next walk goes on."""
    bench.world.faults.order("PUT /v2/*/blobs/* every cut")
    told = raised(bench.publish, FailedCommand)
    assert "failed to perform" in told
    assert "type:     less " in told
    assert bench.pushes() == 4
    assert not [what for what in bench.effects if what.startswith("tag ")]
    bench.world.faults.clear()
    bench.publish()
    bench.is_whole()


def test_a_registry_that_turns_read_only(bench: Bench) -> None:
    """Nothing is there, the message has the 405, and when maintenance is over the same walk goes on."""
    bench.registry.rules = RegistryRules(read_only=True)
    told = raised(bench.publish, FailedCommand)
    assert "response status code 405: unsupported: the registry is read-only" in told
    assert (bench.pushes(), bench.effects) == (1, {})
    bench.registry.rules = RegistryRules()
    bench.publish()
    bench.is_whole()


@pytest.mark.parametrize("kind", ["bearer", "basic"])
def test_a_wrong_password_is_never_absent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, kind: Literal["bearer", "basic"]
) -> None:
    """The walk stops before it pushes anything, with what to set, and without the password."""
    bench.registry.rules = RegistryRules(login=kind)
    login(monkeypatch, "wrong-password")
    told = raised(bench.publish, Unanswered)
    assert "CONTD_REGISTRY_PASSWORD" in told
    assert "wrong-password" not in told
    assert bench.effects == {}


def test_a_registry_that_is_down_for_long_is_said_to_be(bench: Bench) -> None:
    """Not knowing is no "free": nothing is pushed while the registry does not say what it has."""
    bench.world.faults.order("* /v2/* every 503")
    assert "503" in raised(bench.publish, Unanswered)
    assert bench.effects == {}


def test_a_registry_that_says_yes_and_does_nothing(bench: Bench) -> None:
    """A push that ended well and is not to be seen is told as that, and never as published."""
    bench.world.faults.order("PUT /v2/*/manifests/1.* every lie=201")
    (step,) = chart.publish(bench.release)
    told = raised(lambda: walk(bench.release, replace(step, patience=0.3)), Unsettled)
    assert f"done without an error, and still oci://{bench.world.registry}/charts/demo:1.2.0-rc.1 is free" in told


def test_another_chart_is_a_conflict_and_stays(bench: Bench, tmp_path: Path) -> None:
    """What somebody else has under our version is told, and no request asks for a change."""
    (tmp_path / "theirs").mkdir()
    theirs = release_of(tmp_path / "theirs", bench.world.registry, **{"helm/demo/NOTES.md": "other bytes\n"})
    seal(theirs)
    walk(theirs, *chart.publish(theirs))
    before = len(bench.world.ledger.requests())
    assert "(a chart that is out is never overwritten)" in raised(bench.publish, Conflict)
    assert bench.world.ledger.mutating(after=before) == ()


# Read back.


@pytest.mark.parametrize(
    "order",
    [
        "GET /v2/*/blobs/* 1 502",
        "GET /v2/*/blobs/* 1 429=1",
        "GET /v2/*/blobs/* 1 truncate",
        "GET /v2/*/blobs/* 1 reset",
        "GET /v2/*/blobs/* 1 lie",
        "GET /v2/*/manifests/* 1 drop",
        "HEAD /v2/*/manifests/* 1 503",
    ],
)
def test_reading_back_is_tried_again(bench: Bench, order: str) -> None:
    """What a registry says wrong once is asked once more; what was built is found in the end."""
    bench.publish()
    bench.world.faults.order(order)
    walk(bench.release, *chart.verify(bench.release))
    assert bench.struck()
    (step,) = chart.verify(bench.release)
    assert step.observe().state == State.DONE


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ("helm push a.tgz ended with 1\n  | Error: response status code 502: Bad Gateway", True),
        ("helm push a.tgz ended with 1\n  | Error: PUT blobs/sha256:ab405cd403ef401: connection reset", True),
        ("helm push /srv/405/a.tgz ended with 1\n  | Error: EOF", True),
        ("helm push a.tgz ended with 1\n  | Error: response status code 405: Method Not Allowed", False),
        ("helm push a.tgz ended with 1\n  | Error: response status code 401: Unauthorized", False),
        ("helm push a.tgz ended with 1\n  | Error: unexpected status from POST request: 403 Forbidden", False),
        ("helm push a.tgz ended with 1\n  | Error: denied: requested access to the resource is denied", False),
    ],
)
def test_what_is_worth_another_try(failure: str, expected: bool) -> None:
    """The registry's refusal ends it; digits of a digest or of a path are no refusal."""
    assert expected == is_worth_another_try(FailedCommand(failure))
    assert not is_worth_another_try(ReleaseError(failure))
