"""What the package of a release is called, here and on its index, and what was sealed of it."""

from __future__ import annotations

from typing import Final

from contd_release.errors import NotReady
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.project.settings import Pypi
from contd_release.tools import pypi

CHANNEL: Final = "pypi"
# An index may take half an hour to list what it took, in seconds.
PATIENCE: Final = 1800.0


def settings(release: Release) -> Pypi:
    """What the project says about its package index."""
    found = release.project.settings.pypi
    assert found is not None
    return found


def file_names(release: Release) -> tuple[str, ...]:
    """The wheels and the sdist."""
    return (*release.wheels, release.sdist)


def index(release: Release) -> str | None:
    """The index to install from; None for pip's own default, PyPI."""
    ours = settings(release)
    return None if ours.repository == "pypi" and not ours.index else pypi.simple_url(ours)


def page(release: Release) -> str:
    """The page of the index on which a person manages a release."""
    root = pypi.simple_url(settings(release)).removesuffix("simple/")
    return f"{root}manage/project/{release.project.index_name}/release/{release.version}/"


def sealed(release: Release) -> tuple[Artifact, ...]:
    """The wheels and the sdist as they were sealed; none before the build."""
    seal = release.sealed()
    return tuple(one for kind in ("wheel", "sdist") for one in seal.of_kind(kind)) if seal else ()


def required(release: Release) -> tuple[Artifact, ...]:
    """
    The wheels and the sdist as they were sealed.

    Raises:
        NotReady: nothing was built yet.
    """
    if release.sealed() is None:
        raise NotReady("nothing is sealed", expected="built artifacts", type_next="invoke build")
    return sealed(release)
