"""What a person needs to release by hand into a world: settings, an environment, and a remote to clone."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from contd_release.process import files
from contd_release.project.tables import OVERLAY
from contd_release.sandbox import remotes
from contd_release.sandbox.pointers import pointers_of
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
    pointers = pointers_of(clone)
    remote, main = pointers.remote(world), pointers.project.settings.main
    if f"refs/heads/{main}" not in remotes.refs(remote):
        remotes.fill(remote, clone.root, clone.head, main)
    pointers.be_green(world, remotes.refs(remote)[f"refs/heads/{main}"])
    variables = {OVERLAY: str(overlay.resolve())} | pointers.secrets(world)
    exported = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    environment = overlay.resolve().with_suffix(".env")
    files.write(overlay, pointers.overlay(world))
    files.write(environment, exported, mode=0o600)
    for one in pointers.skipped:
        yield f"left out: {one.what}: {one.why}" + (f"; type: {one.remedy}" if one.remedy else "")
    yield "In another terminal, and in no folder where you release for real:"
    yield f"  . {shlex.quote(str(environment))}"
    yield f"  git clone {shlex.quote(str(remote))} && cd {shlex.quote(remote.stem)}"
    yield "  invoke release --part auto"
