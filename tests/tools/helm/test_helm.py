"""helm and the Helm SDK behind one face, and what they pack made over."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import token_server

from contd_release.errors import NotReady, Unanswered, Usage
from contd_release.process.action import Running
from contd_release.process.command import Command
from contd_release.process.redaction import Secret
from contd_release.tools.helm import helm, registry, sdk, tgz
from contd_release.tools.oci.repository import OciRepository

# The Helm SDK is a process of its own, and 75 MB.
pytestmark = pytest.mark.slow

CHART_YAML = "apiVersion: v2\nname: demo\nversion: 0.1.0\nappVersion: 0.1.0\nicon: https://example.com/a.png\n"
OBJECTS = """\
apiVersion: v1
kind: Pod
metadata: {name: demo}
spec:
  containers: &all
    - {name: a, image: one:1}
    - {name: b, image: two:2}
  initContainers: *all
  image: [3, {image: "three@sha256:0"}]
"""


@pytest.fixture(params=["helm", "sdk"])
def demo(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chart, and a machine with the SDK alone or with a `helm` on PATH."""
    pytest.importorskip("helm_python", reason="the Helm SDK is not here: pip install 'contd-release[helm]'")
    path = os.pathsep.join(one for one in os.environ["PATH"].split(os.pathsep) if not (Path(one) / "helm").exists())
    if request.param == "helm":
        program = tmp_path / "bin" / "helm"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -P {sdk.__file__} "$@"\n')
        program.chmod(0o700)
        path = f"{program.parent}{os.pathsep}{path}"
    monkeypatch.setenv("PATH", path)
    chart = tmp_path / "demo"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(CHART_YAML)
    (chart / "values.yaml").write_text("{}\n")
    (chart / "templates" / "pod.yaml").write_text(OBJECTS)
    (chart / "templates" / "NOTES.txt").write_text("image: not-an-object\n")
    return chart


def test_both_ways_answer_alike(demo: Path) -> None:
    """Whether helm or the SDK is asked, the questions have the same answers."""
    assert helm.program() == ("helm",) or helm.program()[0] == sys.executable
    assert "v4" in helm.here() or "v3" in helm.here()
    assert helm.Metadata("demo", "0.1.0", "0.1.0") == helm.metadata(demo)
    assert (helm.problems(demo), helm.missing(demo)) == ((), ())
    assert helm.images(demo) == ("one:1", "three@sha256:0", "two:2")


def test_a_chart_is_packed_under_both_versions(demo: Path, tmp_path: Path) -> None:
    """Version and appVersion are those of the release, whatever Chart.yaml says."""
    helm.package(demo, "1.2.0-rc.1", "1.2.0-rc.1", tmp_path / "out").run(Running(tmp_path / "log"))
    assert helm.Metadata("demo", "1.2.0-rc.1", "1.2.0-rc.1") == helm.metadata(tmp_path / "out" / "demo-1.2.0-rc.1.tgz")


def test_problems_are_told_one_by_one(demo: Path) -> None:
    """Warnings count as problems; what is only advice does not."""
    (demo / "Chart.yaml").write_text(CHART_YAML.replace("version: 0.1.0\n", "version: 1.2.0rc1\n", 1))
    told = helm.problems(demo)
    assert "[ERROR] Chart.yaml: version '1.2.0rc1' is not a valid SemVer" in told
    (demo / "Chart.yaml").write_text(CHART_YAML.replace("icon", "home"))
    assert helm.problems(demo) == ()


def test_what_is_no_chart_is_said_to_be_none(tmp_path: Path) -> None:
    """The message names the folder and repeats the cause."""
    pytest.importorskip("helm_python")
    with pytest.raises(Usage) as error:
        helm.metadata(tmp_path / "nothing")
    assert str(error.value).startswith("nothing is not a chart: ")
    with pytest.raises(Unanswered):
        helm.missing(tmp_path / "nothing")


def test_a_machine_without_both_is_not_ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One line says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "helm_python", None)
    with pytest.raises(NotReady) as error:
        helm.here()
    expected = (
        "neither helm nor the Helm SDK is here\n"
        "  expected: the helm command line on PATH, or the extra `helm`\n"
        "  type:     pip install 'contd-release[helm]'"
    )
    assert expected == str(error.value)
    assert helm.program() == ("helm",)


@pytest.mark.parametrize("name", ["Demo", "a/b", "../a", "-a", "a b", "a--b", ""])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """A chart's name stays in its place in a file name and in a registry."""
    with pytest.raises(Usage):
        helm.checked_name(name)


@pytest.mark.parametrize("ref", ["ghcr.io/owner/charts", "https://ghcr.io/owner/charts", "oci://"])
def test_a_registry_is_an_oci_address(ref: str) -> None:
    """Nothing else is taken for a chart registry."""
    with pytest.raises(Usage):
        registry.repository(ref)


PASSWORD = "correct horse"


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch) -> Iterator[OciRepository]:
    """A repository of a registry that gives out tokens, and a login for it in the environment."""
    monkeypatch.setenv("CONTD_REGISTRY_USERNAME", "me")
    monkeypatch.setenv("CONTD_REGISTRY_PASSWORD", PASSWORD)
    with token_server.serving() as server:
        yield registry.repository(f"oci://{server.host}/charts/demo")


def _logins(there: OciRepository) -> dict[str, Any]:
    return {"auths": {there.registry: {"auth": "bWU6Y29ycmVjdCBob3JzZQ==", "registrytoken": token_server.TOKEN}}}


def test_the_login_is_on_no_disk(private: OciRepository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The SDK gets it on standard input, so that no kill can leave it behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sdk_alone = Command((sys.executable, "-P", str(sdk.__file__)))
    with registry.logged_in(private, "pull", sdk_alone) as command:
        assert (_logins(private), False) == (_read(command), PASSWORD in f"{command!r} {command}")
        assert list(tmp_path.rglob("*")) == []
    anybody = registry.repository(f"oci://{private}", anonymous=True)
    with registry.logged_in(anybody, "pull", sdk_alone) as command:
        assert _read(command) == {"auths": {}}


def test_the_command_line_has_the_login_in_a_file_of_ours(
    private: OciRepository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The password is in no argv and no environment; only we can read the file, which is gone afterwards."""
    (tmp_path / "helm").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with registry.logged_in(private, "pull", Command(helm.program())) as command:
        path = Path(str(command.env["HELM_REGISTRY_CONFIG"]))
        assert (command.argv, path.stat().st_mode & 0o777) == (("helm",), 0o600)
        assert _logins(private) == json.loads(path.read_text(encoding="utf-8"))
        assert PASSWORD not in f"{command!r} {command}"
    assert not path.exists()


def _read(command: Command) -> object:
    assert command.env["HELM_REGISTRY_CONFIG"] == "/dev/stdin"
    assert isinstance(command.stdin, Secret)
    return json.loads(command.stdin.reveal())


def test_an_archive_made_over_is_equal_whatever_it_was(tmp_path: Path) -> None:
    """Order, times, owners and modes of the original do not matter; the files do."""
    made = []
    for turn, names in enumerate(
        (("Chart.yaml", "charts/b/Chart.yaml", "a"), ("a", "charts/b/Chart.yaml", "Chart.yaml"))
    ):
        archive = tmp_path / f"{turn}.tgz"
        with gzip.GzipFile(archive, "wb", mtime=turn) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
            for name in names:
                (tmp_path / "file").write_text(name)
                os.utime(tmp_path / "file", (turn, turn))
                (tmp_path / "file").chmod(0o600 + turn)
                tar.add(tmp_path / "file", f"demo/{name}")
        tgz.dated(archive, tmp_path / f"made-{turn}.tgz", 1_700_000_000)
        made.append((tmp_path / f"made-{turn}.tgz").read_bytes())
    assert made[0] == made[1]
    assert tgz.epoch_of(tmp_path / "made-0.tgz") == 1_700_000_000
    with tarfile.open(tmp_path / "made-0.tgz") as tar:
        assert tar.getnames() == ["demo/Chart.yaml", "demo/a", "demo/charts/b/Chart.yaml"]
    assert int((tmp_path / "made-0.tgz").stat().st_mtime) == 1_700_000_000


def test_words_that_are_off_end_with_2(tmp_path: Path) -> None:
    """The stand-in refuses what it does not know, as helm does."""
    done = subprocess.run(
        (sys.executable, "-P", sdk.__file__, "install", "x"), capture_output=True, text=True, check=False
    )
    assert (done.returncode, "invalid choice: 'install'" in done.stderr) == (2, True)
