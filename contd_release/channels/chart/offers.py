"""Every version of the chart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from contd_release.channels.chart.names import CHANNEL
from contd_release.channels.offer import Offer
from contd_release.project.project import Project
from contd_release.project.version import stated
from contd_release.tools.helm import registry

_KEPT: Final = "withdrawn-"


def offers(project: Project) -> Iterator[Offer]:
    """
    The versions with the digests of their `.tgz`.

    A chart that was withdrawn is a copy which helm warns of. The chart as it was released has a tag of its own then,
    and is what is offered here. A chart with versions of its own states no version of the project.
    """
    settings = project.settings.chart
    if settings is None:
        return
    name = settings.name or PurePosixPath(settings.path).name
    there = registry.repository(f"{settings.registry.rstrip('/')}/{name}")
    tags = there.tags()
    for tag in tags:
        kept = f"{_KEPT}{tag}"
        shown = kept if kept in tags else tag
        if digest := registry.layer(there, shown):
            version = "" if settings.version == "own" else stated(tag.removeprefix(_KEPT))
            yield Offer(CHANNEL, tag, digest, version)
