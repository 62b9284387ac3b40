"""
The channels of a project, and their parts of each section of the checklist.

A channel is a module whose functions return steps: `contd_release.channels.base.Channel`. Packages add their own
through the entry-point group `contd_release.channels`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Final, Literal, TypeAlias

from contd_release.channels import plugin
from contd_release.channels.base import Channel, nothing
from contd_release.channels.plugin import Plugin
from contd_release.channels.readings import Reading
from contd_release.engine.checklist import Item
from contd_release.errors import Usage
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release

Section: TypeAlias = Literal["access", "access_by_tag", "build", "stage", "publish", "verify", "promote"]
BuiltIn: TypeAlias = Literal["sbom", "pypi", "image", "chart", "github"]
# An image is public before the chart that names it, and GitHub's release comes last.
BUILT_IN: Final[tuple[BuiltIn, ...]] = ("sbom", "pypi", "image", "chart", "github")
_LOOKING: Final = frozenset({"access", "access_by_tag", "verify"})


def channels(project: Project) -> dict[str, Channel]:
    """
    The channels that this project uses, by name, in the order in which they are listed.

    Raises:
        NotReady: a package that brings a channel cannot be imported, or brings none.
        Usage: the configuration names a channel that no package provides.
    """
    # A channel of ours is on when the settings have its table; the others are not imported to be asked.
    tables = [name for name in BUILT_IN if getattr(project.settings, name, None)]
    ours: dict[str, Channel] = {name: channel for name in tables if (channel := _built_in(name)).is_on(project)}
    return {**ours, **plugins(project)}


def plugins(project: Project) -> dict[str, Plugin]:
    """The channels of other packages that this project uses; `NAME = false` in `[channels]` turns one off."""
    on = {name: one for name, one in _plugins(project).items() if project.settings.channels.get(name) is not False}
    return {name: one for name, one in on.items() if one.is_on(project)}


def rehearsable(project: Project) -> dict[str, Channel]:
    """The channels that a rehearsal can point at its sandbox: every channel that the settings have a table for."""
    return {**{name: _built_in(name) for name in BUILT_IN if getattr(project.settings, name)}, **plugins(project)}


def chosen(project: Project, only: Collection[str] = (), command: str = "invoke publish") -> dict[str, Channel]:
    """
    The channels with these names that the project uses; all that it uses where none is named.

    Args:
        command: the command that names them, for the error.

    Raises:
        Usage: a name is no channel's.
    """
    if not only:
        return channels(project)
    known = (*BUILT_IN, *_plugins(project))
    if strangers := [name for name in only if name not in known]:
        near = get_close_matches(strangers[0], known, 1)
        raise Usage(
            f"there is no channel {', '.join(strangers)}" + (f"; did you mean {near[0]}?" if near else ""),
            expected=f"some of {', '.join(known)}",
            type_next=f"{command} --only {(near or known)[0]}",
        )
    return {name: module for name, module in channels(project).items() if name in only}


def wishes(project: Project) -> dict[str, tuple[str, ...]]:
    """What a rollback does in each channel only if a person asks for it."""
    return {name: channel.WISHES for name, channel in channels(project).items()}


def section(name: Section, release: Release, only: Collection[str] = ()) -> Iterator[tuple[Item, ...]]:
    """
    What each channel, or `only` some, has to do in one section of the checklist: a branch for each that has anything.

    A channel that names another as `AFTER` follows it in the same branch; where nothing is made, each has its own.
    """
    branches: dict[str, tuple[Item, ...]] = {}
    for channel, module in chosen(release.project, only).items():
        before = channel if name in _LOOKING else module.AFTER or channel
        at = before if before in branches else channel
        branches[at] = branches.get(at, ()) + tuple(_part(module, name, release))
    yield from (items for items in branches.values() if items)


def readings(release: Release, only: Collection[str] = ()) -> Iterator[tuple[str, Reading]]:
    """The readings of each channel for a published release, with the channel's name."""
    for channel, module in chosen(release.project, only).items():
        for reading in module.readings(release):
            yield channel, reading


def verified(project: Project) -> Iterator[str]:
    """The names of the channels whose verification the journal notes."""
    return (name for name, module in channels(project).items() if module.verify is not nothing)


def installable(project: Project) -> tuple[str, ...]:
    """The channels from which users install something; GitHub and the bill of materials only list them."""
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
    return tuple(sorted(one for module in modules for one in module.built(release)))


def _part(channel: Channel, section: Section, release: Release) -> Iterable[Item]:
    parts: dict[Section, Callable[[Release], Iterable[Item]]] = {
        "access": channel.access,
        "access_by_tag": channel.access_by_tag,
        "build": channel.build,
        "stage": channel.stage,
        "publish": channel.publish,
        "verify": channel.verify,
        "promote": channel.promote,
    }
    return parts[section](release)


def _built_in(name: BuiltIn) -> Channel:
    """Import one of our own channels."""
    if name == "sbom":
        from contd_release.channels import sbom

        return sbom
    if name == "pypi":
        from contd_release.channels.pypi import channel as pypi

        return pypi
    if name == "image":
        from contd_release.channels.image import channel as image

        return image
    if name == "chart":
        from contd_release.channels.chart import channel as chart

        return chart
    from contd_release.channels.github import channel as github

    return github


def _plugins(project: Project) -> dict[str, Plugin]:
    """The channels that installed packages bring, by name."""
    known = plugin.plugins(BUILT_IN)
    if strangers := [name for name in project.settings.channels if name not in known]:
        raise Usage(
            f"[tool.contd-release.channels] has {', '.join(strangers)}, and no installed package brings that channel",
            expected="the names of installed plug-ins; built-in channels have tables of their own",
            type_next="python -m pip install …   (the package that brings it)",
        )
    return known
