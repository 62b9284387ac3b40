"""Point a release at a sandbox: settings laid over those of the repository, and the logins of the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from contd_release.channels import registry
from contd_release.channels.base import Sandbox
from contd_release.errors import NotReady
from contd_release.project import project
from contd_release.project.project import Project
from contd_release.sandbox import remotes
from contd_release.sandbox.github.api import Forge
from contd_release.sandbox.github.records import Check
from contd_release.sandbox.github.store import now
from contd_release.sandbox.world import World
from contd_release.tools import git

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
        """The bare repository in a world that stands in for the one on GitHub."""
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
        for name, channel in registry.rehearsable(self.project).items():
            if (key := _key(name)) not in off:
                tables[key] = channel.rehearsed(Sandbox(folder(world, name), world.url, self._project, self.repository))
        if settings.website and "website" not in off:
            remote = remotes.make(world.directory / "git", "website")
            tables["website"] = {"repository": str(remote)}
        if settings.monitor and settings.monitor.prometheus:
            tables["monitor"] = {"prometheus": world.prometheus_url}
        package = self.project.table
        below = f"packages.{_quoted(package)}." if package else ""
        lines = [f"[packages.{_quoted(package)}]"] if package else []
        lines += ['publisher = "here"', "sign-tags = false"]
        lines += [f"{key} = false" for key in sorted(off)]
        for name, table in tables.items():
            lines += (
                [f"[{below}{name}]", *(f"{key} = {_quoted(value)}" for key, value in table.items())] if table else []
            )
        return "\n".join(lines) + "\n"

    @cached_property
    def _project(self) -> Project:
        return replace(self.project, commit=self.commit)

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

    def _skipped(self) -> Iterator[Skipped]:
        settings = self.project.settings
        if settings.announce and not find_spec("apprise"):
            yield Skipped(
                "announcement", "apprise is not here", "pip install 'contd-release[announce]'", key="announce"
            )
        if settings.signatures:
            yield Skipped(
                "signature of each file, image and chart", "only a workflow on GitHub signs", "", key="signatures"
            )
        if settings.website and not find_spec("feedgen"):
            yield Skipped("website", "feedgen is not here", "pip install 'contd-release[website]'")
        for name, channel in registry.rehearsable(self.project).items():
            if found := channel.left_out(self._project):
                is_ours = name in registry.BUILT_IN
                yield Skipped(name if is_ours else f"channel {name}", found.why, found.remedy, key=_key(name))


def pointers_of(clone: git.Clone) -> Pointers:
    """
    The pointers of the project in a clone, as the commit that is checked out describes it.

    Raises:
        NotReady: there is no commit.
    """
    root, commit = clone.root, clone.head
    if not commit:
        raise NotReady("this repository has no commit", expected="a commit to rehearse", type_next="git commit")
    found = project.read(root, clone.state, partial(git.text, root, commit), partial(git.known_url, root))
    return Pointers(found, commit)


def folder(world: World, channel: str) -> Path:
    """The folder in a world that stands in for the place of a plug-in's channel."""
    found = world.directory / CHANNELS / channel
    found.mkdir(parents=True, exist_ok=True)
    return found


def _key(channel: str) -> str:
    """The table of a channel in the settings."""
    return channel if channel in registry.BUILT_IN else f"channels.{_quoted(channel)}"


def _quoted(value: object) -> str:
    return json.dumps(value)
