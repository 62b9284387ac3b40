"""PyPI, or another package index: the wheels and the sdist."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from contd_release.channels.pypi import access as pypi_access
from contd_release.channels.pypi.build import NAME, distributed
from contd_release.channels.pypi.trial import Completion, Look
from contd_release.channels.read_back import Claim, read_back
from contd_release.channels.readings import Glance, Reading, compared
from contd_release.channels.source import checked_out
from contd_release.engine.checklist import Item, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand, NotReady, Unanswered
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import Artifact
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.project.settings import Pypi
from contd_release.tools import pip, pypi, twine
from contd_release.tools.python.environment import Environment

HALF_AN_HOUR = 1800.0


def is_on(project: Project) -> bool:
    """Whether the project ships a Python package."""
    return project.settings.pypi is not None


def access(release: Release) -> tuple[Item, ...]:
    """The index lets us upload, the metadata says what it wants, and the package can be installed here."""
    return (accepted(release), pypi_access.described(release), pypi_access.installable_here(release))


def build(release: Release) -> tuple[Item, ...]:
    """The wheels and the sdist, from a clean checkout."""
    return (checked_out(release, NAME), distributed(release))


def built(release: Release) -> tuple[Artifact, ...]:
    """The wheels and the sdist as they are in the dist folder."""
    wheels = (artifacts.measured(release.dist / name, "wheel") for name in release.wheels)
    return (*wheels, artifacts.measured(release.dist / release.sdist, "sdist"))


def publish(release: Release) -> tuple[Item, ...]:
    """One step per file, wheels first: an sdist seen before its wheels makes users compile."""
    wheels = tuple(uploaded(release, name) for name in release.wheels)
    first: Item = wheels[0] if len(wheels) == 1 else Together(tuple((wheel,) for wheel in wheels))
    return (first, uploaded(release, release.sdist))


def verify(release: Release) -> tuple[Item, ...]:
    """pip installs what was built, and it can be imported."""
    return (installable(release),)


def readings(release: Release) -> tuple[Reading, ...]:
    """Every wheel and the sdist, as the index lists them for installers."""
    sealed = release.sealed()
    ours = [one for kind in ("wheel", "sdist") for one in sealed.of_kind(kind)] if sealed else []
    return tuple(Reading(one.name, f"sha256:{one.sha256}", partial(_listed, release, one)) for one in ours)


def accepted(release: Release) -> Step:
    """The index accepts our login, as far as can be known before an upload."""
    settings = _settings(release)

    def observe() -> Found:
        if _all_there(release):
            return Found(State.DONE, "everything is uploaded")
        login = pypi.credential(settings)
        if login is None:
            return Found(
                State.ABSENT,
                "there is no credential for the package index",
                "export TWINE_USERNAME=__token__ TWINE_PASSWORD=pypi-…   (or ~/.pypirc, or keyring)",
            )
        if refusal := pypi.refusal(release.project, login):
            return Found(
                State.ABSENT,
                f"the package index refuses {login.username}: {refusal}",
                "export TWINE_USERNAME=… TWINE_PASSWORD=…   (a token that may upload this project)",
            )
        return Found(
            State.DONE, f"{login.username} is accepted; that it may upload this project cannot be checked beforehand"
        )

    return Step("the package index lets us in", observe)


def uploaded(release: Release, name: str) -> Step:
    """
    The index serves this file, byte for byte.

    An index never gives a file name out twice, so there is no undo: a bad release is yanked and followed by a patch.
    """
    settings = _settings(release)

    def observe() -> Found:
        theirs, ours = pypi.files(release.project).get(name), release.artifact(name)
        if theirs is None:
            return Found(State.ABSENT, f"{name} is free")
        if not theirs.sha256:
            raise Unanswered(f"the index serves {name} without a sha256", expected="a digest to compare with ours")
        if ours is None or theirs.sha256 != ours.sha256:
            return Found(
                State.CONFLICT,
                f"{name} is there with sha256 {theirs.sha256[:12]}, "
                + (f"ours is {ours.sha256[:12]}" if ours else "and is not ours"),
                "invoke release --part patch   (an index never gives a file name out twice)",
            )
        return Found(State.DONE, f"sha256 {ours.sha256[:12]}")

    def sealed() -> None:
        if (artifact := release.artifact(name)) is None:
            raise NotReady(f"{name} is not sealed", expected="built artifacts", type_next="invoke build")
        artifacts.check_one(release.dist, artifact)

    return Step(
        f"{name} is on {settings.repository}",
        observe,
        act=(
            Call(f"compare {name} with its seal", sealed),
            twine.upload(release.dist / name, settings.repository),
        ),
        undo=None,
        patience=HALF_AN_HOUR,
        retry=twine.is_worth_another_try,
    )


def installable(release: Release) -> Step:
    """
    pip installs the wheel from the index alone, by hash, into an empty environment; it states its version, and imports.
    """
    environment = release.project.cache / f"{release.tag}-verify-{NAME}"
    requirements = release.home / "requirements.txt"
    return read_back(
        release,
        Claim(NAME, f"pip installs {release.project.name} {release.version}", "installed by pip, and imported"),
        (
            Call("require the sealed hashes", partial(_require, release, requirements)),
            Environment(environment, partial(_built_wheels, release), pypi_access.required_python(release)),
            pip.install(environment, requirements, _index(_settings(release))),
            Completion(release, environment),
            Look(release, environment, f"invoke rollback --version {release.version}"),
        ),
        retry=lambda failure: isinstance(failure, FailedCommand) and "No matching distribution" in failure.what_is,
    )


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


def _settings(release: Release) -> Pypi:
    settings = release.project.settings.pypi
    assert settings is not None
    return settings


def _index(settings: Pypi) -> str | None:
    """The index that pip is told; its own default is PyPI."""
    return None if settings.repository == "pypi" and not settings.index else pypi.simple_url(settings)


def _all_there(release: Release) -> bool:
    sealed = release.sealed()
    if sealed is None:
        return False
    theirs = pypi.files(release.project)
    return all(
        one.name in theirs and theirs[one.name].sha256 == one.sha256
        for kind in ("wheel", "sdist")
        for one in sealed.of_kind(kind)
    )


def _require(release: Release, requirements: Path) -> None:
    sealed = release.sealed()
    if sealed is None:
        raise NotReady("nothing is sealed", expected="built artifacts", type_next="invoke build")
    hashes = " ".join(f"--hash=sha256:{one.sha256}" for kind in ("wheel", "sdist") for one in sealed.of_kind(kind))
    requirements.parent.mkdir(parents=True, exist_ok=True)
    requirements.write_text(f"{release.project.index_name}=={release.version} {hashes}\n", encoding="utf-8")
