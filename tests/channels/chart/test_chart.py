"""The chart channel, against Debian's docker-registry and the real Helm SDK."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from charted import CHART_YAML, EPOCH, image, login, look, raised, release_of, seal, undo, walk
from packaging.version import Version
from programs import needed

from contd_release.channels.chart import access, build, dependencies, publish, verify
from contd_release.channels.chart import channel as chart
from contd_release.channels.chart import names as chart_names
from contd_release.engine.step import State
from contd_release.errors import Conflict, FailedCommand, NotReady, Unanswered, Unsettled, Usage
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed, Tampered
from contd_release.project.settings import Chart, Image
from contd_release.sandbox.registry.api import Registry as Catalogued
from contd_release.sandbox.world import World
from contd_release.tools.helm import helm
from contd_release.tools.helm import registry as helm_registry
from contd_release.tools.oci.repository import OciRepository

# Each packs a chart with the Helm SDK in a process of its own.
pytestmark = pytest.mark.slow

USER, PASSWORD = "publisher", "correct horse battery"


@pytest.fixture(autouse=True, scope="module")
def packer() -> None:
    """Skip where nothing packs charts; fail there in CI, which installs it."""
    try:
        helm.here()
    except NotReady as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


@dataclass
class Registry:
    """Debian's docker-registry on a free port of this machine, in a folder of its own."""

    folder: Path
    guarded: bool = False
    read_only: bool = False
    port: int = field(default=0, init=False)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def host(self) -> str:
        """Host and port, as names of images and charts begin."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, again on the same port, and wait until it answers."""
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        self.folder.mkdir(exist_ok=True)
        config = {
            "version": "0.1",
            "log": {"level": "error"},
            "http": {"addr": self.host},
            "storage": {
                "filesystem": {"rootdirectory": str(self.folder / "blobs")},
                "delete": {"enabled": True},
                "maintenance": {"readonly": {"enabled": self.read_only}},
            },
        }
        if self.guarded:
            users = self.folder / "htpasswd"
            users.write_bytes(subprocess.check_output(("htpasswd", "-Bbn", USER, PASSWORD)))
            config["auth"] = {"htpasswd": {"realm": "tests", "path": str(users)}}
        path = self.folder / "config.yml"
        path.write_text(json.dumps(config))
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(("docker-registry", "serve", str(path)), stdout=log, stderr=log)
        for _ in range(200):
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """End it; what it holds stays."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def content(self) -> dict[str, bytes]:
        """Everything it holds, by path."""
        files = (path for path in (self.folder / "blobs").rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Registry]]:
    """Starts registries, and ends them."""
    needed("docker-registry", "docker-registry")
    started: list[Registry] = []

    def one(*, guarded: bool = False, read_only: bool = False) -> Registry:
        if guarded:
            needed("htpasswd", "apache2-utils")
        registry = Registry(tmp_path / f"registry-{len(started)}", guarded=guarded, read_only=read_only)
        registry.start()
        started.append(registry)
        return registry

    yield one
    for registry in started:
        registry.stop()


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No login of this machine, and no cache of it."""
    for name in ("REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "DOCKER_CONFIG", "GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CONTD_REGISTRY_USERNAME", "CONTD_REGISTRY_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ann@example.com")


# Build.


def test_two_builds_are_equal(tmp_path: Path) -> None:
    """Two machines that build the same commit at different times get the same bytes."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = seal(release_of(tmp_path / "a"))
    time.sleep(1.1)
    two = seal(release_of(tmp_path / "b"))
    assert one.name == "demo-1.2.0-rc.1.tgz"
    assert one == two


def test_building_is_observed_in_each_state(tmp_path: Path) -> None:
    """Nothing, another attempt's file, ours, sealed, gone again."""
    release = release_of(tmp_path)
    step = build.packed(release)
    assert look(step) == (State.ABSENT, "demo-1.2.0-rc.1.tgz is not built")
    mine = seal(release)
    assert look(step) == (State.DONE, "sealed")
    undo(release, step)
    assert look(step) == (State.ABSENT, "demo-1.2.0-rc.1.tgz is not built")
    walk(release, *chart.build(release))
    assert (State.DONE, f"sha256 {mine.sha256[:12]}") == look(step)
    later = build.packed(replace(release, epoch=EPOCH + 1))
    assert look(later) == (State.PARTIAL, "demo-1.2.0-rc.1.tgz is there from another attempt")
    undo(release, step)
    assert look(step) == (State.ABSENT, "demo-1.2.0-rc.1.tgz is not built")


def test_a_sealed_chart_that_changed_stops_everything(tmp_path: Path) -> None:
    """Other bytes than the sealed ones are neither pushed nor built again."""
    release = release_of(tmp_path)
    mine = seal(release)
    (release.dist / mine.name).write_bytes(b"swapped")
    assert f"expected: sha256 {mine.sha256}, as it was sealed" in raised(build.packed(release).observe, Tampered)
    with pytest.raises(Tampered):
        publish.pushed(release).act[0].run(Running(tmp_path / "log"))


# Access.


def test_access_says_what_packs(tmp_path: Path) -> None:
    """The packer tells its name and version."""
    state, detail = look(access.packer())
    assert (state, "v4" in detail or "v3" in detail) == (State.DONE, True)


def test_a_sound_chart_is_sound_as_git_has_it(tmp_path: Path) -> None:
    """What lies in the working tree beside git neither helps nor harms."""
    release = release_of(tmp_path)
    (release.project.root / "helm/demo/Chart.yaml").write_text("broken")
    assert look(access.sound(release)) == (State.DONE, "demo lints strictly and renders")


@pytest.mark.parametrize(
    ("files", "settings", "expected"),
    [
        pytest.param(
            {"helm/demo/templates/pod.yaml": "kind: {{ .Values.image | nope }}\n"},
            {},
            ('function "nope" not defined', "helm lint --strict helm/demo"),
            id="template",
        ),
        pytest.param(
            {"helm/demo/Chart.yaml": CHART_YAML.replace("name: demo", "name: other")},
            {},
            ("helm/demo is the chart 'other', not 'demo'", 'name = "other" in [tool.contd-release.chart]'),
            id="name",
        ),
        pytest.param(
            {"helm/demo/values.yaml": "image: ghcr.io/someone/else\n"},
            {},
            ("helm/demo renders no object with the image 127.0.0.1:1/demo", 'image = "…"'),
            id="image",
        ),
        pytest.param(
            {"helm/demo/Chart.yaml": CHART_YAML + "dependencies: [{name: db, version: 1.0.0, repository: ''}]\n"},
            {},
            ("git has neither a Chart.lock nor db 1.0.0 (missing) in charts/", "helm dependency build"),
            id="dependency",
        ),
    ],
)
def test_an_unsound_chart_says_what_to_do(
    tmp_path: Path, files: dict[str, str], settings: dict[str, str], expected: tuple[str, str]
) -> None:
    """A chart that cannot be released stops before anything is changed, with the one thing to do."""
    found = access.sound(release_of(tmp_path, **files)).observe()
    assert found.state == State.ABSENT
    assert (expected[0] in found.detail, expected[1] in found.type_next) == (True, True), found


LOCKED = {
    "helm/demo/Chart.yaml": CHART_YAML + "dependencies: [{name: db, version: 1.0.0, repository: 'file://../db'}]\n",
    "helm/db/Chart.yaml": CHART_YAML.replace("demo", "db").replace("1.1.0", "1.0.0"),
}


def test_a_locked_dependency_is_fetched_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is fetched before anything is changed, and the build needs the place that it came from no more."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    room = tmp_path / "locking"
    for path, text in LOCKED.items():
        (room / path).parent.mkdir(parents=True)
        (room / path).write_text(text, encoding="utf-8")
    subprocess.run(
        (*helm.program(), "dependency", "build", "--", str(room / "helm/demo")), check=True, capture_output=True
    )
    lock = (room / "helm/demo/Chart.lock").read_text(encoding="utf-8")
    release = release_of(tmp_path, **LOCKED, **{"helm/demo/Chart.lock": lock})
    assert look(access.sound(release)) == (State.DONE, "demo lints strictly and renders")
    source = tmp_path / "checkout/helm/demo"
    shutil.copytree(release.tree / "helm/demo", source)
    assert "version: 1.2.0-rc.1" in (source / "Chart.yaml").read_text(encoding="utf-8")
    dependencies.taken(release, source)
    assert helm.missing(source) == ()


def test_a_locked_dependency_that_cannot_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What helm says is said before anything is changed, and not by the build."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    release = release_of(tmp_path, **LOCKED, **{"helm/demo/Chart.lock": "dependencies: []\n"})
    found = access.sound(release).observe()
    assert State.ABSENT is found.state
    assert found.detail.startswith("db 1.0.0 (missing) cannot be fetched: ")
    assert found.type_next == "helm dependency build helm/demo"


def test_a_dependency_in_git_is_packed(tmp_path: Path) -> None:
    """A chart below `charts/` goes along, and the same way twice."""
    files = {
        "helm/demo/Chart.yaml": CHART_YAML + "dependencies: [{name: db, version: 1.0.0, repository: ''}]\n",
        "helm/demo/charts/db/Chart.yaml": CHART_YAML.replace("demo", "db").replace("1.1.0", "1.0.0"),
    }
    release = release_of(tmp_path, **files)
    assert look(access.sound(release)) == (State.DONE, "demo lints strictly and renders")
    seal(release)
    names = subprocess.check_output(("tar", "tf", str(release.dist / "demo-1.2.0-rc.1.tgz")), text=True).split()
    assert (names[0], "demo/charts/db/Chart.yaml" in names) == ("demo/Chart.yaml", True)


def test_a_chart_outside_the_repository_is_refused(tmp_path: Path) -> None:
    """Neither `..` nor an absolute path leads out of the checkout."""
    release = release_of(tmp_path)
    for path in ("../demo", "/etc/demo"):
        settings = replace(release.project.settings, chart=Chart(path, "oci://127.0.0.1:1/charts"))
        other = replace(release, project=replace(release.project, settings=settings))
        told = raised(access.sound(other).observe, Usage)
        assert (
            f"{path!r} leads out of the repository\n"
            "  expected: a folder below its root\n"
            "  type:     $EDITOR pyproject.toml" == told
        )


def test_a_chart_that_git_has_not_says_so(tmp_path: Path) -> None:
    """A path that is not in the commit is a mistake in the configuration."""
    release = release_of(tmp_path)
    settings = replace(release.project.settings, chart=Chart("helm/nope", "oci://127.0.0.1:1/charts"))
    other = replace(release, project=replace(release.project, settings=settings))
    assert f"git has no helm/nope at {release.base[:12]}" in raised(access.sound(other).observe, Usage)


@pytest.mark.integration
def test_the_registry_says_whether_we_may_push(
    tmp_path: Path, start: Callable[..., Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The login is tried before anything is changed; a wrong one is found here."""
    host = start(guarded=True).host
    release = release_of(tmp_path, host)
    login(monkeypatch, "wrong")
    expected = f"oci://{host}/charts does not let our login push"
    found = access.welcome(release).observe()
    assert (State.ABSENT, expected) == (found.state, found.detail)
    assert found.type_next == "export CONTD_REGISTRY_USERNAME=… CONTD_REGISTRY_PASSWORD=…"
    login(monkeypatch, PASSWORD)
    assert (State.DONE, f"our login may push to oci://{host}/charts") == look(access.welcome(release))


# Publish.


@pytest.mark.integration
@pytest.mark.parametrize("guarded", [False, True], ids=["open", "htpasswd"])
def test_a_chart_is_published_once_and_read_back(
    tmp_path: Path, start: Callable[..., Registry], monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Free, pushed, verified; walking again changes nothing in the registry."""
    registry = start(guarded=guarded)
    if guarded:
        login(monkeypatch, PASSWORD)
    release = release_of(tmp_path, registry.host)
    told = f"oci://{registry.host}/charts/demo:1.2.0-rc.1"
    assert (State.ABSENT, f"{told} is free") == look(publish.pushed(release))
    assert look(verify.consumed(release)) == (State.ABSENT, "nothing is built yet")
    mine = seal(release, image(release, registry.host))
    assert (State.ABSENT, f"{told} is free") == look(publish.pushed(release))
    assert look(verify.consumed(release)) == (State.ABSENT, "not pulled and rendered yet")
    assert f"{told} is not there" in raised(lambda: verify.consume(release), Unsettled)
    walk(release, *chart.publish(release), *chart.verify(release))
    assert (State.DONE, f"sha256 {mine.sha256[:12]}") == look(publish.pushed(release))
    state, detail = look(verify.consumed(release))
    assert (state, detail.startswith("pulled and rendered, 20")) == (State.DONE, True)
    assert guarded == (verify.consumer(release).login is not None)
    before = registry.content()
    walk(release, *chart.build(release), *chart.publish(release), *chart.verify(release))
    assert before == registry.content()
    assert PASSWORD not in "".join(path.read_text() for path in release.logs.rglob("*.log"))


@pytest.mark.integration
def test_another_chart_under_our_version_is_a_conflict(tmp_path: Path, start: Callable[..., Registry]) -> None:
    """What stands under our name is never overwritten, whether we have built or not."""
    registry = start()
    for name in ("theirs", "ours"):
        (tmp_path / name).mkdir()
    theirs = release_of(tmp_path / "theirs", registry.host, **{"helm/demo/NOTES.md": "other bytes\n"})
    their = seal(theirs)
    walk(theirs, *chart.publish(theirs))
    before = registry.content()
    ours = release_of(tmp_path / "ours", registry.host)
    told = f"oci://{registry.host}/charts/demo:1.2.0-rc.1 is there with sha256:{their.sha256[:12]}"
    assert (State.CONFLICT, f"{told}, and nothing of ours is sealed") == look(publish.pushed(ours))
    mine = seal(ours)
    assert (State.CONFLICT, f"{told}, ours is sha256:{mine.sha256[:12]}") == look(publish.pushed(ours))
    with pytest.raises(Conflict):
        walk(ours, *chart.publish(ours))
    other = (
        f"oci://{registry.host}/charts/demo:1.2.0-rc.1: it has sha256 {their.sha256}\n  expected: sha256 {mine.sha256}"
    )
    assert other in raised(lambda: verify.consume(ours), Conflict)
    assert before == registry.content()


@pytest.mark.integration
def test_an_image_under_the_chart_s_name_is_a_conflict(tmp_path: Path, start: Callable[..., Registry]) -> None:
    """What is there and is no chart is not free either."""
    registry = start()
    release = release_of(tmp_path, registry.host)
    artifact = image(release, registry.host)
    settings = replace(release.project.settings, chart=Chart("helm/demo", f"oci://{registry.host}"))
    other = replace(release, project=replace(release.project, settings=settings))
    told = f"oci://{registry.host}/demo:1.2.0-rc.1 is there with {artifact.digest[:19]}"
    assert (State.CONFLICT, f"{told}, and nothing of ours is sealed") == look(publish.pushed(other))


@pytest.mark.integration
def test_a_wrong_password_is_not_absent_and_publishes_nothing(
    tmp_path: Path, start: Callable[..., Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused credential is no answer, and the push itself fails with the registry's words, once."""
    registry = start(guarded=True)
    login(monkeypatch, "wrong password")
    release = release_of(tmp_path, registry.host)
    seal(release)
    before = registry.content()
    raised(publish.pushed(release).observe, Unanswered)
    raised(lambda: verify.consume(release), Unanswered)
    push = publish.pushed(release)
    with pytest.raises(FailedCommand) as failure:
        push.act[1].run(Running(tmp_path / "push.log"))
    assert push.retry is not None
    assert (push.retry(failure.value), "wrong password" in str(failure.value)) == (False, False)
    assert before == registry.content()


@pytest.mark.integration
def test_a_registry_that_turns_read_only_is_not_tried_again(tmp_path: Path, start: Callable[..., Registry]) -> None:
    """405 is an answer: the push stops with it at once."""
    registry = start()
    release = release_of(tmp_path, registry.host)
    seal(release)
    registry.stop()
    registry.read_only = True
    registry.start()
    told = raised(lambda: walk(release, *chart.publish(release)), FailedCommand)
    assert ("405" in told, told.count("| $ ")) == (True, 1), told


def test_no_registry_is_no_answer(tmp_path: Path) -> None:
    """A refused connection is never "free"; pushing may be tried again."""
    release = release_of(tmp_path)
    seal(release)
    assert "http://127.0.0.1:1" in raised(publish.pushed(release).observe, Unanswered)
    assert "http://127.0.0.1:1" in raised(access.welcome(release).observe, Unanswered)
    push = publish.pushed(release)
    with pytest.raises(FailedCommand) as failure:
        push.act[1].run(Running(tmp_path / "push.log"))
    assert push.retry is not None
    assert push.retry(failure.value)


def test_nothing_is_pushed_that_is_not_sealed(tmp_path: Path) -> None:
    """A chart without a seal cannot be compared, so it stays here."""
    release = release_of(tmp_path)
    told = raised(lambda: publish.pushed(release).act[0].run(Running(tmp_path / "log")), NotReady)
    assert told == "demo-1.2.0-rc.1.tgz is not sealed\n  expected: built artifacts\n  type:     invoke build"


def test_publishing_is_behind_the_line_and_prints_what_runs(tmp_path: Path) -> None:
    """A pushed chart cannot be taken back, and the plan shows the command."""
    release = release_of(tmp_path)
    (step,) = chart.publish(release)
    assert step.undo is None
    words = str(step.act[1]).split()[-5:]
    archive = release.dist / "demo-1.2.0-rc.1.tgz"
    assert ["push", "--plain-http", "--", str(archive), "oci://127.0.0.1:1/charts"] == words


# Verify.


@pytest.mark.integration
def test_the_image_that_the_chart_names_is_the_one_we_built(tmp_path: Path, start: Callable[..., Registry]) -> None:
    """Another image under the name, none, or another name: each is told."""
    registry = start()
    host = registry.host
    release = release_of(tmp_path, host)
    ours = image(release, host)
    seal(release, ours)
    walk(release, *chart.publish(release))
    other = image(release, host, says="something else")
    told = f"{host}/demo:1.2.0-rc.1 is {other.digest[:19]}, built was {ours.digest[:19]}\n"
    assert told in raised(lambda: verify.consume(release), Conflict)
    assert OciRepository.named(f"{host}/demo").delete(other.digest)
    told = f"{host}/demo:1.2.0-rc.1 is not there, built was {ours.digest[:19]}\n"
    assert told in raised(lambda: verify.consume(release), Conflict)
    mirror = replace(release.project.settings, image=Image(f"{host}/another"))
    moved = replace(release, project=replace(release.project, settings=mirror))
    told = f"it names {host}/demo:1.2.0-rc.1, registry.example.com/proxy:2, and not {host}/another\n"
    assert told in raised(lambda: verify.consume(moved), Conflict)


@pytest.mark.integration
def test_a_chart_may_know_the_image_under_another_name(tmp_path: Path, start: Callable[..., Registry]) -> None:
    """Where the image is pushed to another place than the chart names, as in a rehearsal, that place is asked."""
    host = start().host
    release = release_of(tmp_path, host, **{"helm/demo/values.yaml": "image: ghcr.io/owner/demo\n"})
    renamed = Chart("helm/demo", f"oci://{host}/charts", image="ghcr.io/owner/demo")
    settings = replace(release.project.settings, chart=renamed)
    release = replace(release, project=replace(release.project, settings=settings))
    assert access.sound(release).observe().state == State.DONE
    seal(release, image(release, host))
    walk(release, *chart.publish(release), *chart.verify(release))
    assert verify.consumed(release).observe().state == State.DONE


@pytest.mark.integration
def test_a_chart_with_other_versions_inside_is_told(tmp_path: Path, start: Callable[..., Registry]) -> None:
    """Bytes that are ours and say another version are a mistake of the build."""
    registry = start()
    release = release_of(tmp_path, registry.host)
    seal(release)
    later = replace(release, version=Version("1.2.0"))
    later.dist.mkdir(parents=True)
    shutil.copy(release.dist / "demo-1.2.0-rc.1.tgz", later.dist / "demo-1.2.0.tgz")
    (mine,) = chart.built(later)
    artifacts.seal(later.dist, Sealed("demo", "1.2.0", release.base, EPOCH, (mine,)))
    walk(release, *chart.publish(release))
    there = helm_registry.repository(chart_names.ref(release))
    manifest = there.manifest(there.digest("1.2.0-rc.1") or "")
    assert manifest is not None
    there.put("1.2.0", manifest)
    told = raised(lambda: verify.consume(later), Conflict)
    assert "demo-1.2.0.tgz says version 1.2.0-rc.1 and appVersion 1.2.0-rc.1, not 1.2.0\n" in told


# The sandbox's registry: a bearer token first, as public registries want it.


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own."""
    with World(tmp_path / "world") as started:
        yield started


def test_a_world_takes_a_chart_once(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Allowed, published and read back by everybody; walked again, no request changes anything."""
    login(monkeypatch, world.accounts.publisher.password.reveal(), world.accounts.publisher.user)
    release = release_of(tmp_path, world.registry)
    assert (State.DONE, f"our login may push to oci://{world.registry}/charts") == look(access.welcome(release))
    seal(release, image(release, world.registry))
    walk(release, *chart.publish(release), *chart.verify(release))
    assert verify.consumer(release).login is None
    already = f"oci://{world.registry}/charts/demo:1.2.0-rc.1 is there"
    assert (State.DONE, already) == look(access.welcome(release))
    before = world.ledger.effects()
    walk(release, *chart.access(release), *chart.publish(release), *chart.verify(release))
    assert before == world.ledger.effects()


def test_a_world_refuses_what_it_should(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may only read is told so before anything is changed, and a registry under maintenance too."""
    release = release_of(tmp_path, world.registry)
    reader = world.accounts.reader
    login(monkeypatch, reader.password.reveal(), reader.user)
    refused = f"oci://{world.registry}/charts does not let our login push"
    assert (State.ABSENT, refused) == look(access.welcome(release))
    registry = world.part(Catalogued)
    registry.rules = replace(registry.rules, read_only=True)
    login(monkeypatch, world.accounts.publisher.password.reveal(), world.accounts.publisher.user)
    closed = f"oci://{world.registry}/charts takes nothing now: it is read-only"
    assert (State.ABSENT, closed) == look(access.welcome(release))
