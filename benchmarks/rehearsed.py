"""A clone of a project in a sandbox of its own, to release there with our tasks and by hand."""

from __future__ import annotations

import json
import shlex
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import OURS, Cost, shell, timed
from contd_release.rehearse.rehearsal import Rehearsal
from contd_release.sandbox.pointers import pointers_of
from contd_release.sandbox.world import World
from contd_release.tools import git
from contd_release.tools.helm import helm


@dataclass(frozen=True)
class Rehearsed:
    """
    A clone of a project, and the sandbox that receives its releases.

    Args:
        name: the repository on the sandbox's GitHub, such as `contd/contd`.
        environment: the variables of every program that runs in the clone.
    """

    name: str
    world: World
    clone: Path
    environment: Mapping[str, str]

    def ours(self, *words: str) -> Cost:
        """Measure one of our tasks."""
        return timed([*OURS, *words], self.clone, self.environment, has_memory=True)

    def by_hand(self, script: str, variables: Mapping[str, str]) -> Cost:
        """Measure a script whose commands a person types; the logins of registries are already there."""
        room = self.clone.parent / "by-hand"
        room.mkdir()
        logins = room / "config.json"
        logins.write_text(json.dumps({"auths": {self.world.registry: {"auth": self._login()}}}), encoding="utf-8")
        files = {"REGISTRY_AUTH_FILE": str(logins), "HELM_REGISTRY_CONFIG": str(logins)}
        words = {"V": str(room), "HELM": shlex.join(helm.program()), **self._places()}
        return shell(script, self.clone, {**self.environment, **words, **files, **variables}, has_memory=True)

    def _login(self) -> str:
        account = self.world.accounts.publisher
        return b64encode(f"{account.user}:{account.password.reveal()}".encode()).decode()

    def _places(self) -> dict[str, str]:
        world = self.world
        return {
            "UPLOAD": world.upload_url,
            "INDEX": world.index_url,
            "API": f"{world.api_url}/repos/{self.name}",
            "UPLOADS": f"{world.uploads_url}/repos/{self.name}",
            "FILES": f"{world.url}/github/{self.name}/releases/download/v0.2.0",
        }


@contextmanager
def rehearsed(source: Path, room: Path) -> Iterator[Rehearsed]:
    """Clone the commit that a repository has checked out, and open an empty sandbox for it."""
    found = pointers_of(git.clone(source))
    rehearsal = Rehearsal(found.project, found.commit, room / "rehearsal")
    rehearsal.prepare()
    with World(rehearsal.directory / "world") as world:
        rehearsal.be_green(world)
        environment = {**rehearsal.environment(world), "XDG_CACHE_HOME": str(room / "cache")}
        yield Rehearsed(rehearsal.pointers.repository, world, rehearsal.clone, environment)


def without(*programs: str) -> tuple[str, ...]:
    """The programs of this list that are not installed."""
    has_helm = shutil.which(helm.program()[0])
    missing = tuple(name for name in programs if name != "helm" and not shutil.which(name))
    return missing if has_helm or "helm" not in programs else (*missing, "helm")
