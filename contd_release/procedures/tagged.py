"""The release that a tag names: known from the tag alone, without the journal of the clone that made it."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from packaging.version import Version

from contd_release.errors import Conflict, NotReady, Usage
from contd_release.prepare import stated
from contd_release.prepare.committed import project_at
from contd_release.procedures.selection import resumed
from contd_release.project import artifacts
from contd_release.project.project import Project
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.commit import release_commit
from contd_release.records.entries import Begun
from contd_release.tools import git


def here(project: Project) -> Release | None:
    """
    The release whose tag is checked out; None if no release tag is.

    Raises:
        Conflict: a release tag is there whose version the files of its own commit do not say.
    """
    head = git.commit(project.root)
    versions = project.tags.versions(git.tags_at(project.root, "HEAD"))
    if head is None or not versions:
        return None
    found = stated.at(project, head).current
    if found not in versions:
        raise Conflict(
            f"HEAD is tagged {', '.join(versions.values())}, and its version files say {found}",
            expected=f"the tag {project.tags.of(found)}",
            type_next="git tag --points-at HEAD",
        )
    return of_tag(project, found)


def required(project: Project) -> Release:
    """
    The release whose tag is checked out.

    Raises:
        NotReady: HEAD is at none.
    """
    found = here(project)
    if found is None:
        raise NotReady(
            "HEAD is not at the tag of a release",
            expected="a checkout of one",
            type_next=f"git checkout {project.tags.of('1.2.0')}",
        )
    return found


def of_tag(project: Project, version: Version) -> Release:
    """
    The release of a version that is tagged, here or on the remote; the time of the tag's commit dates it.

    Raises:
        Usage: neither this clone nor the remote has such a tag.
    """
    root, remote, name = project.root, project.settings.remote, project.tags.of(version)
    if git.tag(root, name) is None and git.remote(root, remote).tag(name):
        git.fetch_tag(root, remote, name).ask()
    if (tag := git.tag(root, name)) is None:
        known = map(str, project.tags.versions(git.remote(root, remote).tags))
        near = get_close_matches(str(version), list(known), 1)
        raise Usage(
            f"this clone knows nothing of {version}" + (f"; did you mean {near[0]}?" if near else ""),
            expected=f"the tag {name} on {remote}, or a release that was begun here",
            type_next=f"git ls-remote --tags {remote}",
        )
    before = next(iter(git.described(project.root, tag.commit).parents), tag.commit)
    return Release(
        project=project_at(project, tag.commit),
        version=version,
        previous=stated.at(project_at(project, before), before).current,
        base=before,
        epoch=git.described(project.root, tag.commit).time,
        commit=tag.commit,
        hotfix=git.message(root, name).startswith("Hotfix "),
    )


def of_version(project: Project, version: str) -> Release:
    """A release that was begun in this clone, or else the one that its tag names."""
    wanted = project.tags.asked(version)
    begun = journal.of(project).last(Begun, str(wanted))
    return resumed(project, begun) if begun else of_tag(project, wanted)


def with_public_seal(release: Release) -> Release:
    """
    The release with the seal that its GitHub Release holds, kept apart from what is built in this clone.

    Raises:
        NotReady: nothing says what was built.
        Conflict: what is sealed here is not what GitHub says was built, or it was built from another commit.
    """
    settings, ours = release.project.settings, release.sealed()
    public = None
    if settings.github and settings.github.repository:
        from contd_release.channels.github.verify import sealed_publicly

        public = sealed_publicly(release.project, release.tag)
    if public and ours and public.digest() != ours.digest():
        raise Conflict(
            f"the GitHub Release of {release.tag} has the seal {public.digest()[:12]}, here is {ours.digest()[:12]}",
            expected="one seal",
            type_next=f"rm -r {release.home}   (if what was built here is not what was released)",
        )
    if ours:
        return release
    if public is None:
        raise NotReady(
            f"nothing says what was built as {release.version}: no {artifacts.SEAL} here, or in a GitHub Release",
            expected="a release that was made with contd-release",
            type_next="invoke verify --artifacts FOLDER   (a folder that holds it)",
        )
    apart = replace(release, project=replace(release.project, state=release.project.state / "verified"))
    if public.commit != (release_commit(release) or public.commit):
        raise Conflict(
            f"the GitHub Release of {release.tag} was built from {public.commit[:12]}",
            expected=f"{(release_commit(release) or '')[:12]}, the commit of {release.tag}",
            type_next=f"git ls-remote --tags {release.project.settings.remote} {release.tag}",
        )
    artifacts.seal(apart.dist, public)
    return apart


def folder(words: str) -> Path | None:
    """The folder that a call names, where it names one."""
    return Path(words).absolute() if words else None
