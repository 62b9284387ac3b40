"""What the chart of a release is called, here and in its registry."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from contd_release.channels.chart import version as chart_version
from contd_release.channels.withdrawal import Rollback
from contd_release.errors import Usage
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.project.settings import Chart
from contd_release.tools.helm import helm

CHANNEL: Final = "chart"
# The tag of a withdrawn chart as it was released begins with it.
KEPT: Final = "withdrawn-"
# A registry behind a cache may take its time to show what it took, in seconds.
PATIENCE: Final = 300.0


def settings(release: Release) -> Chart:
    """What the project says about its chart."""
    found = release.project.settings.chart
    assert found is not None
    return found


def folder(release: Release) -> PurePosixPath:
    """
    The chart's folder, which lies in the repository.

    Raises:
        Usage: it does not.
    """
    path = PurePosixPath(settings(release).path)
    if path.is_absolute() or ".." in path.parts:
        raise Usage(
            f"{settings(release).path!r} leads out of the repository",
            expected="a folder below its root",
            type_next="$EDITOR pyproject.toml",
        )
    return path


def name(release: Release) -> str:
    """The chart's name: as configured, or that of its folder, as Helm's conventions have it."""
    return name_of(settings(release))


def name_of(settings: Chart) -> str:
    """The name of the chart that these settings describe."""
    return helm.checked_name(settings.name or PurePosixPath(settings.path).name)


def version(release: Release) -> str:
    """`1.2.0`: the version of the chart, which is the release's, or its own."""
    return chart_version.of(release)


def app_version(release: Release) -> str:
    """`1.2.0`, or `v1.2.0`: what the chart says that it starts."""
    return chart_version.of_app(release)


def file_name(release: Release) -> str:
    """`contd-1.2.0.tgz`, as helm names what it packs."""
    return f"{name(release)}-{version(release)}.tgz"


def registry(release: Release) -> str:
    """`oci://ghcr.io/OWNER/charts`: what helm pushes to."""
    return settings(release).registry.rstrip("/")


def ref(release: Release) -> str:
    """`oci://ghcr.io/OWNER/charts/contd`: what a user pulls."""
    return ref_of(settings(release))


def ref_of(settings: Chart) -> str:
    """What a user pulls of the chart that these settings describe."""
    return f"{settings.registry.rstrip('/')}/{name_of(settings)}"


def reference(release: Release) -> str:
    """`oci://ghcr.io/OWNER/charts/contd:1.2.0`"""
    return f"{ref(release)}:{version(release)}"


def kept_tag(release: Release) -> str:
    """
    `withdrawn-1.2.0`: the tag of the chart as it was released, once a copy that helm warns of has taken its place.

    It is no SemVer, so no helm that looks for a version sees it; and what a tag names is not collected as garbage.
    """
    return f"{KEPT}{version(release)}"


def advised(rollback: Rollback) -> str:
    """The version of the chart that users are sent to; empty if there is none."""
    return chart_version.at(rollback.release.project, rollback.advised) if rollback.advised else ""


def image(release: Release) -> str:
    """The name under which the chart knows our image; empty if the project has none."""
    ours = release.project.settings.image
    return (settings(release).image or ours.name) if ours else ""


def of_ours(image: str, named: tuple[str, ...]) -> list[str]:
    """Those of the images that are ours, under whatever tag or digest."""
    bare = {one: one.partition("@")[0] for one in named}
    return [one for one, plain in bare.items() if image in (plain, plain.rpartition(":")[0])]


def sealed(release: Release) -> Artifact | None:
    """The chart as it was sealed; nothing before the build."""
    return release.artifact(file_name(release))
