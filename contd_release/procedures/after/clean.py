"""
Remove what releases leave on this machine and can be made again: worktrees, caches, finished hotfixes, rehearsals.

Logs, sealed artifacts and the journal stay. So does all that belongs to a release, a rollback or a rehearsal in
progress, and every folder that holds work of a person.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contd_release.console import Lines, reporting
from contd_release.errors import FailedCommand
from contd_release.prepare.committed import current_project
from contd_release.procedures.hotfix import hotfix
from contd_release.process.action import Running
from contd_release.process.system.files import bytes_on_disk
from contd_release.project.project import Project
from contd_release.records import journal, lock
from contd_release.records.entries import Begun, CheckedOut, Ended
from contd_release.tools import git

_OF_VERSION: Final = re.compile(r"(?:hotfix-|restore-)?v(?P<version>[0-9][0-9a-z.]*)(?:-.+)?")
_SHARED: Final = {"buildah": "base images", "charts": "charts of dependencies", "nox": "environments of the proof"}


@dataclass(frozen=True)
class Leftover:
    """
    Something on this machine that no release needs any more.

    Args:
        is_of_person: whether a person worked in it, so that git removes it, and only if nothing in it would be lost.
        kept: why it is not removed; empty for all that is.
    """

    what: str
    path: Path
    is_of_person: bool = False
    kept: str = ""

    @property
    def size(self) -> int:
        """Bytes on the disk; a file with several names counts once."""
        files = {(stat.st_dev, stat.st_ino): bytes_on_disk(stat) for stat in _stats(self.path)}
        return sum(files.values())


def clean_up(*, is_confirmed: bool) -> None:
    """List what can be removed, and remove it if that is confirmed."""
    project = current_project()
    report = reporting(as_json=False)
    assert isinstance(report, Lines)
    with lock.held(project.state / "lock"):
        found = tuple(leftovers(project))
        going = [one for one in found if not one.kept]
        for one in found:
            if one.kept:
                report.says(f"kept: {one.path}: {one.kept}")
        if not going:
            report.says("releases left nothing on this machine that can be removed")
            return
        report.table(("size", "what", "where"), [(_shown(one.size), one.what, str(one.path)) for one in going])
        total = _shown(sum(one.size for one in going))
        if not is_confirmed:
            report.says(f"\n{total} can be removed; logs, sealed artifacts and the journal stay")
            report.says("type: invoke clean --yes")
            return
        left = [one for one in going if not _remove(project, one)]
        for one in left:
            report.says(f"could not be removed: {one.path}")
        report.says(f"\n{len(going) - len(left)} of {len(going)} are removed, {total} in all")
        if left:
            raise FailedCommand(
                f"{len(left)} of {len(going)} are still there",
                expected="folders that this user may remove",
                type_next=f"ls -ld {left[0].path}",
            )


def leftovers(project: Project) -> Iterator[Leftover]:
    """Everything that releases of this clone left on this machine."""
    busy = _in_progress(project)
    for room in _rooms(project):
        yield from (one for path in sorted(room.iterdir()) if (one := _of_room(project, path, busy)))
    yield from _hotfixes(project, busy)
    yield from _rehearsed(project)


def _in_progress(project: Project) -> frozenset[str]:
    """The versions of the release and the rollback in progress."""
    entries = journal.of(project)
    return frozenset(one.version for one in (entries.under_way(), entries.withdrawing()) if one)


def _rooms(project: Project) -> list[Path]:
    """The folders that hold checkouts: the cache, and every other one that a release noted."""
    noted = {Path(one.folder) for one in journal.of(project).entries(CheckedOut)}
    return [room for room in sorted({project.cache, *noted}) if room.is_dir() and not room.is_symlink()]


def _of_room(project: Project, path: Path, busy: frozenset[str]) -> Leftover | None:
    """One folder of a room; None if it belongs to a release in progress, to another clone, or to nothing of ours."""
    if path.is_symlink() or not path.is_dir() or git.is_of_another_clone(path, project.state.parent):
        return None
    if match := _OF_VERSION.fullmatch(path.name):
        known = {one.version for one in journal.of(project).entries(Begun)}
        is_ours = path.parent == project.cache or match["version"] in known
        is_free = match["version"] not in busy
        return Leftover(f"checkout of {match['version']}", path) if is_ours and is_free else None
    if path.parent == project.cache and not busy:
        return Leftover(_SHARED.get(path.name, "cache"), path)
    return None


def _hotfixes(project: Project, busy: frozenset[str]) -> Iterator[Leftover]:
    """The folders in which a person worked on a hotfix that is released."""
    ended = {one.version for one in journal.of(project).entries(Ended) if one.how == "finished"}
    for version in sorted({one.version for one in journal.of(project).entries(Begun) if one.hotfix} & ended - busy):
        tree = hotfix.tree_of(project, version)
        if tree.is_dir() and not tree.is_symlink() and tree != project.root:
            yield Leftover(f"hotfix {version}", tree, is_of_person=True, kept=_unsaved(project, tree))


def _unsaved(project: Project, tree: Path) -> str:
    """What would be lost with a worktree; empty if all of it is on the remote."""
    if git.is_of_another_clone(tree, project.state.parent):
        return "it belongs to another clone"
    status = git.git(tree, "status", "--porcelain").ask()
    if status.code or status.raw:
        return "it has changes that are not committed" if not status.code else "git cannot read it"
    pushed = git.git(tree, "for-each-ref", "--contains=HEAD", "refs/tags", "refs/remotes").ask()
    return "" if pushed.raw else "it has commits that are not pushed"


def _rehearsed(project: Project) -> Iterator[Leftover]:
    from contd_release.rehearse.rehearsal import rehearsal_of

    rehearsal = rehearsal_of(git.clone(project.root))
    kept = "a rehearsal is in progress; invoke rehearse continues it" if rehearsal.is_under_way else ""
    for path in (rehearsal.directory, rehearsal.cache):
        if path.is_dir():
            yield Leftover("the last rehearsal", path, kept=kept)


def _remove(project: Project, one: Leftover) -> bool:
    """Remove one folder; false if it is still there."""
    if one.is_of_person:
        git.git(project.root, "worktree", "remove", "--", str(one.path)).ask()
    elif (one.path / ".git").is_file():
        git.remove_worktree(project.root, one.path).run(Running(project.state / "logs"))
    else:
        shutil.rmtree(one.path, ignore_errors=True)
    return not one.path.exists()


def _stats(path: Path) -> Iterator[os.stat_result]:
    for folder, _, names in os.walk(path):
        for name in names:
            with suppress(OSError):
                yield Path(folder, name).lstat()


def _shown(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size < 10_000_000 else f"{size / 1_000_000:,.0f} MB"
