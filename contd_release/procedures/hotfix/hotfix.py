"""A hotfix: one release and its fix, on a branch of its own, from which the next patch is released."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.version import Version

from contd_release.errors import NotReady, Usage
from contd_release.prepare import fragments
from contd_release.project.project import Project
from contd_release.project.release import folder
from contd_release.project.version import next_version, parse
from contd_release.tools import git

if TYPE_CHECKING:
    from contd_release.procedures.rollback.restoration import Restoration

PREFIX: Final = "hotfix/"


@dataclass(frozen=True)
class Hotfix:
    """
    The fix of one release.

    Args:
        of: the version that is fixed.
        picks: the commits to take over, whole hashes.
        here: whether the maintainer's own working tree goes to the branch, instead of a worktree beside it.
        restores: the version whose code comes back, and why, where that is what mends it.
    """

    project: Project
    of: Version
    picks: tuple[str, ...] = ()
    here: bool = False
    restores: Restoration | None = None

    @property
    def version(self) -> Version:
        """The next patch."""
        return next_version(self.of, "patch")

    @property
    def tag(self) -> str:
        """The tag of the release that is fixed."""
        return self.project.tags.of(self.of)

    @property
    def branch(self) -> str:
        """`hotfix/v1.2.1`"""
        return f"{PREFIX}{self.project.tags.of(self.version)}"

    @property
    def tree(self) -> Path:
        """Where a person works on it: beside the clone, or in it."""
        return self.project.root if self.here else tree_of(self.project, self.version)


def tree_of(project: Project, version: Version | str) -> Path:
    """The folder beside the clone in which a person works on a hotfix."""
    named = f"{project.table}-{folder(version)}" if project.table else folder(version)
    return project.root.with_name(f"{project.root.name}-hotfix-{named}")


def version_of(project: Project, branch: str) -> Version | None:
    """The version that is released from a hotfix's branch; None for every other branch."""
    found = project.tags.version(branch.removeprefix(PREFIX)) if branch.startswith(PREFIX) else None
    return found if found and len(found.release) == 3 and not found.is_prerelease else None


def of(project: Project, version: str, picks: tuple[str, ...] = (), *, here: bool = False) -> Hotfix:
    """
    The hotfix of a release that is out.

    Raises:
        Usage: there is no such release, it is a pre-release, or a commit to pick is not here.
    """
    given = "".join(f" --pick {shlex.quote(one)}" for one in picks) + " --here" * here
    if not version:
        raise _not_out(project, "no release is named", given)
    wanted = project.tags.asked(version)
    if wanted.is_prerelease:
        raise Usage(
            f"{wanted} is a pre-release",
            expected="a final version",
            type_next=f"invoke release --pre rc   (when the fix is on {project.settings.main})",
        )
    tag, remote = project.tags.of(wanted), project.settings.remote
    if tag not in git.remote(project.root, remote).tags:
        raise _not_out(project, f"{remote} has no tag {tag}", given)
    return Hotfix(project, wanted, tuple(_whole(project, one) for one in picks), here)


def _not_out(project: Project, what_is: str, given: str) -> Usage:
    """The error about a version that cannot be mended, with the versions that can, and the rest of the call."""
    tags = git.remote(project.root, project.settings.remote).tags
    known = [f"{one}" for one in sorted(project.tags.versions(tags), reverse=True) if not one.is_prerelease]
    return Usage(
        what_is,
        expected=f"a version that is out: {', '.join(known[:5]) or 'there is none'}",
        type_next=f"invoke hotfix.start --of {known[0]}{given}" if known else "invoke release --part minor",
    )


def fixed(project: Project, version: Version) -> str:
    """
    The commit that a hotfix is released from: the tip of its branch, here and on the remote.

    Raises:
        NotReady: it is out, there is no such branch, or nothing was fixed, committed and pushed.
    """
    root, remote, branch = project.root, project.settings.remote, f"{PREFIX}{project.tags.of(version)}"
    if git.remote(root, remote).tag(project.tags.of(version)):
        raise NotReady(
            f"{version} is out already",
            expected="a hotfix that is not released",
            type_next=f"git switch {project.settings.main}   (or invoke hotfix.start --of {version})",
        )
    here, there = git.commit(root, f"refs/heads/{branch}"), git.remote(root, remote).branch(branch)
    wanted = f"{branch} here and on {remote}, with the fix committed"
    if there is None:
        advice = f"git push {remote} {branch}" if here else f"invoke hotfix.start --of {_before(version)}"
        raise NotReady(f"{remote} has no branch {branch}", expected=wanted, type_next=advice)
    git.bring(root, remote, f"refs/heads/{branch}")
    tree = worktree(root, branch)
    if tree and not git.is_clean(tree):
        raise NotReady(f"{tree} has changes that are not committed", wanted, f"git -C {tree} commit, then git push")
    if here and here != there:
        is_ahead = git.is_ancestor(root, there, here)
        advice = "git push" if is_ahead else "git pull --rebase"
        where = "ahead of" if is_ahead else "not where it is on"
        raise NotReady(f"{branch} is {where} {remote}", wanted, f"git -C {tree or root} {advice} {remote} {branch}")
    before = project.tags.of(_before(version))
    if git.tag(root, before) and git.commit(root, f"refs/tags/{before}") == there:
        raise NotReady(f"{branch} has no commit since {before}", wanted, f"git -C {tree or root} commit")
    return there


def unreleased(project: Project) -> tuple[Version, ...]:
    """The versions of hotfix branches on the remote that are not tagged yet."""
    there = git.remote(project.root, project.settings.remote)
    heads = (ref.removeprefix("refs/heads/") for ref in there.refs if ref.startswith("refs/heads/"))
    versions = [version for one in heads if (version := version_of(project, one))]
    return tuple(sorted(one for one in versions if there.tag(project.tags.of(one)) is None))


def untold(hotfix: Hotfix) -> bool:
    """Whether the branch has no fragment yet, so that users would not read what was fixed."""
    tip = git.remote(hotfix.project.root, hotfix.project.settings.remote).branch(hotfix.branch)
    return tip is not None and not fragments.at(hotfix.project, tip).fragments


def worktree(root: Path, branch: str) -> Path | None:
    """The worktree that is on a branch."""
    advice = git.git(root, "worktree", "list", "--porcelain").ask().out
    for block in advice.split("\n\n"):
        lines = block.splitlines()
        if f"branch refs/heads/{branch}" in lines:
            return Path(lines[0].removeprefix("worktree "))
    return None


def _before(version: Version) -> Version:
    major, minor, patch = version.release
    return parse(f"{major}.{minor}.{max(patch - 1, 0)}")


def _whole(project: Project, commit: str) -> str:
    found = git.commit(project.root, commit)
    if found is None:
        raise Usage(f"{commit!r} is no commit here", expected="a commit with a fix", type_next="git fetch; git log")
    return found
