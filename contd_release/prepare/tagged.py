"""
A release that is tagged already: what a workflow starts from, or a person on another machine.

The tag is the only thing that says which commit is released, and a tag can be moved. The commit that was found when the
task began is carried along, and compared with the tag before each effect.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from contd_release.engine.checklist import Item, Section, Together
from contd_release.engine.step import Found, State, Step
from contd_release.errors import Conflict, NotReady
from contd_release.prepare import stated as stated_version
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import SEAL, Sealed
from contd_release.project.release import Release
from contd_release.tools import git

# What `subject-checksums` of actions/attest reads: every file, and every image under its own digest.
SUBJECTS = "SUBJECTS"


def standing(release: Release) -> Step:
    """The tag is public, and names the commit that is checked out here."""

    def observe() -> Found:
        theirs = _where(release)
        if theirs is None:
            remote = release.project.settings.remote
            return Found(State.ABSENT, f"{release.tag} is not public", f"git push {remote} {release.tag}")
        if theirs != release.commit:
            return Found(State.CONFLICT, f"{release.tag} is on {theirs[:12]}; here it is on {release.commit[:12]}")
        return Found(State.DONE, f"{release.tag} is on {theirs[:12]}")

    return Step(f"{release.tag} is the tag of {release.commit[:12]}", observe)


def stated(release: Release) -> Step:
    """The version files of the tagged commit say the version of the tag."""
    text_of = partial(git.text, release.project.root, release.commit)

    def observe() -> Found:
        configuration = stated_version.at(release.project, release.commit)
        if problems := configuration.problems(text_of, release.version):
            return Found(State.ABSENT, f"the version files of {release.tag} do not agree: {'; '.join(problems)}")
        count = f"{len(configuration.files)} places say {release.version}"
        return Found(State.DONE, count if configuration.path else "no file states it: it is computed from the tag")

    return Step(f"the version files say {release.version}", observe)


def checked_out(release: Release) -> Step:
    """The tagged commit is in a worktree of its own, whatever lies about where the task was called."""
    root, tree = release.project.root, release.tree

    def observe() -> Found:
        at = git.commit(tree)
        if at == release.commit:
            return Found(State.DONE, f"{tree.name} is at {at[:12]}")
        return Found(State.ABSENT if at is None else State.PARTIAL, f"{tree.name} is not at {release.commit[:12]}")

    return Step(f"{release.tag} is checked out", observe, act=git.add_worktree(root, tree, release.commit))


def guarded(release: Release, item: Item) -> Item:
    """The same steps, none of which acts when the tag has moved meanwhile."""
    if isinstance(item, Section):
        return replace(item, items=tuple(guarded(release, one) for one in item.items))
    if isinstance(item, Together):
        return replace(item, branches=tuple(tuple(guarded(release, one) for one in each) for each in item.branches))
    guard = Call(f"see that {release.tag} still names {release.commit[:12]}", partial(_unmoved, release))
    return replace(item, act=(guard, *item.act)) if item.act else item


def taken_over(release: Release, folder: Path) -> Sealed:
    """
    Take over what was built and sealed elsewhere, every file compared with its seal.

    Raises:
        NotReady: the folder holds no seal.
        Tampered: a file is missing or has other bytes.
        Conflict: it was sealed for another version or commit, or something else is sealed here.
    """
    sealed = artifacts.read(folder)
    if sealed is None:
        raise NotReady(
            f"{folder} has no {SEAL}",
            expected="the folder that a build on the tag made",
            type_next=f"invoke build --to {folder}",
        )
    _require_ours(release, sealed, str(folder))
    artifacts.check(folder, sealed)
    ours = release.sealed()
    if ours and ours.digest() != sealed.digest():
        raise Conflict(
            f"{release.dist} holds other artifacts of {release.version} than {folder}: seal {ours.digest()[:12]}",
            expected=f"seal {sealed.digest()[:12]}, or nothing",
            type_next=f"rm -r {release.home}   (if what was built there is of no use)",
        )
    _copied(folder, release.dist, sealed)
    return sealed


def handed_over(release: Release, folder: Path) -> Sealed:
    """Copy the sealed files into a folder, for the job that publishes them."""
    sealed = required(release)
    artifacts.check(release.dist, sealed)
    _copied(release.dist, folder, sealed)
    images = {one.name: one.digest.removeprefix("sha256:") for one in sealed.artifacts if one.digest}
    settings = release.project.settings.image
    lines = [f"{digest}  {settings.name if settings else name}\n" for name, digest in images.items()]
    (folder / SUBJECTS).write_text(sealed.checksums() + "".join(lines), encoding="utf-8")
    return sealed


def required(release: Release) -> Sealed:
    """
    What was sealed of the tagged commit.

    Raises:
        NotReady: nothing was.
        Conflict: it was sealed from another commit.
    """
    sealed = release.sealed()
    if sealed is None:
        raise NotReady(
            f"nothing of {release.tag} is sealed here",
            expected="built artifacts",
            type_next="invoke build   (or --artifacts FOLDER, made by invoke build --to FOLDER)",
        )
    _require_ours(release, sealed, str(release.dist))
    return sealed


def _require_ours(release: Release, sealed: Sealed, where: str) -> None:
    found = (sealed.project, sealed.version, sealed.commit)
    if found != (release.project.name, str(release.version), release.commit):
        raise Conflict(
            f"{where} holds {sealed.project} {sealed.version} of {sealed.commit[:12]}",
            expected=f"{release} of {release.commit[:12]}, the commit of {release.tag}",
            type_next="invoke build --to FOLDER   (on the tag that is published)",
        )


def _copied(here: Path, there: Path, sealed: Sealed) -> None:
    """Copy every file and then the seal, so that a seal is only beside the files that it seals."""
    if here.resolve() == there.resolve():
        return
    there.mkdir(parents=True, exist_ok=True)
    for one in sealed.artifacts:
        shutil.copyfile(here / one.name, there / one.name, follow_symlinks=False)
    artifacts.check(there, sealed)
    artifacts.seal(there, sealed)


def _unmoved(release: Release) -> None:
    theirs = _where(release)
    if theirs != release.commit:
        raise Conflict(
            f"{release.tag} has moved to {theirs[:12] if theirs else 'nowhere'} since this began",
            expected=f"{release.commit[:12]}, to which {release.tag} led; nothing was done after that",
            type_next=f"git ls-remote {release.project.settings.remote} {release.tag}",
        )


def _where(release: Release) -> str | None:
    """The commit that the tag leads to for everybody, as GitHub says, or the remote if there is no GitHub."""
    settings = release.project.settings
    if settings.github and settings.github.repository:
        from contd_release.tools.github import api

        return api.commit_of(api.connected(release.project), release.tag)
    there = git.remote(release.project.root, settings.remote).tag(release.tag)
    return there.commit if there else None
