"""The pull request that brings the release commit to a protected branch: its branch, its text, and who opened it."""

from __future__ import annotations

from typing import Final

from contd_release.channels import origin, registry
from contd_release.engine.step import Found, State, Step
from contd_release.errors import FailedCommand
from contd_release.prepare.proof.sessions import sessions
from contd_release.prepare.pull_request import way
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.release import Release
from contd_release.records import journal
from contd_release.records.commit import OfCommit, made_commit
from contd_release.records.entries import Requested
from contd_release.tools import git
from contd_release.tools.github import api, issues
from contd_release.tools.github.issues import Pull
from contd_release.tools.http import may_pass
from contd_release.tools.markup import markdown

# GitHub takes 65,536 characters.
_LONGEST: Final = 60_000
_BUILT: Final = "## What was built"


def of(release: Release) -> Pull | None:
    """
    The pull request of this release: the one that the journal notes, or else the one of our branch at our commit.

    One that is closed, and that the journal does not note, is of an earlier attempt, maybe with the same commit.
    """
    repository = api.connected(release.project)
    noted, ours = journal.of(release.project).latest(Requested, str(release.version)), made_commit(release)
    if noted:
        return issues.pull(repository, noted.number)
    if ours is None:
        return None
    found = issues.pulls(repository, release.request, release.start, closed=True)
    return next((one for one in found if one.is_open or (one.is_merged and one.commit == ours)), None)


def pushed(release: Release) -> Step:
    """The branch of the pull request is on the remote, at the commit that was made and proved here."""
    root, remote, name = release.project.root, release.project.settings.remote, release.request

    def observe() -> Found:
        then = "look: git log FETCH_HEAD; invoke abort, and begin again"
        found = origin.branch(release, name, made_commit(release), then)
        is_free = found.state is State.ABSENT and not _is_given_up(release)
        if is_free and (pull := of(release)) and pull.is_merged:
            return Found(State.DONE, f"{name} is deleted: {pull.url} is merged")
        return found

    def push(commit: str) -> git.Transfer:
        return git.push(release.tree, remote, f"{commit}:refs/heads/{name}")

    def delete() -> None:
        theirs, ours = git.remote(root, remote).branch(name), made_commit(release)
        if theirs and theirs == ours:
            git.delete_branch(root, remote, name, theirs).ask()

    return Step(
        f"{name} is on {remote}",
        observe,
        act=(OfCommit(release, push),),
        undo=(Call(f"delete {name} on {remote}", delete),),
    )


def opened(release: Release) -> Step:
    """The pull request is open or merged. One that a person has closed is not opened again."""
    title = release.subject

    def observe() -> Found:
        found = of(release)
        if found is None:
            return Found(State.ABSENT, "there is no pull request yet")
        if found.is_open:
            return Found(State.DONE if is_noted(found) else State.PARTIAL, found.url)
        if _is_given_up(release):
            return _kept(release, found)
        return Found(State.DONE, f"{found.url} is merged") if found.is_merged else closed(found)

    def is_noted(found: Pull) -> bool:
        noted = journal.of(release.project).latest(Requested, str(release.version))
        return noted is not None and noted.number == found.number

    def ask() -> None:
        body = text(release, (release.tree / release.notes).read_text(encoding="utf-8"))
        repository = api.connected(release.project)
        found = of(release) or issues.open_pull(repository, title, release.request, release.start, body)
        journal.of(release.project).append(Requested(version=str(release.version), number=found.number))

    def close() -> None:
        if (found := of(release)) is None:
            return
        entry = Requested(version=str(release.version), number=found.number, is_given_up=True)
        journal.of(release.project).append(entry)
        if found.is_open:
            issues.edit_pull(api.connected(release.project), found.number, state="closed")

    return Step(
        f'a pull request "{title}" asks for it',
        observe,
        act=(Call(f'open the pull request "{title}" from {release.request} to {release.start}', ask),),
        undo=(Call("close the pull request", close),),
        retry=may_pass,
    )


def removed(release: Release) -> Step:
    """The branch of the merged pull request is deleted, unless someone else has it at another commit."""
    root, remote, name = release.project.root, release.project.settings.remote, release.request

    def observe() -> Found:
        theirs, ours = git.remote(root, remote).branch(name), made_commit(release)
        found = of(release)
        if found is None or not found.is_merged:
            return Found(State.ABSENT, "the pull request is not merged yet")
        if theirs is None:
            return Found(State.DONE, f"{name} is deleted")
        if theirs != ours:
            return Found(State.DONE, f"{name} stays: it is at {theirs[:12]}, which is not ours")
        if kept := [one for one in way.rules(release.project, name) if one.kind == "deletion" and not one.is_bypassed]:
            return Found(State.DONE, f"{name} stays: {kept[0]}")
        return Found(State.PARTIAL, f"{name} is still on {remote}, and {found.url} is merged")

    def delete() -> None:
        there = git.remote(root, remote)
        if (ours := made_commit(release)) is None or there.branch(name) != ours:
            return
        answer = git.delete_branch(root, remote, name, ours).ask()
        # GitHub deletes it itself in many repositories, maybe at this moment.
        if answer.code and git.remote(root, remote).branch(name):
            raise FailedCommand(
                f"{remote} does not delete {name}: {' '.join(answer.err.split())}",
                expected="a branch that is deleted once its pull request is merged",
                type_next=f"git push {remote} --delete {name}   (with an account that may; then invoke release)",
            )

    return Step(f"{name} is deleted", observe, act=(Call(f"delete {name} on {remote}", delete),))


def listed(release: Release) -> Step:
    """The pull request lists what was built from the commit that it was merged as, with the digests."""

    def observe() -> Found:
        sealed, found = release.sealed(), of(release)
        if sealed is None or found is None:
            return Found(State.ABSENT, "there is nothing to list yet")
        if sealed.digest() in found.body:
            return Found(State.DONE, f"{found.url} has seal {sealed.digest()[:12]}")
        return Found(State.ABSENT, f"{found.url} does not list it")

    def write() -> None:
        sealed, found = release.sealed(), of(release)
        if sealed and found:
            body = f"{found.body.partition(_BUILT)[0].rstrip()}\n\n{_built(sealed)}"
            issues.edit_pull(api.connected(release.project), found.number, body=body)

    return Step(
        "the pull request lists what was built",
        observe,
        act=(Call("write the digests into the pull request", write),),
        retry=may_pass,
    )


def closed(found: Pull) -> Found:
    """A person has closed the pull request: whether it is opened again is for a person to say."""
    return Found(
        State.CONFLICT,
        f"{found.url} was closed without being merged",
        f"gh pr reopen {found.number}   (then invoke release; or invoke abort, which gives the release up)",
        expected="a pull request that is open, or merged",
    )


def _kept(release: Release, found: Pull) -> Found:
    """What an abort leaves on GitHub: a merged commit, or a closed pull request, which cannot be deleted."""
    merged = f"{release.start} keeps the release commit: revert {found.url} on its page"
    words = merged if found.is_merged else f"{found.url} stays on GitHub, closed"
    return Found(State.ABSENT, words, remains=True)


def text(release: Release, notes: str) -> str:
    """The text of the pull request: the notes, what was checked, what will be built, and what comes next."""
    said = markdown.calling_nobody(notes).strip()
    cut = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}\n\n…"
    commit = made_commit(release) or ""
    tree = git.tree(release.project.root, commit) if commit else ""
    checked = "\n".join(f"- `{one.name}` passed" for one in sessions(release)) or "- the project has no proof"
    return (
        f"{cut}\n\n## What was checked\n\n{checked}\n\nOn the tree `{tree}` of {commit}.\n\n{_foreseen(release)}"
        f"## What comes next\n\n"
        f"Merge it by a merge commit, squash or rebase: the release goes on from the commit that GitHub makes of it, "
        f"as long as that has this very tree. It becomes public at {registry.destinations(release)}.\n"
    )


def _foreseen(release: Release) -> str:
    """What will be built, as it was built of the same tree; nothing where a workflow builds."""
    found = sorted(path for path in release.dist.glob("*") if path.is_file())
    if not found:
        return ""
    lines = "\n".join(f"- `{path.name}`: sha256:{artifacts.sha256_of(path)[0]}" for path in found)
    image = "An image gets its digest from the commit that is merged.\n\n" if release.project.settings.image else ""
    return f"## What will be built\n\n{lines}\n\n{image}"


def _built(sealed: Sealed) -> str:
    lines = "\n".join(f"- `{one.name}`: {one.digest or f'sha256:{one.sha256}'}" for one in sealed.artifacts)
    return f"{_BUILT}\n\n{lines}\n\nFrom {sealed.commit}, with the seal {sealed.digest()}.\n"


def _is_given_up(release: Release) -> bool:
    noted = journal.of(release.project).latest(Requested, str(release.version))
    return noted is not None and noted.is_given_up
