"""What was built is what was committed: wheels and the sdist, compared with the files of the release commit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from contd_release.channels.pypi.names import CHANNEL, file_names, settings
from contd_release.errors import NotReady
from contd_release.project.release import Release
from contd_release.records.commit import required
from contd_release.tools import git
from contd_release.tools.distribution import Files, Stranger, patterns

# Where the tables of build backends name the file that they write the version into.
_DECLARED: Final = (
    ("setuptools_scm", "version_file"),
    ("setuptools_scm", "write_to"),
    ("hatch", "build", "hooks", "vcs", "version-file"),
    ("hatch", "build", "hooks", "version", "path"),
    ("pdm", "version", "write_to"),
    ("versioneer", "versionfile_source"),
    ("versioneer", "versionfile_build"),
    ("versioningit", "write", "file"),
)
_MOST: Final = 5


def compare(release: Release, made: Path) -> None:
    """
    Compare every file of the wheels and of the sdist with the release commit.

    Raises:
        NotReady: one holds a file that git does not have, and that the project does not name as generated.
    """
    root, commit = release.project.root, required(release)
    files = Files(root, commit, release.source(CHANNEL))
    pyproject = git.text(root, commit, f"{release.project.package.folder}pyproject.toml") or ""
    generated = (*settings(release).generated, *declared(pyproject))
    tool = release.project.package.tag
    archives = [made / name for name in file_names(release)]
    found = strangers(files, archives, generated, tool.tool if tool else "")
    if not found:
        return
    more = f", and {len(found) - _MOST} files more" if len(found) > _MOST else ""
    paths = ", ".join(f'"{path}"' for path in patterns([one.path for one in found], _MOST))
    raise NotReady(
        "; ".join(map(str, found[:_MOST])) + more,
        expected="the files of the commit, and those that [tool.contd-release.pypi] names as generated",
        type_next=f"$EDITOR pyproject.toml   (generated = [{paths}] in [tool.contd-release.pypi], if the build is "
        "meant to make them); then invoke abort, and release again",
    )


def strangers(files: Files, archives: Iterable[Path], generated: tuple[str, ...], tool: str) -> list[Stranger]:
    """
    The files of some wheels and sdists that git does not have and that are not generated.

    Args:
        tool: what computes the version of the package and writes it into a file; empty if nothing does.
    """
    every = (one for archive in archives for one in files.strangers(archive, generated))
    return [one for one in every if not (tool and _is_computed(one, tool))]


def _is_computed(stranger: Stranger, tool: str) -> bool:
    """Whether the tool that computes the version writes this file: a module with the version, or what it has beside."""
    name = stranger.path.rpartition("/")[2]
    if tool == "pbr" and name in ("AUTHORS", "ChangeLog"):
        return True
    # It replaces the version in every package's own module.
    in_place = tool == "poetry-dynamic-versioning" and stranger.is_known and name == "__init__.py"
    return in_place or (name.endswith((".py", ".pyi", ".txt", ".json")) and "version" in name.lower())


def declared(pyproject: str) -> Iterator[str]:
    """The files that the build backend says it writes."""
    tool = tomllib.loads(pyproject).get("tool", {})
    for keys in _DECLARED:
        found: Any = tool
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, str) and found:
            yield found.removeprefix("./")
