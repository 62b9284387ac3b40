"""
The places a release goes to. A channel is a module whose functions return steps.

`is_on(project)` says whether the project uses it. `access`, `build`, `stage`, `publish`, `verify` and `promote` take a
`Release` and return its part of that section of the checklist; `built` returns the artifacts that `build` made, to be
sealed; `readings` says what is to be found there now. A channel leaves out what it has nothing to say to, and may name
another that it comes `AFTER` wherever something is made; nobody waits to look. Packages add their own through the
entry-point group `contd_release.channels`.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from types import ModuleType
from typing import Final, Literal, TypeAlias

from contd_release.channels.readings import Reading
from contd_release.engine.checklist import Item
from contd_release.errors import NotReady, Usage
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release

Section: TypeAlias = Literal["access", "build", "stage", "publish", "verify", "promote"]
GROUP: Final = "contd_release.channels"
# An image is public before the chart that names it, and GitHub's release comes last.
BUILT_IN: Final = ("sbom", "pypi", "image", "chart", "github")
_PACKAGE: Final = "contd_release.channels"
_LOOKING: Final = frozenset({"access", "verify"})


def channels(project: Project) -> dict[str, ModuleType]:
    """
    The channels that this project uses, by name, in the order in which they are told.

    Raises:
        NotReady: a package that brings a channel cannot be imported, or brings none.
        Usage: the configuration names a channel that nobody brings.
    """
    # A channel of ours is on when the settings have its table; the others are not imported to be asked.
    tables = [name for name in BUILT_IN if getattr(project.settings, name, None)]
    known = {name: _built_in(name) for name in tables} | _plugins(project)
    return {name: module for name, module in known.items() if module.is_on(project)}


def chosen(project: Project, only: Collection[str] = ()) -> dict[str, ModuleType]:
    """
    The channels with these names that the project uses; all that it uses where none is named.

    Raises:
        Usage: a name is no channel's.
    """
    if not only:
        return channels(project)
    known = (*BUILT_IN, *_plugins(project))
    if strangers := [name for name in only if name not in known]:
        raise Usage(
            f"{', '.join(strangers)}: no such channel",
            expected=f"some of {', '.join(known)}",
            type_next="invoke publish --only NAME",
        )
    return {name: module for name, module in channels(project).items() if name in only}


def section(name: Section, release: Release, only: Collection[str] = ()) -> Iterator[tuple[Item, ...]]:
    """
    What each channel, or `only` some, has to do in one section of the checklist: a branch for each that has anything.

    A channel that names another as `AFTER` follows it in the same branch; where nothing is made, each has its own.
    """
    branches: dict[str, tuple[Item, ...]] = {}
    for channel, module in chosen(release.project, only).items():
        before = channel if name in _LOOKING else getattr(module, "AFTER", channel)
        at = before if before in branches else channel
        branches[at] = branches.get(at, ()) + tuple(getattr(module, name, lambda _: ())(release))
    yield from (items for items in branches.values() if items)


def readings(release: Release, only: Collection[str] = ()) -> Iterator[tuple[str, Reading]]:
    """What is to be found in each channel once the release is out, with the channel's name."""
    for channel, module in chosen(release.project, only).items():
        for reading in getattr(module, "readings", lambda _: ())(release):
            yield channel, reading


def verified(project: Project) -> Iterator[str]:
    """The names of the channels whose verification the journal tells of."""
    return (name for name, module in channels(project).items() if hasattr(module, "verify"))


def installable(project: Project) -> tuple[str, ...]:
    """The channels from which users install something; GitHub shows what is there, with its bill of materials."""
    return tuple(name for name in channels(project) if name not in ("sbom", "github"))


def destinations(release: Release) -> str:
    """Where this release will be public besides its tag, in words: a release without a channel says so."""
    names = installable(release.project)
    forge = "a GitHub Release" if "github" in channels(release.project) else ""
    if names:
        return ", ".join((*names, *([forge] if forge else [])))
    return (
        f"nothing but the tag {release.tag}{f' and {forge}' if forge else ''} will be made: "
        "no package index, image or chart is configured"
    )


def built(release: Release) -> tuple[Artifact, ...]:
    """The artifacts of all channels as they are in the dist folder now."""
    modules = channels(release.project).values()
    return tuple(sorted(one for module in modules for one in getattr(module, "built", lambda _: ())(release)))


def _built_in(name: str) -> ModuleType:
    """One of our own channels: a module, or a package with a module `channel`."""
    return import_module(f"{_PACKAGE}.{name}" if name == "sbom" else f"{_PACKAGE}.{name}.channel")


def _plugins(project: Project) -> dict[str, ModuleType]:
    """The channels that installed packages bring, by name."""
    known: dict[str, ModuleType] = {}
    for plugin in _installed(tuple(sys.path)):
        if plugin.name in known or plugin.name in BUILT_IN:
            raise Usage(
                f"{_package(plugin)} brings a channel {plugin.name!r}, and there is one of that name",
                expected="a name of its own",
                type_next=f"python -m pip uninstall {_package(plugin)}",
            )
        known[plugin.name] = _loaded(plugin)
    if strangers := [name for name in project.settings.channels if name not in known]:
        raise Usage(
            f"[tool.contd-release.channels] has {', '.join(strangers)}, and no installed package brings that channel",
            expected="the names of installed plug-ins; built-in channels have tables of their own",
            type_next="python -m pip install …   (the package that brings it)",
        )
    return known


@lru_cache(maxsize=1)
def _installed(_path: tuple[str, ...]) -> EntryPoints:
    """What the packages on this path bring. All of them are looked at, and nobody installs one while a task runs."""
    return entry_points(group=GROUP)


def _loaded(plugin: EntryPoint) -> ModuleType:
    remedy = f"python -m pip install --force-reinstall {_package(plugin)}   (or pip uninstall it)"
    try:
        module = plugin.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise NotReady(
            f"the channel {plugin.name} of {_package(plugin)} cannot be imported: {error}",
            expected=f"the module {plugin.value}",
            type_next=remedy,
        ) from error
    if not isinstance(module, ModuleType) or not callable(getattr(module, "is_on", None)):
        raise NotReady(
            f"the channel {plugin.name} of {_package(plugin)} has no is_on: {plugin.value}",
            expected="a module with is_on(project) and functions that return steps",
            type_next=remedy,
        )
    return module


def _package(plugin: EntryPoint) -> str:
    return plugin.dist.name if plugin.dist else "an installed package"
