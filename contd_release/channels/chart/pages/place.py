"""The classic chart repository: a branch with an index.yaml, and the packed charts beside it."""

from __future__ import annotations

from pathlib import PurePosixPath

from contd_release.channels.chart.names import file_name, name, sealed, settings, version
from contd_release.engine.step import Found, State
from contd_release.project.release import Release
from contd_release.tools import git
from contd_release.tools.git import Branch
from contd_release.tools.helm.classic import index


def is_on(release: Release) -> bool:
    """Whether the project has one."""
    return bool(release.project.settings.chart and settings(release).pages)


def place(release: Release) -> git.Place:
    """The branch and the folder, in the repository that releases are pushed to."""
    project, path = release.project, PurePosixPath(settings(release).pages_folder)
    folder = "" if str(path) == "." else f"{path}/"
    origin = git.Origin.of(project.root, project.settings.remote)
    return git.Place(shown(release), origin, settings(release).pages, folder)


def shown(release: Release) -> str:
    """`gh-pages of origin`"""
    return f"{settings(release).pages} of {release.project.settings.remote}"


def reference(release: Release) -> str:
    """`demo 1.2.0 in index.yaml of gh-pages`: the entry of the release, for people."""
    return f"{name(release)} {version(release)} in {index.FILE} of {settings(release).pages}"


def entry(release: Release, found: Branch) -> index.Entry | None:
    """The entry of the release; None if there is none."""
    return index.entry(found.text(index.FILE), name(release), version(release))


def looked_at(release: Release) -> index.Entry | None:
    """The entry of the release on the branch as it is now."""
    with git.looked_at(place(release)) as found:
        return entry(release, found)


def state(release: Release, found: Branch) -> Found:
    """Whether the branch lists these bytes of the chart, and has them."""
    theirs, ours, file = entry(release, found), sealed(release), file_name(release)
    archive = release.dist / file
    there = found.hash(file)
    is_other = bool(there and ours and archive.is_file() and found.stored(archive) != there)
    if theirs is None and not is_other:
        missing = f"{index.FILE} of {found.name} has no {name(release)} {version(release)}"
        return Found(
            State.ABSENT, missing if found.tip else f"{shown(release)} is not there: it is made as a new branch"
        )
    if theirs and (ours is None or theirs.digest != ours.sha256):
        mine = f"ours is {ours.sha256[:12]}" if ours else "and nothing of ours is sealed"
        return Found(State.CONFLICT, f"{reference(release)} has sha256 {theirs.digest[:12] or 'none'}, {mine}")
    if is_other:
        return Found(State.CONFLICT, f"{file} on {found.name} has other bytes than ours")
    if theirs and there is None and file in theirs.urls:
        return Found(State.PARTIAL, f"{reference(release)} is there without {file}")
    return Found(State.DONE, f"sha256 {ours.sha256[:12] if ours else ''}")
