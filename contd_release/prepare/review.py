"""The review: a person says yes to one commit and one set of digests, before anything becomes public."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from contd_release.channels import registry
from contd_release.engine.step import Found, State, Step
from contd_release.errors import NeedsPerson
from contd_release.process.action import Call
from contd_release.project import artifacts
from contd_release.project.artifacts import Sealed
from contd_release.project.release import Release
from contd_release.records import journal, seal
from contd_release.records.commit import release_commit
from contd_release.records.entries import Approved

Ask: TypeAlias = Callable[[Release, Sealed], bool]


def approved(release: Release, ask: Ask) -> Step:
    """A person said yes to this commit and these digests; after another one, or an abort, the release asks again."""

    def observe() -> Found:
        commit = release_commit(release)
        sealed = subject(release, commit) if commit else None
        if commit is None or sealed is None:
            return Found(State.ABSENT, "there is nothing to review yet")
        entry = journal.of(release.project).latest(Approved, str(release.version))
        if entry and (entry.commit, entry.seal) == (commit, sealed.digest()):
            return Found(State.DONE, f"{entry.at}: commit {commit[:12]}, seal {entry.seal[:12]}")
        return Found(State.ABSENT, f"commit {commit[:12]}, seal {sealed.digest()[:12]}")

    def review() -> None:
        commit = release_commit(release)
        sealed = subject(release, commit) if commit else None
        assert commit and sealed
        if not ask(release, sealed):
            raise NeedsPerson(
                f"{release} was not approved",
                expected="a yes to the commit and the digests",
                type_next="invoke release   (or invoke abort)",
            )
        if sealed.artifacts:
            seal.require_noted(release, artifacts.read(release.dist) or sealed)
            artifacts.check(release.dist, sealed)
        journal.of(release.project).append(Approved(version=str(release.version), commit=commit, seal=sealed.digest()))

    return Step("a person approves", observe, act=(Call("ask for a yes to this commit and these digests", review),))


def destined(release: Release) -> Step:
    """The places where the release will be public are known from the beginning."""
    return Step(
        f"it is known where {release.version} will be public",
        lambda: Found(State.DONE, registry.destinations(release)),
    )


def subject(release: Release, commit: str) -> Sealed | None:
    """
    What a person approves: the commit with the seal of what was built, or the commit alone where a workflow builds.
    """
    if release.project.settings.publisher == "github-actions":
        return Sealed(release.project.name, str(release.version), commit, release.epoch, ())
    return release.sealed()
