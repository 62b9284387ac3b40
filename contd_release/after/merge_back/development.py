"""What main says once a release is out, where the settings have it announce the next version: `1.2.1.dev0`."""

from __future__ import annotations

from functools import partial

from contd_release.errors import ReleaseError
from contd_release.process.action import Running
from contd_release.project.release import Release
from contd_release.tools import bumpversion, git
from contd_release.tools.bumpversion import Configuration


def is_announced(release: Release, tip: str) -> bool:
    """Whether main, at this commit of this clone, announces the next version, or is to say what the release said."""
    if release.following is None:
        return True
    found = _configured(release, tip)
    return found is None or found.current != release.version


def announced(release: Release, commit: str, running: Running) -> str:
    """A commit on top of this one that announces the next version; the same one where nothing is to be announced."""
    wanted, found = release.following, _configured(release, commit)
    if wanted is None or found is None or found.current != release.version:
        return commit
    root, where = release.project.root, release.source("merge")
    for action in git.add_worktree(root, where, commit):
        action.run(running)
    bumpversion.bump(where, found.path, release.version, wanted).run(running)
    for action in git.record(where, f"Begin {wanted}", release.dates):
        action.run(running)
    made = git.commit(where)
    git.remove_worktree(root, where).run(running)
    return made or commit


def _configured(release: Release, commit: str) -> Configuration | None:
    """What the version files of a commit state; None if none is listed."""
    try:
        return bumpversion.configuration(partial(git.text, release.project.root, commit))
    except ReleaseError:
        return None
