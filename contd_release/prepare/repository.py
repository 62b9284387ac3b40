"""Checks of the maintainer's clone before a release begins. They only read it."""

from __future__ import annotations

import tomllib
from importlib import metadata
from typing import Any, Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from contd_release.engine.step import Found, State, Step
from contd_release.errors import NotReady
from contd_release.prepare.pull_request import request
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.records.commit import merged_commit, release_commit
from contd_release.tools import git
from contd_release.tools.git import Remote

# Older ones leave half-written version files, or hold other words.
TOOLS: Final = {
    "bump-my-version": "1.6.6",
    "towncrier": "25.8",
    "build": "1.6",
    "twine": "6.1",
    "nox": "2025.5.1",
}

_MAIN_BRANCHES: Final = ("master", "trunk", "develop", "main")


def tools_here(release: Release) -> Step:
    """Every tool that the checklist calls is installed, in a version that keeps its promises and that uv accepts."""

    def observe() -> Found:
        problems = [problem for name, least in TOOLS.items() if (problem := _too_old(name, least))]
        if problems:
            return Found(State.ABSENT, "; ".join(problems), 'python -m pip install --upgrade "contd-release"')
        if required := _other_uv(release):
            return Found(
                State.ABSENT,
                f"uv is {metadata.version('uv')}, and the repository's required-version is {required!r}",
                f'python -m pip install "uv{required if required.startswith(tuple("=<>~!")) else f"=={required}"}"',
            )
        return Found(State.DONE, ", ".join(f"{name} {metadata.version(name)}" for name in TOOLS))

    return Step("the tools are here", observe)


def newest_main(project: Project) -> str | None:
    """The tip of main on the remote, as this clone knows it, if it is ahead of the commit that is checked out."""
    found = git.commit(project.root, f"refs/remotes/{project.settings.remote}/{project.settings.main}")
    is_ahead = found and found != project.commit and git.is_ancestor(project.root, project.commit, found)
    return found if is_ahead else None


def committer_known(release: Release) -> Step:
    """git knows who commits and tags."""

    def observe() -> Found:
        if identity := git.identity(release.project.root):
            return Found(State.DONE, identity)
        return Found(
            State.ABSENT, "git has no user.name and user.email", 'git config user.name "…"; git config user.email "…"'
        )

    return Step("git knows who releases", observe)


def history_whole(release: Release) -> Step:
    """The clone has all history and every release tag of the remote: what changed since the last release is known."""
    root, remote = release.project.root, release.project.settings.remote

    def observe() -> Found:
        if git.is_shallow(root):
            return Found(
                State.ABSENT,
                "this clone is shallow: a part of the history is missing",
                f"git fetch --unshallow {remote}",
            )
        there = git.remote(root, remote)
        latest = last_tag(there.tags, release)
        if latest and git.tag(root, latest) is None:
            return Found(State.ABSENT, f"{latest} is on {remote} and not here", f"git fetch --tags {remote}")
        return Found(State.DONE, f"the last release is {latest}" if latest else "this is the first release")

    return Step("the clone has all history", observe)


def base_is_tip(release: Release) -> Step:
    """
    HEAD is the tip of the branch that a release starts from, and that has not moved on until the release is tagged.
    """
    root, settings = release.project.root, release.project.settings
    upstream = f"{settings.remote}/{release.start}"

    def observe() -> Found:
        there = git.remote(root, settings.remote)
        tip = there.branch(release.start)
        if tip is None:
            missing = _no_branch(there, settings.remote, release.start)
            return Found(State.ABSENT, missing.what_is, missing.type_next)
        if tip == release.base:
            return Found(State.DONE, f"{upstream} is at {tip[:12]}")
        if merged := merged_commit(release):
            return Found(State.DONE, f"{upstream} has {merged[:12]}, as the pull request was merged")
        if release.by_pull and (found := request.of(release)) and found.is_merged:
            return Found(State.DONE, f"{upstream} is at {tip[:12]}, and has {found.url}")
        ours = release_commit(release)
        tag = there.tag(release.tag)
        if ours and (tip == ours or (tag and tag.commit == ours)):
            return Found(State.DONE, f"{upstream} is at {tip[:12]}, and {release.tag} is tagged")
        return Found(
            State.CONFLICT,
            f"{upstream} is at {tip[:12]}, and the release began at {release.base[:12]}",
            "invoke abort; git pull   (then begin again)",
        )

    return Step(f"the release starts from {upstream}'s tip", observe)


def beginning(project: Project, here: str | None) -> str:
    """
    The commit a new release starts from: that of the project, which must be the remote main's tip.

    Args:
        here: the branch that is checked out; None if HEAD is detached.

    Raises:
        NotReady: HEAD is detached, on another branch, behind, ahead of or beside the tip; each says what to type.
    """
    root, remote, main = project.root, project.settings.remote, project.settings.main
    head, there = project.commit, git.remote(root, remote)
    tip = there.branch(main)
    wanted = f"HEAD on {main}, at the tip of {remote}/{main}"
    if tip is None:
        raise _no_branch(there, remote, main, here)
    if here is None and head != tip:
        raise NotReady(f"HEAD is detached at {head[:12]}", expected=wanted, type_next=f"git switch {main}")
    if here not in (None, main):
        raise NotReady(f"HEAD is on {here}", expected=wanted, type_next=f"git switch {main}")
    if head == tip:
        return head
    if git.is_ancestor(root, tip, head):
        count = git.distance(root, tip, head)
        raise NotReady(
            f"{main} has {count} commit{'s' * (count != 1)} that {remote} has not",
            expected=wanted,
            type_next=f"git push {remote} {main}",
        )
    what = "behind" if git.is_ancestor(root, head, tip) or git.commit(root, tip) is None else "beside"
    raise NotReady(
        f"{main} is at {head[:12]}, {what} {remote}/{main} at {tip[:12]}",
        expected=wanted,
        type_next="git pull --rebase",
    )


def releases(project: Project, there: Remote) -> dict[Version, str]:
    """The releases that are tagged on the remote and not withdrawn, with their tags."""
    known = project.tags.versions(there.tags)
    return {version: tag for version, tag in known.items() if version not in there.withdrawn(project.withdrawal)}


def newest(project: Project, there: Remote) -> tuple[Version, str] | None:
    """The highest release that is tagged on the remote and not withdrawn, with its tag."""
    found = releases(project, there)
    return max(found.items()) if found else None


def last_tag(tags: tuple[str, ...], release: Release) -> str | None:
    """The tag of the highest release below this one."""
    below = {version: tag for version, tag in release.project.tags.versions(tags).items() if version < release.version}
    return below[max(below)] if below else None


def _no_branch(there: Remote, remote: str, main: str, here: str | None = None) -> NotReady:
    """
    The branch that releases start from is not on the remote; the setting is wrong where the remote has another one.
    """
    main_branches = [name for name in (here or "", *_MAIN_BRANCHES) if name != main and there.branch(name)]
    if main_branches:
        return NotReady(
            f"{remote} has no branch {main}, and has {main_branches[0]}",
            expected=f"the branch that releases start from as `main` in [tool.contd-release]; now it is {main}",
            type_next=f'$EDITOR pyproject.toml   (main = "{main_branches[0]}" in [tool.contd-release])',
        )
    return NotReady(
        f"{remote} has no branch {main}",
        expected=f"HEAD on {main}, at the tip of {remote}/{main}",
        type_next=f"git push {remote} {main}",
    )


def _too_old(name: str, least: str) -> str | None:
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is not installed (expected {least} or later)"
    return None if Version(found) >= Version(least) else f"{name} is {found} (expected {least} or later)"


def _other_uv(release: Release) -> str:
    """The version of uv that the repository requires, where the one of this environment is another; else empty."""
    tables: dict[str, Any] = {}
    for path in ("pyproject.toml", "uv.toml"):
        found: dict[str, Any] = tomllib.loads(git.text(release.project.root, release.base, path) or "")
        tables |= found if path == "uv.toml" else found.get("tool", {}).get("uv", {})
    required = str(tables.get("required-version", ""))
    try:
        accepted = SpecifierSet(required if required.startswith(tuple("=<>~!")) else f"=={required}")
        return "" if not required or accepted.contains(metadata.version("uv"), prereleases=True) else required
    except (InvalidSpecifier, metadata.PackageNotFoundError):
        return ""
