"""
The version that a commit is at: what its version files say, or the newest release tag that leads to it.

A package whose version a tool computes from the tag has no version file. Where other places of its repository state
the version, such as a chart, those are listed for bump-my-version as anywhere else.
"""

from __future__ import annotations

from functools import partial

from packaging.version import Version

from contd_release.project.defaults import Read
from contd_release.project.project import Project
from contd_release.tools import bumpversion, git
from contd_release.tools.bumpversion import Configuration


def at(project: Project, commit: str) -> Configuration:
    """
    The version of a commit, and the places that state it.

    Raises:
        NotReady: no file lists them, and no tool computes the version.
        Usage: the file that lists them is wrong.
    """
    return read(project, commit, partial(git.text, project.root, commit))


def read(project: Project, commit: str, text_of: Read) -> Configuration:
    """
    The same, of other texts than those of the commit, as of the working tree's.

    Raises:
        NotReady: no file lists the places, and no tool computes the version.
        Usage: the file that lists them is wrong.
    """
    if project.package.tag and not bumpversion.is_configured(text_of, project.folder):
        return Configuration("", _newest(project, commit), ())
    return bumpversion.configuration(text_of, project.folder)


def _newest(project: Project, commit: str) -> Version:
    """The highest release whose tag leads to a commit; 0.0.0 if there is none."""
    newest = max(project.tags.versions(git.tags_before(project.root, commit)), default=Version("0"))
    numbers = ".".join(map(str, (*newest.release, 0, 0)[:3]))
    return Version(numbers + ("".join(map(str, newest.pre)) if newest.pre else ""))
