"""The package, read back as its users get it: listed by the index, installed by pip, and imported."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from contd_release.channels.pypi.access import required_python
from contd_release.channels.pypi.names import CHANNEL, index, required, sealed
from contd_release.channels.pypi.trial import Completion, Look
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, compared
from contd_release.engine.step import Step
from contd_release.errors import FailedCommand, Unanswered
from contd_release.process.action import Call
from contd_release.project.artifacts import Artifact
from contd_release.project.release import Release
from contd_release.tools import pip, pypi
from contd_release.tools.python.environment import Environment


def installable(release: Release) -> Step:
    """
    pip installs the wheel from the index alone, by hash, into an empty environment; it states its version, and imports.
    """
    environment = release.source(f"verify-{CHANNEL}")
    requirements = release.home / "requirements.txt"
    return read_back(
        release,
        Claim(CHANNEL, f"pip installs {release.project.name} {release.version}", "installed by pip, and imported"),
        (
            Call("require the sealed hashes", partial(_require, release, requirements)),
            Environment(environment, partial(_built_wheels, release), required_python(release)),
            pip.install(environment, requirements, index(release)),
            Completion(release, environment),
            Look(release, environment, f"invoke rollback --version {release.version}"),
        ),
        retry=lambda failure: isinstance(failure, FailedCommand) and "No matching distribution" in failure.what_is,
    )


def listed(release: Release) -> tuple[Reading, ...]:
    """Every wheel and the sdist, as the index lists them for installers."""
    return tuple(Reading(one.name, f"sha256:{one.sha256}", partial(_listed, release, one)) for one in sealed(release))


def _listed(release: Release, ours: Artifact) -> Glance:
    """The file as the list that installers read has it; a list may lag behind what the index says of the version."""
    if (theirs := pypi.files(release.project).get(ours.name)) is None:
        is_known = ours.name in pypi.published(release.project, release.version)
        stale = "the index knows it, and does not list it yet" if is_known else ""
        return compared(ours.sha256, None, stale=stale)
    if not theirs.sha256:
        raise Unanswered(f"the index serves {ours.name} without a sha256", expected="a digest to compare with ours")
    return compared(f"sha256:{ours.sha256}", f"sha256:{theirs.sha256}")


def _built_wheels(release: Release) -> tuple[Path, ...]:
    return tuple(path for name in release.wheels if (path := release.dist / name).is_file())


def _require(release: Release, requirements: Path) -> None:
    hashes = " ".join(f"--hash=sha256:{one.sha256}" for one in required(release))
    requirements.parent.mkdir(parents=True, exist_ok=True)
    requirements.write_text(f"{release.project.index_name}=={release.version} {hashes}\n", encoding="utf-8")
