"""What points a release at a world: configuration laid over the repository's own, and the world's own logins."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from contd_release.channels import registry
from contd_release.channels.base import Sandbox
from contd_release.channels.plugin import Plugin
from contd_release.errors import NotReady
from contd_release.project.project import Project
from contd_release.project.settings import Image
from contd_release.sandbox import images, remotes
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Check
from contd_release.sandbox.github.store import now
from contd_release.sandbox.images import BASE
from contd_release.sandbox.world import World
from contd_release.tools import cyclonedx, git
from contd_release.tools.builders import buildah, buildx
from contd_release.tools.helm import helm

# The folder of a world that holds what plug-ins publish.
CHANNELS: Final = "channels"
SOMEBODY: Final = "somebody"


@dataclass(frozen=True)
class Skipped:
    """A channel that cannot be rehearsed on this machine, and what to type first."""

    what: str
    why: str
    remedy: str
    key: str = ""

    def __str__(self) -> str:
        return f"the {self.what} was not rehearsed: {self.why}" + (f"; type: {self.remedy}" if self.remedy else "")


@dataclass(frozen=True)
class Pointers:
    """The pointers of one project. Its names stay as they are; only hosts, schemes and logins become the world's."""

    project: Project
    commit: str

    @property
    def repository(self) -> str:
        """The repository on the world's GitHub."""
        github = self.project.settings.github
        return github.repository if github and github.repository else f"{SOMEBODY}/{self.project.index_name}"

    def remote(self, world: World) -> Path:
        """The bare repository in a world that stands for the one on GitHub."""
        return remotes.make(world.directory / "git", self.repository)

    def be_green(self, world: World, commit: str) -> None:
        """Let the world's GitHub have checked a commit."""
        checks = world.part(Forge).place(self.repository).shelf(Check)
        if not any(check.sha == commit for check in checks):
            checks.put(Check(id=int(commit[:12], 16), created_at=now(), sha=commit, name="ci"))

    @cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """What this machine has no tool for."""
        return tuple(self._skipped())

    def overlay(self, world: World) -> str:
        """The configuration, as TOML."""
        settings, tables = self.project.settings, dict[str, Mapping[str, object]]()
        off = {one.key or one.what for one in self.skipped}
        if settings.pypi:
            tables["pypi"] = {"repository": world.upload_url, "index": world.index_url}
        if settings.github:
            tables["github"] = {"api": world.api_url, "uploads": world.uploads_url, "repository": self.repository}
        if settings.image and "image" not in off:
            stand_in = images.stand_in(settings.image, self._dockerfile(settings.image))
            base = {"base": stand_in} if stand_in else {}
            tables["image"] = {"name": f"{world.registry}/{_path(settings.image.name)}"} | base
        if settings.chart and "chart" not in off:
            known_as = {"image": settings.chart.image or settings.image.name} if settings.image else {}
            tables["chart"] = {"registry": f"oci://{world.registry}/{_path(settings.chart.registry)}"} | known_as
        if settings.website and "website" not in off:
            remote = remotes.make(world.directory / "git", "website")
            tables["website"] = {"repository": str(remote)}
        if settings.monitor and settings.monitor.prometheus:
            tables["monitor"] = {"prometheus": world.prometheus_url}
        for name, one in self._plugins.items():
            if one.rehearsed is not None:
                tables[f"channels.{_quoted(name)}"] = one.rehearsed(Sandbox(folder(world, name), world.url))
        lines = ['publisher = "here"', "sign-tags = false"]
        lines += [f"{key} = false" for key in sorted(off)]
        for name, table in tables.items():
            lines += [f"[{name}]", *(f"{key} = {_quoted(value)}" for key, value in table.items())]
        return "\n".join(lines) + "\n"

    @cached_property
    def _plugins(self) -> Mapping[str, Plugin]:
        return registry.plugins(self.project)

    def secrets(self, world: World) -> dict[str, str]:
        """The world's logins, under the names that the release looks for."""
        account = world.accounts.publisher
        password = account.password.reveal()
        overlay = {
            variable: world.chat_url.replace("http://", "json://") + f"/{name}"
            for name, value in self.project.settings.announce.items()
            if (variable := value.removeprefix("env:"))
        }
        return overlay | {
            "TWINE_USERNAME": account.user,
            "TWINE_PASSWORD": password,
            "GITHUB_TOKEN": password,
            "CONTD_REGISTRY_USERNAME": account.user,
            "CONTD_REGISTRY_PASSWORD": password,
        }

    def _dockerfile(self, image: Image) -> str:
        return git.text(self.project.root, self.commit, image.dockerfile) or ""

    def _image_left_out(self, image: Image) -> Iterator[Skipped]:
        """Why this machine cannot rehearse the image, one reason or none."""
        if not (buildx.version() or buildah.version()):
            yield Skipped("image", "neither docker buildx nor buildah is here", "apt install buildah")
            return
        text = self._dockerfile(image)
        if found := images.left_out(image, text, self.project.index_name):
            yield Skipped("image", found.why, found.remedy)
        elif not images.stand_in(image, text) and (host := images.unreachable(text)):
            yield Skipped("image", f"{host} cannot be reached to pull its base", f"export {BASE}=…   (a stand-in)")

    def _skipped(self) -> Iterator[Skipped]:
        settings = self.project.settings
        for name, one in self._plugins.items():
            if one.rehearsed is None:
                why = f"{one.package} does not say how to point it at a sandbox"
                remedy = f"python -m pip install --upgrade {one.package}"
                yield Skipped(f"channel {name}", why, remedy, key=f"channels.{_quoted(name)}")
        if settings.announce and not find_spec("apprise"):
            yield Skipped(
                "announcement", "apprise is not here", "pip install 'contd-release[announce]'", key="announce"
            )
        if settings.website and not find_spec("feedgen"):
            yield Skipped("website", "feedgen is not here", "pip install 'contd-release[website]'")
        if settings.image:
            yield from self._image_left_out(settings.image)
        if settings.sbom and not cyclonedx.is_here():
            yield Skipped("sbom", "CycloneDX is not here", "pip install 'contd-release[sbom]'")
        if settings.chart:
            try:
                helm.here()
            except NotReady as error:
                yield Skipped("chart", error.what_is, error.type_next)


def folder(world: World, channel: str) -> Path:
    """The folder in a world that stands for the place of a plug-in's channel."""
    found = world.directory / CHANNELS / channel
    found.mkdir(parents=True, exist_ok=True)
    return found


def _path(name: str) -> str:
    """The part of an image's or chart's name that is not the registry."""
    return name.removeprefix("oci://").partition("/")[2]


def _quoted(value: object) -> str:
    return json.dumps(value)
