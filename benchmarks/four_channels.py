"""The measured project with every channel, built and sealed in an empty sandbox, ready to publish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks import subject
from benchmarks.rehearsed import Rehearsed, rehearsed
from benchmarks.timing import Cost
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed

NAME: Final = "benchmark/subject"
PROGRAMS: Final = ("buildah", "skopeo", "curl", "helm")
PUBLISH: Final = Path(__file__).with_name("publish.sh")
_SETTINGS: Final = f"""
[tool.contd-release.github]
repository = "{NAME}"
[tool.contd-release.image]
name = "ghcr.io/{NAME}"
[tool.contd-release.chart]
path = "helm/subject"
registry = "oci://ghcr.io/benchmark/charts"
"""
_FILES: Final = {
    "Dockerfile": "FROM scratch\nCOPY subject /app/subject\n",
    "helm/subject/templates/pod.yaml": f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {{{{ .Release.Name }}}}
spec:
  containers:
    - name: subject
      image: "ghcr.io/{NAME}:{{{{ .Chart.AppVersion }}}}"
""",
}


def published(built: Rehearsed) -> Cost:
    """Measure our release from the sealed artifacts to the end."""
    return built.ours("release", "--yes")


def published_by_hand(built: Rehearsed) -> Cost:
    """Measure the same commands, typed one after another."""
    dist = built.clone / ".git" / "contd-release" / "v0.2.0" / "dist"
    sealed = artifacts.read(dist)
    assert sealed is not None
    return built.by_hand(PUBLISH.read_text(encoding="utf-8"), {"DIST": str(dist), **_words(built, sealed)})


@contextmanager
def sealed_in_a_world(directory: Path) -> Iterator[Rehearsed]:
    """Build and seal the measured project in a sandbox of its own."""
    clone = subject.make(directory / "subject", has_package=True).clone
    settings = (clone / "pyproject.toml").read_text(encoding="utf-8") + _SETTINGS
    for path, text in {"pyproject.toml": settings, **_FILES}.items():
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_text(text, encoding="utf-8")
    subject.git(clone, "add", "--all")
    subject.git(clone, "commit", "--quiet", "--message", "Every channel")
    with rehearsed(clone, directory) as built:
        built.ours("build", "--part", "minor")
        yield built


def _words(built: Rehearsed, sealed: Sealed) -> Mapping[str, str]:
    (image,) = sealed.of_kind("image")
    hashes = (f"--hash=sha256:{one.sha256}" for kind in ("wheel", "sdist") for one in sealed.of_kind(kind))
    return {
        "NAME": "subject",
        "COMMIT": sealed.commit,
        "ARCHIVE": image.name,
        "DIGEST": image.digest,
        "IMAGE": f"{built.world.registry}/{NAME}",
        "CHARTS": f"oci://{built.world.registry}/benchmark/charts",
        "REQUIREMENT": f"subject==0.2.0 {' '.join(hashes)}",
    }
