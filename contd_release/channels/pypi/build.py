"""The wheels and the sdist, built once from a clean checkout."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from contd_release.channels import sbom
from contd_release.channels.pypi import contents
from contd_release.channels.pypi.names import CHANNEL, file_names, settings
from contd_release.channels.pypi.trial import Look
from contd_release.channels.source import emptied, removed
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict
from contd_release.process.action import Action, Call
from contd_release.project import artifacts
from contd_release.project.release import Release
from contd_release.tools import build as build_tool
from contd_release.tools import cyclonedx, pip, twine
from contd_release.tools.python.environment import Environment


def distributed(release: Release) -> Step:
    """The wheels and the sdist are built, once, with the release's time in them."""
    names = file_names(release)
    made, source = release.home / "building-pypi", release.source(CHANNEL)

    def observe() -> Found:
        sealed = release.sealed()
        if sealed is not None:
            for name in names:
                if (artifact := sealed.named(name)) is not None:
                    artifacts.check_one(release.dist, artifact)
            return Found(State.DONE, "sealed")
        there = [name for name in names if (release.dist / name).is_file()]
        if len(there) == len(names):
            return Found(State.DONE, f"{len(names)} files")
        return Found(State.PARTIAL if there else State.ABSENT, f"{len(there)} of {len(names)} files")

    return Step(
        f"{release.sdist} and {len(release.wheels)} wheel{'s' * (len(release.wheels) != 1)} are built",
        observe,
        act=(
            emptied(made),
            build_tool.build(
                source / release.project.package.folder, made, release.building, isolated=settings(release).isolated
            ),
            Call("compare the file names with those that are planned", partial(_named, release, made, names)),
            Call("set the times in the sdist", partial(build_tool.settle_times, made / release.sdist, release.epoch)),
            *_described(release, made),
            Call("compare the wheels and the sdist with the commit", partial(contents.compare, release, made)),
            twine.Check(tuple(made / name for name in names)),
            *_tried(release, made),
            Call(f"hand over {len(names)} files", partial(build_tool.hand_over, made, release.dist, names)),
        ),
        undo=(removed(release, "the built files", names),),
    )


def _described(release: Release, made: Path) -> tuple[Action, ...]:
    """Each wheel gets the bill of materials, where the settings say so, before it is tried and sealed."""
    settings = release.project.settings.sbom
    if settings is None or not settings.inside_wheel:
        return ()
    room = release.home / "describing-pypi"
    environment, document = room / "environment", room / sbom.file_name(release)
    pyproject = release.source(CHANNEL) / release.project.package.folder / "pyproject.toml"

    def put_inside() -> None:
        for name in release.wheels:
            cyclonedx.put_inside(made / name, document, release.epoch)
        shutil.rmtree(room)

    return (
        emptied(room),
        Environment(environment, lambda: made.glob("*.whl")),
        pip.install_built(environment, sbom.requirement(release), made),
        cyclonedx.describe(environment, pyproject, document, release.epoch),
        Call(
            f"put the bill of materials into {len(release.wheels)} wheel{'s' * (len(release.wheels) != 1)}", put_inside
        ),
    )


def _tried(release: Release, made: Path) -> tuple[Action, ...]:
    """The wheel is installed and imported before anything is public; one for another machine's Python cannot be."""
    environment, wheel = release.home / "trying-pypi", _installable(release.wheels)
    if wheel is None:
        return ()
    mend = f"invoke abort   (then mend it on {release.start}, and release again)"
    return (
        Environment(environment, lambda: (made / wheel,)),
        pip.install_wheel(environment, made / wheel),
        Look(release, environment, mend),
    )


def _installable(wheels: tuple[str, ...]) -> str | None:
    """A wheel that this machine can install."""
    from packaging.tags import sys_tags
    from packaging.utils import parse_wheel_filename

    if any_machine := next((name for name in wheels if name.endswith("-none-any.whl")), None):
        return any_machine
    ours = frozenset(sys_tags())
    return next((name for name in wheels if parse_wheel_filename(name)[3] & ours), None)


def _named(release: Release, made: Path, names: tuple[str, ...]) -> None:
    """
    Refuse a build that is not exactly the planned files, or that is of another version.

    Raises:
        Conflict: it is something else.
    """
    tool, version = release.project.package.tag, str(release.version)
    others = [path.name for path in made.iterdir() if f"-{version}-" not in path.name and path.name != release.sdist]
    if tool and others:
        how = " ".join(f"{name}={value}" for name, value in tool.override(release.project.name, version).items())
        raise Conflict(
            f"{tool.tool} computes another version than {version}: the build made {', '.join(sorted(others))}",
            expected=", ".join(sorted(names)),
            type_next=f"$EDITOR pyproject.toml   (the build has {how or f'the tag {release.computed_from}'})",
        )
    build_tool.refuse_others(made, names)
