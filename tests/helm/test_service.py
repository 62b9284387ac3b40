"""The monitor as a service: the objects that `helm/contd-release` renders to, and the scripts in them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from contd_release import __version__
from contd_release.errors import NotReady, Usage
from contd_release.project.version import parse, semver
from contd_release.sandbox.metrics import Metrics
from contd_release.sandbox.world import World
from contd_release.tools import openmetrics
from contd_release.tools.helm import helm

if TYPE_CHECKING:
    from tests.conftest import Place

# The Helm SDK renders the chart in a process of its own.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CHART = ROOT / "helm" / "contd-release"
FULL = """\
image: {repository: registry.example.com/monitor, digest: "sha256:%s", pullPolicy: Always}
imagePullSecrets: [{name: pull}]
fullnameOverride: watch
repository: {url: "https://git.example.com/app.git", branch: trunk}
schedule: "@hourly"
timeZone: Europe/Berlin
suspend: true
args: ["--version", "1.2.0"]
configuration: |
  main = "trunk"
  [monitor]
  prometheus = "https://prometheus.example.com"
secrets:
  existing: release
  environment: [{name: GITHUB_TOKEN, secret: github, key: token}]
environment: {LOG: "yes"}
persistence: {enabled: true, storageClass: fast, size: 2Gi}
metrics: {enabled: true, port: 9999, annotations: {prometheus.io/scrape: "true"}}
serviceAccount: {name: watcher, annotations: {team: release}}
podAnnotations: {note: a}
podLabels: {cost: low}
nodeSelector: {disk: ssd}
tolerations: [{key: batch, operator: Exists}]
""" % ("0" * 64)


@pytest.fixture(autouse=True, scope="module")
def packer() -> None:
    """Skip where nothing renders charts; fail there in CI, which installs it."""
    try:
        helm.here()
    except NotReady as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


def objects(values: Path | None = None) -> dict[str, dict[str, Any]]:
    """The rendered objects by kind."""
    found = [one for one in yaml.safe_load_all(helm.rendered(CHART, values)) if one]
    return {one["kind"]: one for one in found}


@pytest.fixture(scope="module")
def default() -> dict[str, dict[str, Any]]:
    """The objects for the default values."""
    return objects()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The objects with everything set."""
    values = tmp_path_factory.mktemp("values") / "full.yaml"
    values.write_text(FULL)
    return objects(values)


def pods(rendered: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The specification of every pod."""
    yield rendered["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    if deployment := rendered.get("Deployment"):
        yield deployment["spec"]["template"]["spec"]


def containers(rendered: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Every container, also those that run before others."""
    return [one for pod in pods(rendered) for one in (*pod.get("initContainers", ()), *pod["containers"])]


def container(rendered: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    """The container with this name."""
    return next(one for one in containers(rendered) if one["name"] == name)


def test_the_chart_lints_strictly() -> None:
    """The strict lint has nothing to say."""
    assert helm.problems(CHART) == ()


def test_the_chart_has_the_version_of_this_package() -> None:
    """Both versions in Chart.yaml are what bump-my-version writes, and where it looks for them."""
    expected = semver(parse(__version__))
    assert helm.Metadata("contd-release", expected, expected) == helm.metadata(CHART)
    files = tomllib.loads((ROOT / ".bumpversion.toml").read_text())["tool"]["bumpversion"]["files"]
    searches = [one["search"] for one in files if one["filename"] == "helm/contd-release/Chart.yaml"]
    text = (CHART / "Chart.yaml").read_text()
    assert [len(re.findall(search, text, re.MULTILINE)) for search in searches] == [1, 1]


def test_the_default_is_a_job_and_an_account(default: dict[str, dict[str, Any]]) -> None:
    """Nothing is rendered that was not asked for."""
    assert sorted(default) == ["CronJob", "ServiceAccount"]
    assert (
        default["CronJob"]["spec"]["schedule"],
        default["CronJob"]["spec"]["concurrencyPolicy"],
    ) == ("*/10 * * * *", "Forbid")
    assert container(default, "monitor")["args"] == ["monitor", "--once"]
    assert "command" not in container(default, "monitor")


def test_the_image_is_ours(default: dict[str, dict[str, Any]]) -> None:
    """The image is the one this repository releases, under the chart's own version."""
    assert (f"ghcr.io/contd/contd-release:{semver(parse(__version__))}",) == helm.images(CHART)


@pytest.mark.parametrize("which", ["default", "full"])
def test_no_container_may_do_more_than_it_needs(which: str, request: pytest.FixtureRequest) -> None:
    """No root, no writable root, no capability, no token of the cluster, and limits, in every container."""
    rendered = request.getfixturevalue(which)
    for pod in pods(rendered):
        assert (pod["automountServiceAccountToken"], pod["securityContext"]["runAsNonRoot"]) == (False, True)
    for one in containers(rendered):
        rights = one["securityContext"]
        assert (rights["readOnlyRootFilesystem"], rights["allowPrivilegeEscalation"]) == (True, False)
        assert (rights["capabilities"]["drop"], "memory" in one["resources"]["limits"]) == (["ALL"], True)


def test_everything_that_is_written_lies_on_a_volume(default: dict[str, dict[str, Any]]) -> None:
    """With a read-only root, the home and the clone need a place."""
    (pod,) = pods(default)
    assert {one["name"]: one["emptyDir"] for one in pod["volumes"]} == {"work": {}, "tmp": {}}
    monitor = container(default, "monitor")
    assert {"/data", "/tmp"} == {one["mountPath"] for one in monitor["volumeMounts"]}  # noqa: S108
    assert (monitor["env"][0]["value"], monitor["workingDir"]) == ("/tmp", "/data/repository")  # noqa: S108


def test_every_value_arrives(full: dict[str, dict[str, Any]]) -> None:
    """What is set in the values is in the objects, where it belongs."""
    kinds = ["ConfigMap", "CronJob", "Deployment", "PersistentVolumeClaim", "Service", "ServiceAccount"]
    assert kinds == sorted(full)
    spec = full["CronJob"]["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["suspend"]) == ("@hourly", "Europe/Berlin", True)
    assert {f"registry.example.com/monitor@sha256:{'0' * 64}"} == {one["image"] for one in containers(full)}
    assert 'main = "trunk"\n[monitor]' in full["ConfigMap"]["data"]["contd-release.toml"]
    assert (
        full["PersistentVolumeClaim"]["spec"]["storageClassName"],
        full["PersistentVolumeClaim"]["spec"]["resources"]["requests"]["storage"],
    ) == ("fast", "2Gi")
    assert (
        full["ServiceAccount"]["metadata"]["name"],
        full["ServiceAccount"]["metadata"]["annotations"],
    ) == ("watcher", {"team": "release"})
    assert full["Service"]["spec"]["ports"][0]["port"] == 9999
    for pod in pods(full):
        assert (
            pod["nodeSelector"],
            pod["serviceAccountName"],
            pod["imagePullSecrets"],
        ) == ({"disk": "ssd"}, "watcher", [{"name": "pull"}])
    assert container(full, "monitor")["args"] == ["monitor", "--once", "--json", "--version", "1.2.0"]


def test_secrets_come_by_reference_only(full: dict[str, dict[str, Any]]) -> None:
    """A secret is named, never held; what serves metrics gets none."""
    monitor = container(full, "monitor")
    referenced = {one["name"]: one["valueFrom"] for one in monitor["env"] if "valueFrom" in one}
    assert referenced == {"GITHUB_TOKEN": {"secretKeyRef": {"name": "github", "key": "token"}}}
    assert monitor["envFrom"] == [{"secretRef": {"name": "release"}}]
    assert ("env" in container(full, "metrics"), "envFrom" in container(full, "metrics")) == (False, False)


def test_the_service_finds_the_metrics_and_nothing_else(full: dict[str, dict[str, Any]]) -> None:
    """The selector matches the labels of the serving pod, and not those of the jobs."""
    selector = full["Service"]["spec"]["selector"].items()
    job = full["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    assert selector <= full["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    assert not selector <= job.items()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ("metrics: {enabled: true}", "/persistence/enabled"),
        ("image: {digest: sha256:short}", "/image/digest"),
        ("imag: {tag: '1'}", "additional properties 'imag' not allowed"),
        ("repository: {url: '--upload-pack=x', branch: main}", "/repository/url"),
        ("secrets: {environment: [{name: TOKEN, value: s3cret}]}", "/secrets/environment/0"),
        ("schedule: sometimes", "/schedule"),
    ],
)
def test_values_that_cannot_be_meant_are_refused(tmp_path: Path, values: str, told: str) -> None:
    """The schema names what is wrong, before anything reaches a cluster."""
    path = tmp_path / "values.yaml"
    path.write_text(values)
    with pytest.raises(Usage) as error:
        helm.rendered(CHART, path)
    assert told in str(error.value)


def test_the_clone_is_made_once_and_kept_current(default: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    """The script clones, survives a clone that was cut off, and follows the branch and the tags."""
    origin, work = tmp_path / "origin", tmp_path / "work"
    (work / "half").mkdir(parents=True)
    environment = os.environ | {"REPOSITORY_URL": origin.as_uri(), "REPOSITORY_BRANCH": "main"}
    environment |= {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    script = container(default, "clone")["command"]

    def git(*words: str) -> None:
        subprocess.run(("git", "-C", str(origin), *words), env=environment, check=True)

    subprocess.run(("git", "init", "-q", "-b", "main", str(origin)), check=True)
    for version in ("1.0.0", "1.1.0"):
        (origin / "version").write_text(version)
        git("add", "--all")
        git("commit", "-qm", version)
        git("tag", "-am", version, f"v{version}")
        subprocess.run(script, cwd=work, env=environment, check=True)
        assert version == (work / "repository" / "version").read_text()
        there = subprocess.check_output(("git", "-C", str(work / "repository"), "tag"), text=True).split()
        assert f"v{version}" in there


@pytest.mark.parametrize("code", [0, 8])
def test_the_verdict_is_kept_printed_and_passed_on(full: dict[str, dict[str, Any]], tmp_path: Path, code: int) -> None:
    """With metrics the output goes to the volume too, and the job still ends as the monitor did."""
    (tmp_path / "contd-release").write_text(f'#!/bin/sh\necho "{{\\"said\\": \\"$*\\"}}"\nexit {code}\n')
    (tmp_path / "contd-release").chmod(0o700)
    monitor = container(full, "monitor")
    command = [one.replace("/data/", f"{tmp_path}/") for one in monitor["command"]]
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run((*command, *monitor["args"]), env=environment, capture_output=True, text=True, check=False)
    said = '{"said": "monitor --once --json --version 1.2.0"}\n'
    assert (code, said, said) == (done.returncode, done.stdout, (tmp_path / "monitor.json").read_text())


@pytest.mark.slow
@pytest.mark.parametrize(("points", "code", "verdict"), [(((0, 0.01),), 0, "continue"), ((), 10, "hold")])
def test_the_program_does_what_the_chart_asks(
    full: dict[str, dict[str, Any]],
    release: Place,
    world: World,
    points: tuple[tuple[float, float], ...],
    code: int,
    verdict: str,
) -> None:
    """
    The very command of the job, in a clone that released nothing: its exit code, and what is then served as metrics.
    """
    world.part(Metrics).says(*points)
    overlay = release.directory / "overlay.toml"
    monitored = f'[monitor]\nprometheus = "{world.prometheus_url}"\nerror-rate = "errors"\n'
    overlay.write_text(f"{overlay.read_text()}{monitored}")
    now = {f"GIT_COMMITTER_{name}": value for name, value in (("NAME", "A"), ("EMAIL", "a@b"))}
    environment = release.environment(now | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"})
    subprocess.run(("git", "tag", "-am", "x", "v1.2.0"), cwd=release.clone, env=environment, check=True)
    monitor = container(full, "monitor")
    argv = [one.replace("/data/", f"{release.directory}/") for one in (*monitor["command"], *monitor["args"])]
    done = subprocess.run(argv, cwd=release.clone, env=environment, capture_output=True, text=True, check=False)

    assert code == done.returncode, done.stderr
    assert f'contd_release_verdict{{verdict="{verdict}"}} 1.0' in openmetrics.text(release.directory / "monitor.json")
