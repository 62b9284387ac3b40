"""
The places a release goes to. A channel is a module whose functions return steps.

`is_on(project)` says whether the project uses it. `access`, `build`, `stage`, `publish`, `verify` and `promote` take a
`Release` and return its part of that section of the checklist; `built` returns the artifacts that `build` made, to be
sealed. A channel leaves out what it has nothing to say to, and may name another that it comes `AFTER`. Packages add
their own through the entry-point group `contd_release.channels`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import Final, Literal, TypeAlias

from contd_release.artifacts import Artifact
from contd_release.checklist import Item
from contd_release.project import Project
from contd_release.release import Release

Section: TypeAlias = Literal["access", "build", "stage", "publish", "verify", "promote"]
GROUP: Final = "contd_release.channels"
# An image is public before the chart that names it, and GitHub's release comes last.
BUILT_IN: Final = ("sbom", "pypi", "image", "chart", "github")


def channels(project: Project) -> dict[str, ModuleType]:
    """
    The channels that this project uses, by name, in the order in which they are told.
    """
    # A channel of ours is on when the settings have its table; the others are not imported to be asked.
    tables = [name for name in BUILT_IN if getattr(project.settings, name, None)]
    known = {name: import_module(f"{__name__}.{name}") for name in tables}
    known |= {plugin.name: plugin.load() for plugin in entry_points(group=GROUP)}
    return {name: module for name, module in known.items() if module.is_on(project)}


def section(name: Section, release: Release) -> Iterator[tuple[Item, ...]]:
    """
    What each channel has to do in one section of the checklist: a branch for each that has anything.

    A channel that names another as `AFTER` follows it in the same branch.
    """
    branches: dict[str, tuple[Item, ...]] = {}
    for channel, module in channels(release.project).items():
        before = getattr(module, "AFTER", channel)
        at = before if before in branches else channel
        branches[at] = branches.get(at, ()) + tuple(getattr(module, name, lambda _: ())(release))
    yield from (items for items in branches.values() if items)


def verified(project: Project) -> Iterator[str]:
    """
    The names of the channels whose verification the journal tells of.
    """
    return (name for name, module in channels(project).items() if hasattr(module, "verify"))


def built(release: Release) -> tuple[Artifact, ...]:
    """
    The artifacts of all channels as they are in the dist folder now.
    """
    modules = channels(release.project).values()
    return tuple(sorted(one for module in modules for one in getattr(module, "built", lambda _: ())(release)))
