"""
The measured project with every channel, built and sealed in a world that has nothing of it: what is left is to publish.
"""

from __future__ import annotations

import json
import shlex
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import subject
from benchmarks.timing import OURS, shell, timed
from contd_release.project import artifacts, project
from contd_release.project.artifacts import Sealed
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox.world import World
from contd_release.tools import git
from contd_release.tools.helm import helm

NAME: Final = "benchmark/subject"
SCRIPT: Final = Path(__file__).with_name("four_channels.sh")
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


@dataclass(frozen=True)
class Built:
    """A release of which everything is sealed and nothing is public, and the world that it goes to."""

    world: World
    clone: Path
    environment: Mapping[str, str]

    @property
    def dist(self) -> Path:
        """What was sealed."""
        return self.clone / ".git" / "contd-release" / "v0.2.0" / "dist"

    def published(self) -> float:
        """Seconds of our release from the seal to the end."""
        return timed([*OURS, "release", "--yes"], self.clone, self.environment)

    def published_by_hand(self) -> float:
        """Seconds of the same commands, typed one after another by somebody who logged in before."""
        room = self.clone.parent / "by-hand"
        room.mkdir()
        sealed = artifacts.read(self.dist)
        assert sealed is not None
        account = self.world.accounts.publisher
        login = b64encode(f"{account.user}:{account.password.reveal()}".encode()).decode()
        logins = room / "config.json"
        logins.write_text(json.dumps({"auths": {self.world.registry: {"auth": login}}}), encoding="utf-8")
        words = self._words(sealed) | {"V": str(room), "DIST": str(self.dist), "HELM": shlex.join(helm.program())}
        files = {"REGISTRY_AUTH_FILE": str(logins), "HELM_REGISTRY_CONFIG": str(logins)}
        return shell(SCRIPT.read_text(encoding="utf-8"), self.clone, {**self.environment, **words, **files})

    def _words(self, sealed: Sealed) -> dict[str, str]:
        world = self.world
        (image,) = sealed.of_kind("image")
        hashes = (f"--hash=sha256:{one.sha256}" for kind in ("wheel", "sdist") for one in sealed.of_kind(kind))
        return {
            "COMMIT": sealed.commit,
            "UPLOAD": world.upload_url,
            "INDEX": world.index_url,
            "ARCHIVE": image.name,
            "DIGEST": image.digest,
            "IMAGE": f"{world.registry}/{NAME}",
            "CHARTS": f"oci://{world.registry}/benchmark/charts",
            "API": f"{world.api_url}/repos/{NAME}",
            "UPLOADS": f"{world.uploads_url}/repos/{NAME}",
            "FILES": f"{world.url}/github/{NAME}/releases/download/v0.2.0",
            "REQUIREMENT": f"subject==0.2.0 {' '.join(hashes)}",
        }


def missing() -> str:
    """The programs that it takes and that are not here; nothing where all are."""
    programs = [name for name in ("buildah", "skopeo", "curl") if not shutil.which(name)]
    has_helm = shutil.which(helm.program()[0])
    return ", ".join((*programs, *(() if has_helm else ("helm",))))


@contextmanager
def built(directory: Path) -> Iterator[Built]:
    """The project in a world of its own, built and sealed."""
    made = subject.make(directory / "subject", has_package=True)
    for path, text in {"pyproject.toml": _with_settings(made.clone), **_FILES}.items():
        (made.clone / path).parent.mkdir(parents=True, exist_ok=True)
        (made.clone / path).write_text(text, encoding="utf-8")
    subject.git(made.clone, "add", "--all")
    subject.git(made.clone, "commit", "--quiet", "--message", "Every channel")
    commit = git.commit(made.clone)
    assert commit is not None
    text_of = partial(git.text, made.clone, commit)
    found = project.read(made.clone, git.clone(made.clone).state, text_of, lambda _: None)
    rehearsal = Rehearsal(found, commit, directory / "rehearsal")
    rehearsal.prepare()
    with World(rehearsal.directory / "world") as world:
        rehearsal.be_green(world)
        environment = {**rehearsal.environment(world), "XDG_CACHE_HOME": str(directory / "cache")}
        timed([*OURS, "build", "--part", "minor"], rehearsal.clone, environment)
        yield Built(world, rehearsal.clone, environment)


def _with_settings(clone: Path) -> str:
    return (clone / "pyproject.toml").read_text(encoding="utf-8") + _SETTINGS
