"""A small repository with a chart, a release of it, and what a test does with its steps."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

from contd_release.channels.chart import channel as chart
from contd_release.engine.checklist import Checklist, Section
from contd_release.engine.step import Found, State, Step
from contd_release.errors import ReleaseError
from contd_release.process.action import Running
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact, Sealed
from contd_release.project.news import News
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Chart, Image, Settings
from contd_release.records import commit
from contd_release.tools.oci.manifest import MANIFEST, Manifest, digest_of
from contd_release.tools.oci.repository import OciRepository

EPOCH = 1_700_000_000

CHART_YAML = """\
apiVersion: v2
name: demo
description: A demo.
type: application
version: 1.1.0
appVersion: 1.1.0
icon: https://example.com/icon.png
"""
POD_YAML = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  containers:
    - name: demo
      image: "{{ .Values.image }}:{{ .Chart.AppVersion }}"
    - name: proxy
      image: registry.example.com/proxy:2
"""


def git(where: Path, *words: str) -> str:
    """Run git, and say what it printed."""
    return subprocess.check_output(("git", "-C", str(where), *words), text=True).strip()


def write(root: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def release_of(root: Path, host: str = "127.0.0.1:1", version: str = "1.2.0rc1", **files: str) -> Release:
    """A release of a small repository with a chart, its commit made, nothing built."""
    clone = root / "clone"
    write(clone, {"helm/demo/Chart.yaml": CHART_YAML, "helm/demo/templates/pod.yaml": POD_YAML})
    write(clone, {"helm/demo/values.yaml": f"image: {host}/demo\n", "README.md": "a demo\n"})
    write(clone, files)
    git(root, "init", "-q", "-b", "main", str(clone))
    git(clone, "add", "--all")
    git(clone, "commit", "-qm", "Begin")
    settings = Settings(chart=Chart("helm/demo", f"oci://{host}/charts"), image=Image(f"{host}/demo"))
    project = Project(clone, clone / ".git" / "contd-release", "demo", settings, News())
    release = Release(project, Version(version), Version("1.1.0"), git(clone, "rev-parse", "HEAD"), EPOCH)
    git(clone, "worktree", "add", "-q", "--detach", str(release.tree))
    text = (release.tree / "helm/demo/Chart.yaml").read_text()
    (release.tree / "helm/demo/Chart.yaml").write_text(text.replace("1.1.0", release.semver))
    git(release.tree, "commit", "-qam", f"Release {version}")
    commit.note(release)
    return release


def walk(release: Release, *steps: Step) -> None:
    """Walk these steps as the checklist does."""
    Checklist((Section("chart", steps),)).walk(lambda _: None, Running(release.logs))


def undo(release: Release, *steps: Step) -> None:
    """Put these steps back."""
    Checklist((Section("chart", steps),)).undo(lambda _: None, Running(release.logs))


def seal(release: Release, *more: Artifact) -> Artifact:
    """Build the chart and seal it, with other artifacts."""
    walk(release, *chart.build(release))
    (mine,) = chart.built(release)
    name, version = release.project.name, str(release.version)
    artifacts.seal(release.dist, Sealed(name, version, release.base, release.epoch, (mine, *more)))
    return mine


def image(release: Release, host: str, says: str = "ours") -> Artifact:
    """Put an image of no bytes into the registry, under the release's version."""
    content = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "annotations": {"says": says}, "layers": []})
    empty = b"{}"
    there = OciRepository.named(f"{host}/demo")
    begun = there.talk("pull,push", lambda door: door.send("POST", there.url("blobs/uploads/")))
    where = begun.headers["Location"]
    digest = digest_of(empty)
    there.talk("pull,push", lambda door: door.send("PUT", where, params={"digest": digest}, data=empty))
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest, "size": len(empty)}
    manifest = Manifest(json.dumps(json.loads(content) | {"config": config}).encode(), MANIFEST)
    there.put(release.semver, manifest)
    return Artifact("demo.tar", "image", "0" * 64, 1, manifest.digest)


def look(step: Step) -> tuple[State, str]:
    """What one observation says."""
    found: Found = step.observe()
    return found.state, found.detail


def raised(what: Callable[[], object], kind: type[ReleaseError]) -> str:
    """The message of the error that must come."""
    with pytest.raises(kind) as error:
        what()
    return str(error.value)


def login(monkeypatch: pytest.MonkeyPatch, password: str, user: str = "publisher") -> None:
    """Log in through the environment."""
    monkeypatch.setenv("CONTD_REGISTRY_USERNAME", user)
    monkeypatch.setenv("CONTD_REGISTRY_PASSWORD", password)
