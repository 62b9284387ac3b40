"""
The environment of the proof: the released tree is installed in it, and nothing of the maintainer's working tree.

nox and tox make environments of their own. Every other command of the proof runs in this one, as if it were activated.
It has the packages and programs of the environment that runs us, or, where the settings name extras or dependency
groups, exactly what those require.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from contd_release.channels.pypi import access as pypi_access
from contd_release.engine.step import Found, State, Step
from contd_release.prepare.proof import origin
from contd_release.prepare.proof.sessions import Session
from contd_release.process.action import Action, Call
from contd_release.process.system import venv
from contd_release.project.release import Release
from contd_release.project.settings import Settings
from contd_release.records.commit import release_commit
from contd_release.tools import git, pip
from contd_release.tools.python import interpreters, overlay
from contd_release.tools.python.environment import Environment

# Written when the environment is whole: the tree that is installed in it.
_MARK = "contd-release-tree"


def folder(release: Release) -> Path:
    """The folder of the environment, which lasts as long as the release is in progress."""
    return release.source("proof")


def made(release: Release, is_needed: Callable[[str], bool]) -> Step:
    """
    The released tree is installed in an environment of its own, and imported from there.

    Args:
        is_needed: whether a command that runs in it has still to pass on the tree with this hash.
    """
    environment, source = folder(release), release.source("proof-source")

    def observe() -> Found:
        commit = release_commit(release)
        if commit is None:
            return Found(State.ABSENT, "there is no release commit yet")
        tree = git.tree(release.project.root, commit)
        if not is_needed(tree):
            return Found(State.DONE, f"all that runs in it has passed on tree {tree[:12]}")
        if _installed(environment) == tree:
            return Found(State.DONE, f"tree {tree[:12]} in {environment.name}")
        return Found(State.ABSENT, f"tree {tree[:12]} is not installed")

    return Step(
        f"the released tree of {release.project.name} is installed for its proof",
        observe,
        act=(
            *git.clone_shared(release.tree, source, release.computed_from),
            _empty(release, environment),
            *_filled(release, environment, source),
            Call(f"remember which tree is in {environment.name}", partial(_remember, release, environment)),
        ),
    )


def possible(release: Release) -> Step:
    """The environment can be made: on top of the one that runs us, this Python has to fit what the project requires."""
    requires = pypi_access.required_python(release)

    def observe() -> Found:
        ours = interpreters.this()
        if is_fresh(release):
            return Found(
                State.DONE, f"with {', '.join((*_settings(release).proof_extras, *_settings(release).proof_groups))}"
            )
        if interpreters.fits(ours, requires):
            return Found(State.DONE, f"with the packages of the one that runs this, {ours}")
        return Found(
            State.ABSENT,
            f"this is {ours}, and {release.project.name} requires {requires!r}",
            '$EDITOR pyproject.toml   (proof-groups = ["test"] in [tool.contd-release]; or another Python runs this)',
        )

    return Step("the proof has an environment to run in", observe)


def is_fresh(release: Release) -> bool:
    """Whether the settings say what the environment is made of."""
    return bool(_settings(release).proof_extras or _settings(release).proof_groups)


def swept(release: Release, nox: Session, is_needed: Callable[[str], bool]) -> Step:
    """
    The environments that nox keeps from one release to the next do not have an earlier release of the project.

    A session that uses its environment again and installs nothing into it would prove that one.
    """

    def stale() -> list[Path]:
        found = origin.environments(release, nox)
        return [one for one in found if origin.strange(release, venv.python(one), one)]

    def observe() -> Found:
        commit = release_commit(release)
        if commit is None:
            return Found(State.ABSENT, "there is no release commit yet")
        if not is_needed(git.tree(release.project.root, commit)):
            return Found(State.DONE, "all sessions have passed")
        if found := stale():
            return Found(State.ABSENT, f"{found[0].name} has another {release.project.name}")
        return Found(State.DONE, "they have none")

    def sweep() -> None:
        for one in stale():
            shutil.rmtree(one)

    return Step(
        f"the environments of nox have no earlier {release.project.name}",
        observe,
        act=(Call(f"remove those below {nox.environments} that have one", sweep),),
    )


def _empty(release: Release, environment: Path) -> Action:
    if is_fresh(release):
        return Environment(environment, lambda: (), pypi_access.required_python(release))
    return pip.environment(environment)


def _filled(release: Release, environment: Path, source: Path) -> Iterator[Action]:
    """What is put into the empty environment."""
    settings, root = _settings(release), release.project.root
    package = source / release.project.package.folder
    is_package = is_installable(release)
    if is_fresh(release):
        command = pip.install_project(environment, package, settings.proof_extras, settings.proof_groups)
        yield replace(command, env=release.override)
    else:
        where = f"let {environment.name} see the packages of the environment that runs this"
        yield Call(where, partial(overlay.show_packages, environment, (root,)))
        if is_package:
            isolated = settings.pypi is None or settings.pypi.isolated
            yield replace(pip.install_project_alone(environment, package, isolated=isolated), env=release.override)
        yield Call(f"let {environment.name} have its programs", partial(overlay.show_programs, environment))
    if is_package and release.computed_from:
        where = f"let {release.tree.name} have the modules that the build writes the version into"
        yield Call(where, partial(_written, release, source))
    if is_package:
        name = release.project.name
        yield Call(f"compare where {name} is imported from", partial(origin.require_import, release, environment))


def _written(release: Release, source: Path) -> None:
    """
    Copy the modules that the tool which computes the version has written beside the package into the release's tree.

    A command in a tree of a flat layout imports the package from there. Git ignores what is copied.
    """
    for path in git.ignored(source):
        to = release.tree / path
        if to.suffix == ".py" and "version" in to.name.lower() and to.parent.is_dir():
            shutil.copyfile(source / path, to)


def is_installable(release: Release) -> bool:
    """Whether the tree is a Python package."""
    return release.project.package.is_built


def _settings(release: Release) -> Settings:
    return release.project.settings


def _installed(environment: Path) -> str:
    """The hash of the tree that is installed; empty if the environment is not whole."""
    try:
        return (environment / _MARK).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _remember(release: Release, environment: Path) -> None:
    (environment / _MARK).write_text(git.tree(release.tree), encoding="utf-8")


def remove(release: Release) -> None:
    """Remove the environment, and the checkout that is installed in it."""
    for one in (folder(release), release.source("proof-source")):
        shutil.rmtree(one, ignore_errors=True)
