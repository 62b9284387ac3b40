"""What points a release at a world: configuration laid over the repository's own, and the world's own logins."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Final

from contd_release.errors import NotReady
from contd_release.project.project import Project
from contd_release.project.settings import Image
from contd_release.rehearse import images
from contd_release.rehearse.images import BASE
from contd_release.sandbox import remotes
from contd_release.sandbox.world import World
from contd_release.tools import cyclonedx, git
from contd_release.tools.builders import buildah, buildx
from contd_release.tools.helm import helm

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

    @cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """What this machine has no tool for."""
        return tuple(self._skipped())

    def overlay(self, world: World) -> str:
        """The configuration, as TOML."""
        settings, tables = self.project.settings, dict[str, Mapping[str, str]]()
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
        lines = ['publisher = "here"', "sign-tags = false"]
        lines += [f"{key} = false" for key in sorted(off)]
        for name, table in tables.items():
            lines += [f"[{name}]", *(f"{key} = {_quoted(value)}" for key, value in table.items())]
        return "\n".join(lines) + "\n"

    def secrets(self, world: World) -> dict[str, str]:
        """The world's logins, under the names that the release looks for."""
        account = world.accounts.publisher
        password = account.password.reveal()
        told = {
            variable: world.chat_url.replace("http://", "json://") + f"/{name}"
            for name, value in self.project.settings.announce.items()
            if (variable := value.removeprefix("env:"))
        }
        return told | {
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


def _path(name: str) -> str:
    """The part of an image's or chart's name that is not the registry."""
    return name.removeprefix("oci://").partition("/")[2]


def _quoted(value: str) -> str:
    return json.dumps(value)
