"""What a person needs to release by hand into a world: settings, an environment, and a remote to clone."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from contd_release.process import files
from contd_release.project import project
from contd_release.project.several import chosen
from contd_release.project.tables import OVERLAY
from contd_release.sandbox import remotes
from contd_release.sandbox.pointers import Pointers, pointers_of
from contd_release.sandbox.world import World
from contd_release.tools import git


def prepare(world: World, clone: git.Clone, overlay: Path) -> Iterator[str]:
    """
    Write the settings that point a project at a world, and beside them a file of variables to export.

    The world's remote gets the commit that is checked out, with green checks, unless a release was made there before.

    Returns:
        What to type in another terminal, and which channels are left out.

    Raises:
        NotReady: the clone has no commit, or lacks history.
    """
    # Every package is pointed at the world: none that is released there may go to a real place.
    every = _of_packages(clone)
    pointers = every[0]
    remote, main = pointers.remote(world), pointers.project.settings.main
    if f"refs/heads/{main}" not in remotes.refs(remote):
        remotes.fill(remote, clone.root, clone.head, main)
    pointers.be_green(world, remotes.refs(remote)[f"refs/heads/{main}"])
    variables = {OVERLAY: str(overlay.resolve())} | {
        key: one for each in every for key, one in each.secrets(world).items()
    }
    exported = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    environment = overlay.resolve().with_suffix(".env")
    files.write(overlay, "".join(one.overlay(world) for one in every))
    files.write(environment, exported, mode=0o600)
    for one in pointers.skipped:
        yield f"left out: {one.what}: {one.why}" + (f"; type: {one.remedy}" if one.remedy else "")
    yield "In another terminal, and in no folder where you release for real:"
    yield f"  . {shlex.quote(str(environment))}"
    yield f"  git clone {shlex.quote(str(remote))} && cd {shlex.quote(remote.stem)}"
    named = f" --package {pointers.project.table}" if pointers.project.table else ""
    yield f"  invoke release{named} --part auto"


def _of_packages(clone: git.Clone) -> tuple[Pointers, ...]:
    """The pointers of each package; those of the project, where the repository has one."""
    names = project.packages(partial(git.text, clone.root, clone.head)) if clone.head else ()
    found = []
    for name in names or ("",):
        with chosen(name):
            found.append(pointers_of(clone))
    return tuple(found)
